"""The reader's language, as code that puts words together needs it."""

from collections.abc import Callable

from babel import Locale
from msgspec import Struct


class Words(Struct, frozen=True):
    """A language by its code, and what turns an English text into it; without one everything stays as written."""

    language: str = "en"
    said: Callable[[str], str] = str

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return Locale.parse(self.language, sep="-" if "-" in self.language else "_").text_direction == "rtl"
