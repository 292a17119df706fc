"""What the parts of a Word or Excel file say of themselves: their types, and what they point at."""

import zipfile
from xml.parsers import expat

from portal.core.wording import phrase
from portal.evidence.limits import DOCX, MB, XLSX
from portal.evidence.refusals import unfit, wrong_type

CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS = ".rels"
SETTINGS = "settings.xml.rels"
READ = frozenset({"Override", "Default", "Relationship"})
READ_BYTES = 4 * MB

MAIN_TYPES = {f"{media_type}.main+xml": media_type for media_type in (DOCX, XLSX)}
MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
MACRO_LINKS = frozenset({"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"})
INSIDE_LINKS = frozenset({"oleobject", "package", "control", "activexcontrolbinary", "afchunk"})

NOT_WORD_OR_EXCEL = phrase(
    "This is an Office file of another kind, such as a template or a presentation. "
    "Save it as .docx, .xlsx or PDF. Accepted are: %(accepted)s."
)
MACROS = phrase("This file may hold macros. Save it without them (as .docx or .xlsx). Accepted are: %(accepted)s.")
NOT_PROPER = phrase("This Word or Excel file is damaged or put together in an unusual way. Open it and save it anew.")
OBJECT_INSIDE = phrase("This document holds another file or a control. Take it out, or send the document as a PDF.")
OUTSIDE = phrase(
    "This document loads something from elsewhere when it is opened, such as a template (%(target)s). "
    "Take that out, or send the document as a PDF."
)

Element = tuple[str, dict[str, str]]


def media_type_of(archive: zipfile.ZipFile) -> str:
    """Whether it is a Word or an Excel file: exactly one part must be the main part of one of these."""
    elements = _elements(
        archive, [part for part in archive.infolist() if part.filename.lower() == CONTENT_TYPES.lower()]
    )
    types = [attributes.get("ContentType", "") for _, attributes in elements]
    if any(mark in kind.lower() for kind in types for mark in MACRO_TYPES):
        raise wrong_type(MACROS)
    overrides, defaults = _types(elements, "Override", "PartName"), _types(elements, "Default", "Extension")
    names = [f"/{name}".lower() for name in archive.namelist()]
    found = [overrides.get(name) or defaults.get(name.rpartition(".")[2], "") for name in names]
    main = [MAIN_TYPES[kind] for kind in found if kind in MAIN_TYPES]
    if len(main) != 1:
        raise wrong_type(NOT_WORD_OR_EXCEL)
    return main[0]


def check_relationships(archive: zipfile.ZipFile) -> None:
    """Refuse what a document loads from elsewhere or carries inside; a hyperlink waits for a click and may stay.

    Not in the settings, though: nothing there is ever clicked, and it is where templates are fetched from.
    """
    parts = [part for part in archive.infolist() if part.filename.lower().endswith(RELATIONSHIPS)]
    settings = [part for part in parts if part.filename.lower().endswith(SETTINGS)]
    others = [part for part in parts if part not in settings]
    for listed, clickable in ((settings, ""), (others, "hyperlink")):
        for _, link in _elements(archive, listed):
            _check_link(link, clickable)


def _types(elements: list[Element], element: str, key: str) -> dict[str, str]:
    return {a.get(key, "").lower(): a.get("ContentType", "") for name, a in elements if name == element}


def _check_link(link: dict[str, str], clickable: str) -> None:
    kind = link.get("Type", "").rpartition("/")[2].lower()
    if kind in MACRO_LINKS:
        raise wrong_type(MACROS)
    if link.get("TargetMode", "").lower() == "external" and kind != clickable:
        target = "".join(letter if letter.isprintable() else "?" for letter in link.get("Target", ""))
        raise unfit(OUTSIDE, target=target[:80])
    if kind in INSIDE_LINKS:
        raise unfit(OBJECT_INSIDE)


def _elements(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> list[Element]:
    """The types and links in these parts with their attributes, without namespaces.

    A real XML parser reads them, since an attacker may write any letter as `&#x61;` or the whole part in UTF-16.
    """
    if sum(part.file_size for part in parts) > READ_BYTES:
        raise unfit(NOT_PROPER)
    found: list[Element] = []
    for part in parts:
        try:
            _parser(found).Parse(archive.read(part), True)
        except expat.ExpatError as error:
            raise unfit(NOT_PROPER) from error
    return found


def _parser(found: list[Element]) -> expat.XMLParserType:
    """A parser that adds to `found`, and refuses a document type because entities come with it."""

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name in READ:
            found.append((name, attributes))

    def refuse(*_: object) -> None:
        raise unfit(NOT_PROPER)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    return parser
