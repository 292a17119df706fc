"""Finds every English text that partners meet: in templates, in code, in questionnaires."""

import ast
import re
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from jinja2.ext import babel_extract

from portal.content.library import Library
from portal.core.wording import wordings

PORTAL = Path(__file__).parents[1]
TEMPLATES = ("web/templates/base.html", "web/templates/error.html", "web/templates/partner/*.html")
# Parts of the portal that no partner ever hears from, and modules of the others that speak to staff alone.
SILENT = frozenset({"cli", "content", "publish", "languages", "shipped", "config.py", "__main__.py"})
TO_STAFF = (
    "core/deciding.py", "core/desk.py", "core/lettering.py", "core/mails.py", "core/marking.py",
    "core/partner_fields.py", "core/raising.py", "core/visits.py", "usecases/*_partners.py",
    "mail/staff.py", "pack/*.py", "sheets/[!rw]*.py", "sheets/write.py", "store/[!dl]*.py",
    "usecases/archive.py", "usecases/campaigns.py", "usecases/contacts.py", "usecases/demonstration/*.py",
    "usecases/entering.py", "usecases/export*.py", "usecases/inviting.py", "usecases/letters.py",
    "usecases/mailing.py", "usecases/marking.py", "usecases/partners.py", "usecases/passwords.py",
    "usecases/people.py", "usecases/raising.py", "usecases/safekeeping.py", "usecases/second_factor.py",
    "usecases/visits.py", "web/staff_*.py", "web/signing.py", "web/forms.py",
)  # fmt: skip
# Calls whose text is said to partners, with the place of the text among what they are given.
CALLS = {"phrase": 0, "said": 0, "own": 0, "Problem": 1, "Wrong": 0, "NotAllowed": 0, "LinkOver": 0, "NotKept": 0}
# Tables whose texts are looked up one by one.
TABLES = frozenset({"PHRASES", "NOTICES", "TITLES", "TEXTS", "WHY_NOT", "KINDS_NOT_TAKEN"})
# Modules that say everything by constants of their own: papers and workbooks.
BY_CONSTANTS = (
    "core/asked_when.py",
    "sheets/read.py",
    "sheets/workbook.py",
    "usecases/workbook/*.py",
    "web/partner_workbook.py",
)
# So many of the places of a text are named: enough to know what it is about.
MOST_PLACES = 3

# A text for people, not an id or a code.
WORDS = re.compile(r"[A-Z“%]|[a-z] ")

Found = tuple[int, str, str, list[str]]


def own_words() -> Catalog:
    """The portal's own words, template by template and module by module."""
    catalogue = Catalog()
    by_constants = {path for pattern in BY_CONSTANTS for path in PORTAL.glob(pattern)}
    for path in _files():
        method: Any = babel_extract if path.suffix == ".html" else partial(_from_code, constants=path in by_constants)
        with path.open("rb") as file:
            for _, text, _, _ in sorted(extract(method, file, keywords={"_": None}), key=lambda one: one[0]):
                if isinstance(text, str):
                    catalogue.add(text, locations=[(f"portal/{path.relative_to(PORTAL)}", 0)])
    return catalogue


def _files() -> list[Path]:
    templates = [path for pattern in TEMPLATES for path in sorted(PORTAL.glob(pattern))]
    to_staff = {path for pattern in TO_STAFF for path in PORTAL.glob(pattern)}
    modules = [
        path
        for path in sorted(PORTAL.rglob("*.py"))
        if path.relative_to(PORTAL).parts[0] not in SILENT and path not in to_staff
    ]
    return [*templates, *modules]


def _from_code(
    file: BinaryIO,
    keywords: object,
    comment_tags: Collection[str],
    options: dict[str, Any],
    *,
    constants: bool = False,
) -> Iterator[Found]:
    """Babel's way to ask for the texts in a module, those of all its constants among them where it says so."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            if name in CALLS and len(node.args) > CALLS[name]:
                yield from _texts(node.args[CALLS[name]])
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names = {
                name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
            if node.value and names & TABLES:
                yield from _texts(node.value)
            elif node.value and constants and all(map(str.isupper, names)):
                yield from (found for found in _texts(node.value) if WORDS.search(found[2]))


def _texts(node: ast.expr) -> Iterator[Found]:
    """The texts that an expression may come to; in tables those of the values, not of the keys."""
    match node:
        case ast.Constant(value=str(text)):
            yield node.lineno, "_", text, []
        case ast.Dict(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            for value in values:
                yield from _texts(value)
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one)
            yield from _texts(other)


def what_questionnaires_say(library: Library) -> Catalog:
    """Every text of the questionnaires, as asked, then of the events; a text that several use is there once."""
    catalogue = Catalog()
    places: dict[str, list[str]] = {}
    for questionnaire in library.questionnaires.values():
        for one in wordings(questionnaire):
            named = places.setdefault(one.text, [])
            if one.where not in named and len(named) < MOST_PLACES:
                named.append(one.where)
    for event in library.follow_up.events.values():
        places.setdefault(event.label, []).append(f"event {event.id}")
    for text, named in places.items():
        # A percent sign in a question is no place for a value.
        catalogue.add(text, auto_comments=named).flags.discard("python-format")
    return catalogue
