"""Brings the catalogues up to date with the English texts, and writes them so that only what changed differs."""

from difflib import get_close_matches
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from portal.languages.reading import read_catalogue, text_of

# No dates, no names, no machine: a catalogue that says the same is the same file.
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
# How much alike two wordings must be for one to be taken as the other reworded.
ALIKE = 0.7
WIDTH = 100


def update(path: Path, english: Catalog) -> None:
    """Merge the English texts into one catalogue.

    New texts come without a translation. One that was reworded gets the old translation, marked as fuzzy, for
    somebody to look at; the old wording stays among the obsolete ones, where old editions find it.
    """
    kept = read_catalogue(path)
    before = {text_of(one): one for one in kept if one.id}
    earlier = {text_of(one): one for one in kept.obsolete.values()}
    wanted = {text_of(one): one for one in english if one.id}
    gone = {text: one for text, one in before.items() if text not in wanted}
    merged = Catalog(locale=path.stem, fuzzy=False)
    for text, one in wanted.items():
        old = before.get(text) or earlier.get(text)
        reworded = gone.get(_like(text, list(gone))) if old is None or not old.string else None
        source = reworded if reworded is not None and reworded.string else old
        flags = set(one.flags) | ({"fuzzy"} if source is not None and (source is reworded or source.fuzzy) else set())
        merged.add(
            text,
            source.string if source is not None else "",
            locations=one.locations,
            flags=flags,
            auto_comments=one.auto_comments,
            user_comments=old.user_comments if old is not None else (),
        )
    past = {**earlier, **gone}
    merged.obsolete = {text: past[text] for text in sorted(past) if text not in wanted and past[text].string}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_file(merged, path.stem))


def _like(text: str, gone: list[str]) -> str:
    return next(iter(get_close_matches(text, gone, 1, ALIKE)), "")


def as_file(catalogue: Catalog, language: str) -> bytes:
    """A catalogue as it is written."""
    out = BytesIO()
    write_po(out, catalogue, width=WIDTH, omit_header=True, include_lineno=False)
    return HEADER.format(language=language).encode() + out.getvalue().strip() + b"\n"
