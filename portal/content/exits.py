"""Reads the exits of a questionnaire and checks that a partner can take them and get back."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from portal.content.conditions import Scope, read_condition
from portal.content.fields import Fields, did_you_mean
from portal.core.conditions import tests
from portal.core.exits import still_asked
from portal.core.questionnaire import Kind, Question, Section
from portal.core.rules import Exit

MONTHS = range(1, 121)


def read_exits(
    fields: Fields,
    sections: Sequence[Section],
    questions: Mapping[str, Question],
    found: dict[str, Exit],
    elsewhere: Collection[str] = (),
) -> None:
    """Put the exits that can be read into `found`.

    `questions` are all that the partner may be asked, by id; `elsewhere` the questions that other business types are
    asked, which a section of the bank may name under `skip`.
    """
    for each in fields.each("exits"):
        exit = _read_exit(each, sections, questions, elsewhere)
        if exit is None:
            continue
        if exit.id in found:
            each.wrong(f"an exit “{exit.id}” was there before; give each its own id", "id")
        _check_way_back(each, exit, sections)
        found[exit.id] = exit


def _read_exit(
    fields: Fields, sections: Sequence[Section], questions: Mapping[str, Question], elsewhere: Collection[str]
) -> Exit | None:
    """An exit, or None where it is wrong in itself (the mistakes are then noted)."""
    before = len(fields.notes.mistakes)
    if "when" not in fields:
        fields.wrong("“when” is missing; say which answers claim the certificate")
    when = read_condition(fields.child("when"), Scope(questions))
    id, title = fields.identifier(), fields.text("title", required=True)
    valid_until, checked = (
        _date_question(fields, "valid_until", questions),
        _date_question(fields, "checked", questions),
    )
    months = fields.integer("review_months", 0, MONTHS)
    if bool(valid_until) is bool(checked) or bool(checked) is not bool(months):
        fields.wrong("an exit ends on one date: give `valid_until`, or `checked` together with `review_months`")
    if checked and questions[checked].when != "past":
        fields.wrong(f"“{checked}” could lie in the future; give that question `when: past`", "checked")
    proof = _named(fields, "proof", "question", questions)
    skip = _named(fields, "skip", "question", {*questions, *elsewhere})
    if not proof:
        fields.wrong("“proof” is missing; name the questions whose answers or files prove the certificate")
    keep = _named(fields, "keep", "section", [section.id for section in sections])
    fields.done()
    if when is None or len(fields.notes.mistakes) > before:
        return None
    return Exit(
        id=id,
        title=title,
        when=when,
        valid_until=valid_until,
        checked=checked,
        review_months=months,
        proof=proof,
        keep=keep,
        skip=tuple(id for id in skip if id in questions),
    )


def _date_question(fields: Fields, key: str, questions: Mapping[str, Question]) -> str:
    """The id of a date question."""
    id = fields.text(key)
    if not id:
        return ""
    if id not in questions:
        fields.wrong(f"there is no question “{id}”; {did_you_mean(id, list(questions))}", key)
        return ""
    if questions[id].kind is not Kind.DATE:
        fields.wrong(f"“{id}” is of kind {questions[id].kind}; name a question of kind date", key)
        return ""
    return id


def _named(fields: Fields, key: str, what: str, known: Iterable[str]) -> tuple[str, ...]:
    ids, there = fields.texts(key), list(known)
    for id in ids:
        if id not in there:
            fields.wrong(f"there is no {what} “{id}”; {did_you_mean(id, there)}", key)
    return ids


def _check_way_back(fields: Fields, exit: Exit, sections: Sequence[Section]) -> None:
    """While the exit is open its own questions must stay in sight, or nobody could undo it; and it hides something."""
    own = set(exit.looks_at)
    homes = [section.id for section in sections if own & {one.id for one in section.questions}]
    apart = [id for id in homes if id not in exit.keep]
    if len(apart) > 1:
        fields.wrong(f"its questions stand in {' and '.join(apart)}; all but one of these sections go under `keep`")
    rest = {section.id: part for section in sections if (part := still_asked(section, exit)) is not None}
    asked = {one.id for part in rest.values() for one in part.questions}
    for id in sorted(own - asked):
        fields.wrong(f"“{id}” decides whether the exit is open; take it away from `skip`", "skip")
    for id, needed in _needed(own, sections):
        if needed not in asked:
            fields.wrong(f"“{id}” is asked because of “{needed}”, which this exit hides; keep the section of that one")
    if asked == {one.id for section in sections for one in section.questions}:
        fields.wrong("this exit hides nothing; name under `keep` only the sections that everybody must answer", "keep")


def _needed(own: set[str], sections: Sequence[Section]) -> Iterator[tuple[str, str]]:
    """Each question of an exit with each question that decides whether it is asked."""
    for section in sections:
        for one in section.questions:
            for test in (*tests(section.shown_when), *tests(one.shown_when)):
                if one.id in own and test.question:
                    yield one.id, test.question
