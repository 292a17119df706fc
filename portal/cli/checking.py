"""`portal check`: are the questionnaires right?"""

from collections.abc import Iterator
from pathlib import Path

import click

from portal.cli.edge import complain, questionnaires, say
from portal.content.fields import Mistake
from portal.content.library import Library, read_library
from portal.languages.checking import Report, check_languages

CATALOGUE = "criteria.yaml"


@click.command(short_help="Check questionnaires.")
@click.argument("paths", metavar="[PATH…]", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--translations", is_flag=True, help="A text that is not translated, or that was reworded, is a mistake.")
@click.option("--language", metavar="CODE", help="With --translations: of this language only.")
@click.pass_context
def check(ctx: click.Context, paths: tuple[Path, ...], *, translations: bool, language: str | None) -> None:
    """Check questionnaires; change nothing.

    PATH is a folder such as questionnaires/, or a file in one, of which only its own mistakes are told. Without a
    PATH the questionnaires in use are checked, and their translations. Every mistake is printed as
    “file:line: message”; how far each language is comes after them.
    """
    found: dict[Mistake, None] = {}
    read, lines = 0, list[str]()
    for path in paths or (questionnaires(),):
        library, mistakes = _mistakes(path)
        found.update(dict.fromkeys(mistakes))
        read += len(library.questionnaires) if library else 0
        if library is not None and path.is_dir():
            for code, report in check_languages(path, library).items():
                lines.append(_line(code, report))
                held = translations and language in (None, code)
                told = (*report.wrong, *(*report.missing, *report.stale) * held)
                found.update(dict.fromkeys(Mistake(_from_here(Path(one.file)), one.line, one.text) for one in told))
    for mistake in found:
        say(str(mistake))
    for line in lines:
        say(line)
    if found:
        complain(f"{len(found)} {'mistake' if len(found) == 1 else 'mistakes'} found.")
        ctx.exit(1)
    say(f"{read} {'questionnaire' if read == 1 else 'questionnaires'} read, no mistake found.")


def _line(code: str, report: Report) -> str:
    """How far a language is."""
    parts = [f"{len(report.missing):,} of {report.texts:,} texts missing"] if report.missing else []
    parts += [f"{len(report.stale):,} stale"] if report.stale else []
    return f"{code}: {', '.join(parts) or f'all {report.texts:,} texts translated'}"


def _mistakes(path: Path) -> tuple[Library | None, list[Mistake]]:
    """What can be read of a folder or of one file of it, and what is wrong there, files named as seen from here."""
    folder = _library_of(path)
    library, mistakes = read_library(folder)
    wanted = None if path.is_dir() else path.resolve()
    told = [
        Mistake(_from_here(folder.parent / one.file), one.line, one.text)
        for one in mistakes
        if wanted is None or (folder.parent / one.file).resolve() == wanted
    ]
    return library, told


def _library_of(path: Path) -> Path:
    """The folder that a path belongs to: the nearest one that holds a catalogue of criteria, else the path's own."""
    start = path.resolve() if path.is_dir() else path.resolve().parent
    return next((folder for folder in _upwards(start) if (folder / CATALOGUE).is_file()), start)


def _upwards(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents


def _from_here(file: Path) -> str:
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)
