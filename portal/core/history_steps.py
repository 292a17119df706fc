"""A record's history in words: who did what, and what it said before and after. Only what is named here is shown."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from portal.core.history import Event
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Answer
from portal.core.reviewing import review_question
from portal.core.telling import value_text

PARTS = {"value": "", "other": "other", "comment": "comment", "action": "action"}


class Change(Struct, frozen=True, kw_only=True):
    """Something that was said otherwise before. `label` and `where` name it, `question` is its id if it is one."""

    where: str
    label: str = ""
    question: str = ""
    before: str
    after: str


class Step(Struct, frozen=True, kw_only=True):
    """One event as it is shown."""

    at: datetime
    by: str
    what: str
    changes: tuple[Change, ...] = ()


def steps(events: Iterable[Event], questionnaire: Questionnaire | None = None) -> list[Step]:
    """The events as they are shown, the newest first; answers are told by their questions."""
    told = [
        Step(at=event.at, by=event.by, what=event.what.capitalize(), changes=tuple(_changes(event, questionnaire)))
        for event in events
    ]
    return told[::-1]


def _changes(event: Event, questionnaire: Questionnaire | None) -> Iterator[Change]:
    """What is told of an event; a field that came to be empty says nothing."""
    for path, (before, after) in event.changes.items():
        field, _, rest = path.partition(".")
        if field in ("answers", "review_answers") and questionnaire is not None:
            yield from _answer_changes(rest, before, after, questionnaire)
        elif field == "seen" and questionnaire is not None:
            yield from _seen_changes(rest, before, after, questionnaire)
        elif field == "alternatives" and questionnaire is not None:
            yield from _alternative_changes(rest, before, after, questionnaire)
        elif field in TOLD:
            where, words = TOLD[field]
            if words(before) or words(after):
                yield Change(where=where, before=words(before), after=words(after))


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def _yes(value: Any) -> str:
    return {None: "", False: "no", True: "yes"}[value]


def _reports(before_or_after: Any) -> str:
    """The newest of an action's reports; where the field as a whole is told, of each action."""
    if isinstance(before_or_after, Mapping):
        return "; ".join(filter(None, map(_reports, before_or_after.values())))
    return " · ".join(_plain(before_or_after[-1].get(part)) for part in ("state", "text")) if before_or_after else ""


def _rows(rows: Any) -> str:
    """Rows of a partner's record; of a response's `sites`, which are ids, nothing is told."""
    if isinstance(rows, str):
        return rows
    if isinstance(rows, Mapping):
        return ", ".join(str(value) for value in rows.values() if value and value is not True)
    return "; ".join(_rows(row) for row in rows or () if isinstance(row, Mapping))


def _file_names(files: Any) -> str:
    return ", ".join(str(file["name"]) for file in files or ())


def _findings(findings: Any) -> str:
    """How many findings there are in each state."""
    counted = Counter(str(one.get("state", "open")) for one in findings or ())
    return ", ".join(f"{number} {state}" for state, number in counted.items())


def _decision(decisions: Any) -> str:
    """The newest decision, with its reason."""
    return (
        " · ".join(filter(None, (_plain(decisions[-1].get(part)) for part in ("outcome", "reason"))))
        if decisions
        else ""
    )


def _events(happenings: Any) -> str:
    return "; ".join(_plain(one.get("text")) for one in happenings or ())


