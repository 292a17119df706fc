"""Broken files: each mistake is told with its file, its line and what would be right."""

import ast
import sys
from pathlib import Path

import pytest

from content.broken import ANSWERS, BROKEN, CRITERIA, CYBER, MAKER, SCHEME
from content.broken_rules import BROKEN_RULES
from content.folder import FILES, read, spoilt, write
from portal.content import fields as fields_module
from portal.content.fields import Fields, InvalidContent, Mistake
from portal.content.library import load_library, read_library

ALL = [*BROKEN, *BROKEN_RULES]


def line_of(text, needle):
    return text[: text.index(needle)].count("\n") + 1


@pytest.mark.parametrize(("file", "pairs", "needle", "sentence"), ALL, ids=[sentence for *_, sentence in ALL])
def test_a_mistake_is_told_with_file_line_and_remedy(tmp_path, file, pairs, needle, sentence):
    text = spoilt(file, *pairs)
    _, mistakes = read(tmp_path, {file: text})

    assert f"questionnaires/{file}:{line_of(text, needle)}: {sentence}" in [str(mistake) for mistake in mistakes]


def test_every_sentence_that_the_reader_can_say_is_in_the_table(tmp_path, monkeypatch):
    """A new check of the questionnaires needs a broken file that it finds."""
    said = set()

    def note(fields, *told):
        said.add((Path(sys._getframe(1).f_code.co_filename).name, sys._getframe(1).f_lineno))
        wrong(fields, *told)

    wrong = Fields.wrong
    monkeypatch.setattr(Fields, "wrong", note)
    for number, (file, pairs, _, _) in enumerate(ALL):
        read(tmp_path / str(number), {file: spoilt(file, *pairs)})
    unsaid = [
        f"{path.name}:{call.lineno}: {ast.unparse(call)}"
        for path in sorted(Path(fields_module.__file__).parent.glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "wrong"
        if not any((path.name, line) in said for line in range(call.lineno, (call.end_lineno or 0) + 1))
    ]

    assert [] == unsaid, "add a row to BROKEN in tests/content/broken.py for each of these"


def test_the_small_folder_itself_has_no_mistake(tmp_path):
    library, mistakes = read(tmp_path)

    assert () == mistakes
    assert ["maker"] == list(library.questionnaires)


# Text stays text.


@pytest.mark.parametrize("typed", ["no", "4.10", "on", "0x10", "1e3", "~", "null", "2026-03-31", "12:30", "yes"])
def test_every_value_stays_the_text_that_was_typed(tmp_path, typed):
    text = spoilt("maker.yaml", ("title: Makers", f"title: {typed}"), ('edition: "1"', f"edition: {typed}"))
    library, mistakes = read(tmp_path, {"maker.yaml": text})

    assert () == mistakes
    assert (typed, typed) == (library.questionnaires["maker"].title, library.questionnaires["maker"].edition)


def test_answers_named_no_and_on_need_no_quotes(tmp_path):
    options = "choice\n        options: [{id: no, label: No}, {id: on, label: On}, {id: 4-10, label: 4.10}]"
    library, mistakes = read(tmp_path, {"maker.yaml": spoilt("maker.yaml", ("kind: text", f"kind: {options}"))})

    assert () == mistakes
    assert ["no", "on", "4-10"] == [option.id for option in library.questionnaires["maker"].question("note").options]


def test_a_criterion_4_10_is_not_4_1(tmp_path):
    text = spoilt("sections/cyber.yaml", ('criterion: "4.10"', "criterion: 4.10"))
    library, mistakes = read(tmp_path, {"sections/cyber.yaml": text})

    assert () == mistakes
    assert "4.10" == library.questionnaires["maker"].question("places").criterion


@pytest.mark.parametrize("word", ["yes", "YES", "Yes", "true", "no", "No", "FALSE"])
def test_a_yes_or_no_may_be_written_in_several_ways(tmp_path, word):
    text = spoilt("maker.yaml", ("kind: text", f"kind: text\n        required: {word}"))
    library, mistakes = read(tmp_path, {"maker.yaml": text})

    assert () == mistakes
    assert (word.lower() in ("yes", "true")) is library.questionnaires["maker"].question("note").required


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    """Some editors write both."""
    text = b"\xef\xbb\xbf" + FILES[MAKER].replace("\n", "\r\n").encode()
    library, mistakes = read(tmp_path, {"maker.yaml": text})

    assert () == mistakes
    assert "Makers" == library.questionnaires["maker"].title


# Files that are no text, no YAML, or not there.

UNREADABLE = [
    (MAKER, FILES[MAKER].encode("utf-16"), 1, "save it as UTF-8 text"),
    (MAKER, FILES[MAKER].replace("Makers", "Señales").encode("latin-1"), 1, "save it as UTF-8 text"),
    (MAKER, b"", 1, "the file is empty"),
    (MAKER, b"# only a comment\n", 1, "the file is empty"),
    (MAKER, b"- a\n- b\n", 1, "a mapping of keys to values is expected here"),
    (
        MAKER,
        b"id: maker\ntitle: a: b\n",
        2,
        "mapping values are not allowed in this context; check indents, colons and quotes",
    ),
    (MAKER, b"id: maker\ntitle: 'a\nscheme: plain\n", 4, "check indents, colons and quotes"),
    (MAKER, b"id: maker\n\ttitle: a\n", 2, "check indents, colons and quotes"),
    (MAKER, b"id: maker\n  title: a\n", 2, "check indents, colons and quotes"),
    (MAKER, b"id: maker\n---\nid: other\n", 2, "check indents, colons and quotes"),
    (MAKER, b"id: maker\ntitle: *other\n", 2, "check indents, colons and quotes"),
    (MAKER, b"id: \x00\n", 1, "check indents, colons and quotes"),
    (CYBER, b"\xff\xfe", 1, "save it as UTF-8 text"),
    (SCHEME, b"id: [\n", 2, "check indents, colons and quotes"),
    (ANSWERS, b"", 1, "the file is empty"),
    (CRITERIA, b"", 1, "the file is empty"),
]


@pytest.mark.parametrize(("file", "data", "line", "sentence"), UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(tmp_path, file, data, line, sentence):
    _, mistakes = read(tmp_path, {file: data})

    assert any(
        (f"questionnaires/{file}", line) == (mistake.file, mistake.line) and sentence in mistake.text
        for mistake in mistakes
    ), mistakes


@pytest.mark.parametrize("file", [ANSWERS, CRITERIA])
def test_a_file_that_must_be_there_is_missed(tmp_path, file):
    folder = write(tmp_path / "questionnaires", {name: text for name, text in FILES.items() if name != file})
    _, mistakes = read_library(folder)

    assert f"questionnaires/{file}" in {mistake.file for mistake in mistakes}


def test_a_broken_catalogue_gives_no_library(tmp_path):
    library, mistakes = read(tmp_path, {CRITERIA: b"- a"})

    assert library is None or mistakes


# All at once, each once.


def test_several_mistakes_in_several_files_are_told_at_once(tmp_path):
    _, mistakes = read(
        tmp_path,
        {
            SCHEME: spoilt(SCHEME, ("colour: green", "colour: purple")),
            CYBER: spoilt(
                CYBER,
                ("kind: number", "kind: nubmer"),
                ('criterion: "4.10"', 'criterion: "9.9"'),
                ("rules, is", "x, is"),
            ),
            MAKER: spoilt(MAKER, ("[maker]", "[makr, maker]"), ("scheme: plain", "scheme: plane")),
            ANSWERS: spoilt(ANSWERS, ("verdict: met", "verdict: mett")),
        },
    )
    told = {(mistake.file.removeprefix("questionnaires/"), mistake.line) for mistake in mistakes}

    assert {
        (ANSWERS, 4), (MAKER, 4), (MAKER, 5), (SCHEME, 12), (CYBER, 17), (CYBER, 27),
        (CYBER, 32),
    } <= told  # fmt: skip


def test_mistakes_come_by_file_and_line(tmp_path):
    spoil = ("kind: number", "kind: nubmer"), ('criterion: "4.10"', 'criterion: "9.9"')
    _, mistakes = read(tmp_path, {CYBER: spoilt(CYBER, *spoil), SCHEME: spoilt(SCHEME, ("green", "blue"))})

    assert sorted(mistakes, key=lambda one: (one.file, one.line)) == list(mistakes)
    assert 3 <= len(mistakes)


def test_a_mistake_in_a_shared_section_is_told_once(tmp_path):
    other = FILES[MAKER].replace("id: maker", "id: second").replace("[maker]", "[carrier]")
    files = {CYBER: spoilt(CYBER, ("label:", "lable:")), "second.yaml": other}
    _, mistakes = read(tmp_path, files)

    assert 1 == [str(mistake) for mistake in mistakes].count(
        "questionnaires/sections/cyber.yaml:6: “lable” is not a key here; did you mean “label”?"
    )


def test_a_wrong_business_type_does_not_bury_the_file_in_other_mistakes(tmp_path):
    _, mistakes = read(tmp_path, {MAKER: spoilt(MAKER, ("[maker]", "[makr]"))})

    assert ["questionnaires/maker.yaml:4: “makr” is no business type; did you mean “maker”?"] == list(
        map(str, mistakes)
    )


def test_loading_refuses_the_whole_folder_and_tells_every_mistake(tmp_path):
    files = {**FILES, MAKER: spoilt(MAKER, ("title:", "titel:"))}
    with pytest.raises(InvalidContent) as refusal:
        load_library(write(tmp_path / "questionnaires", files))

    assert (
        Mistake("questionnaires/maker.yaml", 1, "“title” is missing; add it"),
        Mistake("questionnaires/maker.yaml", 2, "“titel” is not a key here; did you mean “title”?"),
    ) == refusal.value.mistakes
    assert "\n".join(map(str, refusal.value.mistakes)) == str(refusal.value)


@pytest.mark.parametrize("cut", range(40, len(FILES[CYBER]), 97))
def test_a_file_that_was_cut_off_never_breaks_the_check(tmp_path, cut):
    """Whatever is wrong is told; reading itself does not fail."""
    library, mistakes = read(tmp_path, {CYBER: FILES[CYBER][:cut]})

    assert library is not None
    assert all(mistake.line >= 1 and mistake.text for mistake in mistakes)
