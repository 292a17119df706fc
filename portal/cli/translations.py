"""`portal translations`: the catalogues of the languages."""

from pathlib import Path

import click

from portal.cli.edge import questionnaires, say
from portal.content.library import load_library
from portal.languages.extracting import own_words, what_questionnaires_say
from portal.languages.tongues import is_language
from portal.languages.updating import update
from portal.languages.words import FOLDER, OWN, Languages


@click.group()
def translations() -> None:
    """Keep the catalogues of the languages."""


def _language(ctx: click.Context, option: click.Parameter, given: str | None) -> str | None:
    if given is not None and not is_language(given):
        raise click.BadParameter(f"“{given}” is no code of a language; write one such as fr or zh_Hant")
    return given


@translations.command("update", short_help="Bring the catalogues up to date.")
@click.option("--add", metavar="CODE", callback=_language, help="Begin one more language.")
@click.option("--words", metavar="DIR", type=click.Path(path_type=Path), default=OWN, help="Where our own words lie.")
def update_all(*, add: str | None, words: Path) -> None:
    """Write every English text that partners read into the catalogues of all languages.

    New texts come without a translation; where one was reworded the old translation is kept and marked as fuzzy.
    """
    folder = questionnaires()
    sources = {words: own_words(), folder / FOLDER: what_questionnaires_say(load_library(folder))}
    codes = sorted({*Languages(folder, words).tongues, *([add] if add else [])} - {"en"})
    for code in codes:
        for place, english in sources.items():
            update(place / f"{code}.po", english)
    counts = " and ".join(str(len(english)) for english in sources.values())
    say(f"{len(codes)} languages, {counts} texts each.")