# Field of a record to its name on the page, and how its value is told. Links, tokens and passwords are not here,
# so they cannot be shown.
TOLD: dict[str, tuple[str, Callable[[Any], str]]] = {
    "name": ("Name", _plain),
    "country": ("Country", _plain),
    "city": ("City", _plain),
    "business_type": ("Business type", _plain),
    "contact_name": ("Contact", _plain),
    "contact_email": ("E-mail address of the contact", _plain),
    "tags": ("Tags", _plain),
    "other_names": ("Other names", _plain),
    "address": ("Address", _plain),
    "further_types": ("Further business types", _plain),
    "looked_after_by": ("Looked after by", _plain),
    "identifiers": ("Identifiers", _rows),
    "sites": ("Sites", _rows),
    "contacts": ("Contacts", _rows),
    "certificates": ("Certificates", _rows),
    "suppliers": ("Suppliers", _rows),
    "retired": ("Retired", _rows),
    "state": ("State", _plain),
    "due": ("Due", _plain),
    "reference": ("Reference", _plain),
    "evidence": ("Evidence", _file_names),
    "language": ("Language", _plain),
    "second_language": ("Second language", _plain),
    "submitted_language": ("Language when sent", _plain),
    "reports": ("Progress", _reports),
    "to": ("To", _plain),
    "error": ("Why", _plain),
    "subject": ("Subject", _plain),
    "text": ("Text", _plain),
    "reminders_stopped": ("No more reminders since", _plain),
    "role": ("Role", _plain),
    "disabled": ("Shut out", _yes),
    "may_export": ("May export all answers", _yes),
    "planned_from": ("First day", _plain),
    "planned_until": ("Last day", _plain),
    "team": ("Team", _plain),
    "photos": ("Photos", _file_names),
    "report": ("Report", _plain),
    "left_out": ("Why questions have no result", _plain),
    "findings": ("Findings", _findings),
    "decisions": ("Decision", _decision),
    "happenings": ("Events", _events),
}


def _answer_changes(path: str, before: Any, after: Any, questionnaire: Questionnaire) -> Iterator[Change]:
    """The changes of one answer: a new one comes whole, a changed one part by part, the first ones without a path."""
    if not path:
        for id in sorted({*(before or {}), *(after or {})}):
            yield from _answer_changes(id, (before or {}).get(id), (after or {}).get(id), questionnaire)
        return
    id, _, part = path.partition(".")
    if part:
        top, _, inner = part.partition(".")
        before, after = ({top: {inner: one} if inner else one} for one in (before, after))
    question = _question(questionnaire, id)
    for name, word in PARTS.items():
        texts = [_part_text(questionnaire, id, name, one or {}) for one in (before, after)]
        if texts[0] != texts[1]:
            where = f"{question.ask if question else id}{f' ({word})' if word else ''}"
            label = question.label if question else ""
            yield Change(where=where, label=label, question=id, before=texts[0], after=texts[1])


def _question(questionnaire: Questionnaire, id: str) -> Question | None:
    return questionnaire.question(id) or review_question(questionnaire, id)


def _alternative_changes(path: str, before: Any, after: Any, questionnaire: Questionnaire) -> Iterator[Change]:
    """What a reviewer came to think of an alternative measure."""
    id, _, part = path.partition(".")
    words = {"": _judgement, "accepted": lambda one: "accepted" if one else "refused", "note": _plain}.get(part)
    question = questionnaire.question(id)
    if words is None or question is None:
        return
    where = f"{question.ask} (alternative measure)"
    told = [words(one) if one is not None else "" for one in (before, after)]
    yield Change(where=where, label=question.label, question=id, before=told[0], after=told[1])


def _seen_changes(path: str, before: Any, after: Any, questionnaire: Questionnaire) -> Iterator[Change]:
    """What a visit came to say of answers: a new mark comes whole, a changed one part by part."""
    if not path:
        for id in sorted({*(before or {}), *(after or {})}):
            yield from _seen_changes(id, (before or {}).get(id), (after or {}).get(id), questionnaire)
        return
    id, _, part = path.partition(".")
    question = questionnaire.question(id)
    words = {"": _mark, "result": _plain, "note": _plain, "found": _plain}.get(part)
    if words is not None and question is not None:
        told = [words(one) if one else "" for one in (before, after)]
        where = f"{question.ask} ({part})" if part else question.ask
        yield Change(where=where, label=question.label, question=id, before=told[0], after=told[1])


def _mark(seen: Mapping[str, Any]) -> str:
    """A mark of a visit in words."""
    return ": ".join(str(seen[part]) for part in ("result", "note") if seen.get(part))


def _judgement(judged: Mapping[str, Any]) -> str:
    done = "accepted" if judged.get("accepted") else "refused"
    return f"{done}: {judged['note']}" if judged.get("note") else done


def _part_text(questionnaire: Questionnaire, id: str, part: str, answer: Mapping[str, Any]) -> str:
    question, said = _question(questionnaire, id), answer.get(part)
    if part == "value" and question is not None:
        return value_text(question, msgspec.convert({"value": said}, Answer).value)
    if isinstance(said, Mapping):
        return ", ".join(str(text) for text in said.values() if text)
    return str(said or "")
