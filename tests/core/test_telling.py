"""Answers in words."""

import pytest

from portal.core.questionnaire import Column, Kind
from portal.core.telling import value_text

from .making import option, question

YES, NO = option("yes"), option("no")
SITES = question(
    "sites",
    Kind.ROWS,
    columns=(
        Column(id="name", label="Name"),
        Column(id="country", label="Country", kind=Kind.COUNTRY),
        Column(id="own", label="Own", kind=Kind.CHOICE, options=(YES, NO)),
    ),
)


@pytest.mark.parametrize("value", [None, "", ()])
def test_nothing_said_is_no_words(value: object):
    assert "" == value_text(question(), value)


@pytest.mark.parametrize(
    ("asked", "value", "words"),
    [
        (question(), "two\nlines", "two\nlines"),
        (question(kind=Kind.CHOICE, options=(YES, NO)), "yes", "Yes"),
        (question(kind=Kind.CHOICE, options=(YES, NO)), "gone", "gone"),
        (question(kind=Kind.CHOICES, options=(YES, NO)), ("yes", "no"), "Yes; No"),
        (question(kind=Kind.COUNTRY), "NO", "Norway"),
        (question(kind=Kind.NUMBER, unit="days"), "90", "90 days"),
        (question(kind=Kind.NUMBER), "90", "90"),
        (question(kind=Kind.PERCENTAGE), "90", "90 %"),
        (question(kind=Kind.DATE), "2026-03-31", "2026-03-31"),
        (question(kind=Kind.AGREEMENT), "agreed", "Agreed"),
        (question(kind=Kind.SIGNATURE), "Ana Tran", "Ana Tran"),
        (
            SITES,
            ({"name": "Da Nang", "country": "VN", "own": "yes"}, {"name": "Hue"}),
            "Name: Da Nang, Country: Vietnam, Own: Yes\nName: Hue",
        ),
    ],
)
def test_a_value_is_told_by_its_kind(asked, value: object, words: str):
    assert words == value_text(asked, value)
