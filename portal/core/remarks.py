"""What is worth another look: answers that contradict each other, and a certificate that does not count.

Remarks are polite and never stand in the way of submitting. Nothing of them is stored: they follow from the answers.
"""

from collections.abc import Container, Iterator, Mapping
from datetime import date

from msgspec import Struct

from portal.core.asking import Outline, asked_in, lookup_in
from portal.core.conditions import holds
from portal.core.exits import Asked, ExitState
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.wording import phrase

CERTIFICATE_ENDED = phrase(
    "This certificate ended on %(date)s. Please answer the questionnaire, or add a certificate that is valid."
)
CHECK_TOO_OLD = phrase(
    "This check was good until %(date)s. Please check the status again and give the new date, "
    "or answer the questionnaire."
)
PROOF_MISSING = phrase("With this proof you are nearly done: most other sections are then no longer asked.")


class Remark(Struct, frozen=True, kw_only=True):
    """Something to look at again, said so that it can be translated: `text % values`.

    `at` are the questions that it concerns, `rule` the id of the contradiction it comes from, empty for a certificate.
    """

    at: tuple[str, ...]
    text: str
    values: Mapping[str, str] = {}
    rule: str = ""

    @property
    def message(self) -> str:
        """The sentence in English, its values filled in."""
        return self.text % self.values if self.values else self.text


def remarks(questionnaire: Questionnaire, response: Response, on: date | None = None) -> tuple[Remark, ...]:
    """All remarks on a response as of its day: first the certificate, then contradictions in the order written."""
    return _remarks(questionnaire, response, asked_in(questionnaire, response, on))


def remarks_seen(questionnaire: Questionnaire, response: Response, seen: Outline) -> tuple[Remark, ...]:
    """The remarks on questions that stand in these sections: a colleague hears nothing of what others answered."""
    there = {question.id for part in seen.sections for question in part.questions}
    return tuple(one for one in _remarks(questionnaire, response, seen.now) if there.issuperset(one.at))


def _remarks(questionnaire: Questionnaire, response: Response, now: Asked) -> tuple[Remark, ...]:
    return (*_of_certificate(now.exit, now.questions), *_contradictions(questionnaire, response, now))


def contradictions(questionnaire: Questionnaire, response: Response, on: date | None = None) -> tuple[Remark, ...]:
    """The contradictions alone: once a response is submitted, those that were kept."""
    return tuple(remark for remark in remarks(questionnaire, response, on) if remark.rule)


def expired(seen: Outline) -> tuple[Remark, ...]:
    """That the certificate has ended, else nothing."""
    return tuple(_of_certificate(seen.exit, seen.now.questions)) if seen.exit and seen.exit.ended else ()


def _of_certificate(state: ExitState | None, shown: Container[str]) -> Iterator[Remark]:
    if state is None or state.open:
        return
    exit, missing = state.exit, tuple(id for id in state.unproved if id in shown)
    if state.ended:
        text, at = (CERTIFICATE_ENDED, exit.valid_until) if exit.valid_until else (CHECK_TOO_OLD, exit.checked)
        yield Remark(at=(at,), text=text, values={"date": str(state.until)})
    elif state.until is not None and missing:
        yield Remark(at=missing, text=PROOF_MISSING)


def _contradictions(questionnaire: Questionnaire, response: Response, now: Asked) -> Iterator[Remark]:
    shown = now.questions
    hidden = {question.id for question in questionnaire.questions} - shown.keys()
    lookup = lookup_in(now.answers, response.facts, hidden)
    for rule in questionnaire.contradictions:
        if all(id in shown for id in rule.at) and holds(rule.when, lookup):
            yield Remark(at=rule.at, text=rule.says, rule=rule.id)
