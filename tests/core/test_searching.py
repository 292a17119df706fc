"""Words looked for in answers: in any script, whatever the case, with the number of a question or without."""

import pytest

from portal.core.questionnaire import Kind
from portal.core.records import Action, Answer
from portal.core.searching import AROUND, places, words_in

from .making import TODAY, YES_PARTLY_NO, column, question, questionnaire, response, scored

ASKED = questionnaire(
    question("guards", label="3.1"),
    scored("seals", criterion="5.2"),
    question("sites", Kind.ROWS, columns=(column("name"), column("country", Kind.COUNTRY))),
    question("hidden"),
)
SAID = {
    "guards": Answer(
        value="Wachmänner an der Hauptstraße; İstanbul'da bekçi, ISPARTA; 夜班保安; Ｆｕｌｌ width; حارس ليلي"
    ),
    "seals": Answer(value="no", comment="We will buy bolts.", action=Action(what="Order Ngân hàng", who="Trần Thị")),
    "sites": Answer(value=({"name": "Zürich Nord", "country": "VN"}, {"name": "Łódź"})),
}


def found(text: str) -> list[str]:
    return [one.question for one in places(ASKED, response(answers=SAID), words_in(text), TODAY)]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("WACHMÄNNER", ["guards"]),
        ("wachma\u0308nner", ["guards"]),
        ("hauptstrasse", ["guards"]),
        ("istanbul", ["guards"]),
        ("ısparta isparta", ["guards"]),
        ("夜班", ["guards"]),
        ("full WIDTH", ["guards"]),
        ("حارس", ["guards"]),
        ("bolts", ["seals"]),
        ("trần ngân", ["seals"]),
        ("łÓDŹ", ["sites"]),
        ("vietnam zürich", ["sites"]),
        ("country", []),
        ("zürich bolts", []),
        ("3.1", ["guards"]),
        ("3.1 保安", ["guards"]),
        ("3.1 bolts", []),
        ("SEALS no", ["seals"]),
        ("5.2", ["seals"]),
        ("hidden", []),
    ],
)
def test_words_are_found_where_they_stand_together(text: str, where: list[str]):
    assert where == found(text)


def test_an_answer_that_is_not_asked_any_more_is_not_found():
    asked = questionnaire(scored("seals", options=YES_PARTLY_NO))

    assert [] == list(places(asked, response(answers=SAID), words_in("hauptstrasse"), TODAY))


def test_a_long_answer_is_cut_around_the_word():
    said = {"guards": Answer(value="ß" * 500 + " needle " + "x" * 500)}
    [place] = places(ASKED, response(answers=said), words_in("NEEDLE"), TODAY)

    assert ("guards", "3.1") == (place.question, place.name)
    assert "…" == place.excerpt[0] == place.excerpt[-1]
    assert "ß needle x" in place.excerpt
    assert len(place.excerpt) <= 2 * AROUND + len("needle") + 2
