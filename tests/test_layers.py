"""The layers: which part of the portal may know which, who alone touches disk, clock and environment, and how long
a module may grow.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PORTAL = CHECKOUT / "portal"
MODULES = sorted(PORTAL.rglob("*.py"))
EVERYTHING = frozenset({"core", "content", "languages", "store", "evidence", "mail", "sheets", "usecases", "config"})

# Which other parts each part of the portal may import; each may import itself.
LAYERS: dict[str, frozenset[str]] = {
    "core": frozenset(),
    "config": frozenset({"core"}),
    "content": frozenset({"core"}),
    "languages": frozenset({"core", "content"}),
    "store": frozenset({"core"}),
    "evidence": frozenset({"core"}),
    "mail": frozenset({"core"}),
    "sheets": frozenset({"core", "languages"}),
    "usecases": EVERYTHING - {"usecases"},
    "pack": EVERYTHING,
    "web": EVERYTHING | {"pack"},
    "publish": frozenset({"core", "content"}),
    "cli": EVERYTHING | {"pack"},
    "__main__": frozenset({"cli"}),
}
# The modules by which another part may be entered, beside the rule above.
DOORS: dict[str, frozenset[str]] = {
    "cli": frozenset({"portal.web", "portal.web.app", "portal.publish"}),
}
# What the core may use besides itself and these; it has no disk, network, clock, environment or framework.
CORE_MAY_USE = frozenset(
    {
        "babel", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib",
        "difflib", "itertools", "math", "msgspec", "operator", "re", "string", "types", "typing", "unicodedata",
    }
)  # fmt: skip
# Third parties, each with the parts of the portal that alone may know it.
ONLY_IN = {
    "tinydb": {"store"},
    "filelock": {"store", "evidence", "publish"},
    "yaml": {"content", "usecases"},
    "babel": {"core", "languages"},
    "markdown": {"content"},
    "nh3": {"content"},
    "flask": {"web", "publish"},
    "flask_login": {"web"},
    "wtforms": {"web"},
    "flask_frozen": {"publish"},
    "waitress": {"cli"},
    "argon2": {"usecases"},
    "smtplib": {"mail"},
    "xlsxwriter": {"sheets"},
    "python_calamine": {"sheets"},
}
CLOCK = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))\b")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|TBD|WIP|raise NotImplementedError)\b|(?i:lorem ipsum)")
# Where the environment is read: the settings, and the one function of the command that hands it to them.
READS_ENVIRONMENT = ("portal/config.py", "portal/cli/edge.py")
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 40


def name(path: Path) -> str:
    """The module as messages name it."""
    return str(path.relative_to(CHECKOUT))


def part_of(path: Path) -> str:
    """The part of the portal that a module belongs to."""
    inside = path.relative_to(PORTAL)
    return inside.parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything that a module imports, wherever in it."""
    package = path.relative_to(CHECKOUT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{origin}.{alias.name}"


def of(part: str) -> list[Path]:
    """The modules of one part."""
    return [path for path in MODULES if part_of(path) == part]


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Where a pattern occurs."""
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def test_every_part_of_the_portal_has_its_place_in_the_layers():
    parts = {part_of(path) for path in MODULES} - {"__init__"}

    assert set() == parts - LAYERS.keys(), "say in LAYERS what these parts may import"


@pytest.mark.parametrize("part", LAYERS)
def test_a_part_imports_only_what_lies_below_it(part):
    allowed = LAYERS[part] | {part}
    wrong = [
        f"{name(path)}:{line} imports {imported}"
        for path in of(part)
        for line, imported in imports(path)
        if imported.split(".")[0] == "portal"
        and (*imported.split("."), "")[1] not in allowed
        and imported.rpartition(".")[0] not in DOORS.get(part, ())
    ]

    assert [] == wrong, f"{part} may import {', '.join(sorted(allowed))}; move the code, or pass the value in"


def test_nothing_below_leads_up_in_a_circle():
    """A part is only allowed to import parts that cannot import it."""
    circles = [(part, other) for part, below in LAYERS.items() for other in below if part in LAYERS[other]]

    assert [] == circles


def test_importing_the_portal_imports_nothing():
    assert [] == list(imports(PORTAL / "__init__.py")), "portal/__init__.py stays empty, so that any part loads alone"


@pytest.mark.parametrize("path", of("core"), ids=name)
def test_the_core_uses_nothing_but_values(path):
    wrong = [
        f"{name(path)}:{line} imports {imported}"
        for line, imported in imports(path)
        if imported.split(".")[0] not in CORE_MAY_USE | {"portal"}
    ]

    assert [] == wrong, "the core is pure: do this where the core is called and hand in the value"


def test_the_core_asks_no_clock():
    assert [] == found(CLOCK, of("core")), "the core is told the time: make it an argument"


def test_the_core_opens_no_file_and_prints_nothing():
    calls = [
        f"{name(path)}:{node.lineno}: {node.func.id}"
        for path in of("core")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "print", "input")
    ]

    assert [] == calls, "the core is pure: read and write where the core is called"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_known_to_one_part_only(library):
    wrong = [
        f"{name(path)}:{line} imports {imported}"
        for path in MODULES
        for line, imported in imports(path)
        if imported.split(".")[0] == library and part_of(path) not in ONLY_IN[library]
    ]

    assert [] == wrong, f"only {' and '.join(sorted(ONLY_IN[library]))} may import {library}; add a function there"


def test_only_the_settings_read_the_environment():
    pattern = re.compile(r"\bos\.environ\b|\bgetenv\b|\benviron\b *(\[|\.get)")
    elsewhere = [path for path in MODULES if name(path) not in READS_ENVIRONMENT]

    assert [] == found(pattern, elsewhere), "take the setting from the Config that portal/config.py makes"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_stays_short_enough_to_be_read(path):
    lines = path.read_text().count("\n")

    assert lines <= MOST_LINES, f"{name(path)} has {lines} lines, {MOST_LINES} at most: split it by reason to change"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_function_stays_short_enough_to_be_read(path):
    long = [
        f"{name(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]

    assert [] == long, f"a function has at most {MOST_LINES_OF_A_FUNCTION} lines: name its steps"


def test_nothing_is_left_unfinished():
    texts = [
        path
        for folder in ("portal", "questionnaires", "site", "scripts")
        for path in sorted((CHECKOUT / folder).rglob("*"))
        if path.is_file() and path.suffix in ("", ".py", ".yaml", ".md", ".html", ".css", ".js", ".txt", ".toml")
    ]

    assert [] == found(UNFINISHED, texts), "finish it or take it out; a wish belongs into an issue"


def test_no_function_only_pretends():
    """A body of `...` or `pass` is for protocols and for exceptions that need no more."""
    empty = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and isinstance(node.body[-1], ast.Pass | ast.Expr)
        and (isinstance(node.body[-1], ast.Pass) or getattr(node.body[-1].value, "value", "") is Ellipsis)
    ]

    assert [] == empty, "write the function or take it out"


def test_no_module_is_a_drawer_for_everything():
    drawers = [name(path) for path in MODULES if path.stem in ("utils", "util", "helpers", "misc", "common")]

    assert [] == drawers, "name a module after its one reason to change"


def test_the_site_holds_no_python():
    """A package named site would hide the standard library's."""
    assert [] == sorted(map(str, (CHECKOUT / "site").rglob("*.py")))
    assert "site" in sys.stdlib_module_names
