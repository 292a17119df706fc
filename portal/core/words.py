"""The reader's language, as code that puts words together needs it."""

from collections.abc import Callable

from msgspec import Struct

from portal.core.days import locale_of


class Words(Struct, frozen=True):
    """A language by its code, and what turns an English text into it; without one everything stays as written."""

    language: str = "en"
    said: Callable[[str], str] = str

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return locale_of(self.language).text_direction == "rtl"
