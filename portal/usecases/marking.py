"""What reviewers do with answers, one by one: mark them, set a credit, share the work among each other."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec.structs import replace

from portal.core import marking
from portal.core.errors import Problem, Refused
from portal.core.marks import Mark, Override
from portal.core.questionnaire import Questionnaire
from portal.core.records import Person, Response, Role
from portal.core.worth import Verdict
from portal.usecases.portal import Portal, score_of

Change = Callable[[Response, Questionnaire], Response]


def mark(
    portal: Portal, response_id: str, question_id: str, said: Mark, reference: str, *, by: str, now: datetime
) -> Response:
    """Keep a reviewer's mark on one answer; Stale where another reviewer was first, whose mark is kept."""
    said = replace(said, by=by, at=now)
    return _change(
        portal,
        response_id,
        lambda response, form: marking.mark(response, form, question_id, said, reference),
        "answer marked",
        by,
        now,
    )


def accept_met(portal: Portal, response_id: str, reference: str, *, by: str, now: datetime) -> int:
    """Accept in one press every answer that is fully met and that nobody has marked; gives how many these were."""
    accepted = 0

    def change(response: Response, form: Questionnaire) -> Response:
        nonlocal accepted
        met = [one.question for one in score_of(response, form).lines if one.verdict is Verdict.MET]
        after = marking.accept_met(response, met, Mark(by=by, at=now), reference)
        accepted = sum(mark != response.marks.get(id) for id, mark in after.marks.items())
        return after

    _change(portal, response_id, change, "what is met accepted", by, now)
    return accepted


def set_credit(
    portal: Portal, response_id: str, question_id: str, typed: Mapping[str, str], *, by: str, now: datetime
) -> Response:
    """Let an answer count as something else than it declares; `typed` is the `verdict`, the `credit`, the `reason`.

    Without a verdict it counts as it declares again.
    """
    verdict, credit, reason = (typed.get(name, "") for name in ("verdict", "credit", "reason"))

    def change(response: Response, form: Questionnaire) -> Response:
        if not verdict:
            return marking.drop_credit(response, form, question_id)
        worth, points = marking.credit_for(question_id, verdict, credit)
        said = Override(verdict=worth, credit=points, reason=reason, by=by, at=now)
        return marking.set_credit(response, form, question_id, said)

    what = "credit set by a reviewer" if verdict else "credit as declared again"
    return _change(portal, response_id, change, what, by, now)


def reviewers(portal: Portal) -> dict[str, str]:
    """Who may review: the ids and names of people who can sign in and change something, sorted by name."""
    people = [portal.store.get(Person, id) for id in portal.store.ids(Person)]
    able = [one for one in people if one.role is not Role.READER and not one.disabled]
    return {one.id: one.name for one in sorted(able, key=lambda one: (one.name.casefold(), one.id))}


def assign(portal: Portal, response_id: str, person: str, *, by: str, now: datetime) -> Response:
    """Say who reviews a response; nobody with an empty id."""
    if person and person not in reviewers(portal):
        raise Refused([Problem("assigned", "Choose somebody who reviews.")])
    return _change(portal, response_id, lambda response, _: replace(response, assigned=person), "assigned", by, now)


def _change(portal: Portal, response_id: str, change: Change, what: str, by: str, now: datetime) -> Response:
    """Change a response as it is now; what stays the same is not written."""
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        before = records.get(Response, response_id)
        after = change(before, portal.edition(before.edition))
        if after != before:
            records.put(after, what)
    return after
