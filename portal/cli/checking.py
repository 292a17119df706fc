"""`portal check`: are the questionnaires right?"""

from collections.abc import Iterator
from pathlib import Path

import click

from portal.cli.edge import complain, questionnaires, say
from portal.content.fields import Mistake
from portal.content.library import read_library

CATALOGUE = "criteria.yaml"


@click.command(short_help="Check questionnaires.")
@click.argument("paths", metavar="[PATH…]", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_context
def check(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Check questionnaires; change nothing.

    PATH is a folder such as questionnaires/, or a file in one, of which only its own mistakes are told. Without a
    PATH the questionnaires in use are checked. Every mistake is printed as “file:line: message”.
    """
    found: dict[Mistake, None] = {}
    read = 0
    for path in paths or (questionnaires(),):
        mistakes, files = _mistakes(path)
        found.update(dict.fromkeys(mistakes))
        read += files
    for mistake in found:
        say(str(mistake))
    if found:
        complain(f"{len(found)} {'mistake' if len(found) == 1 else 'mistakes'} found.")
        ctx.exit(1)
    say(f"{read} {'questionnaire' if read == 1 else 'questionnaires'} read, no mistake found.")


def _mistakes(path: Path) -> tuple[list[Mistake], int]:
    """What is wrong in a folder or in one file of it, files named as seen from here; how many questionnaires."""
    folder = _library_of(path)
    library, mistakes = read_library(folder)
    wanted = None if path.is_dir() else path.resolve()
    told = [
        Mistake(_from_here(folder.parent / one.file), one.line, one.text)
        for one in mistakes
        if wanted is None or (folder.parent / one.file).resolve() == wanted
    ]
    return told, len(library.questionnaires) if library else 0


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
