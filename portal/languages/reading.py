"""Reads a catalogue in gettext's .po format."""

from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from portal.content.fields import InvalidContent, Mistake


def read_catalogue(path: Path) -> Catalog:
    """The catalogue in a file, empty where there is none; InvalidContent where it is not gettext's format."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    try:
        return read_po(StringIO(text), locale=path.stem, abort_invalid=True)
    except PoFileError as fault:
        raise InvalidContent(
            [Mistake(str(path), (fault.lineno or 0) + 1, f"{fault.args[0]}; mend this line")]
        ) from None


def translations(catalogue: Catalog) -> dict[str, str]:
    """English text to translation. What only may fit is left out.

    Texts that were reworded or taken out stay: editions that responses are pinned to say them still.
    """
    found = (*catalogue.obsolete.values(), *catalogue)
    return {text_of(one): str(one.string) for one in found if one.id and one.string and not one.fuzzy}


def text_of(message: Message) -> str:
    """The English text of a message."""
    return message.id if isinstance(message.id, str) else message.id[0]
