"""Decisions: what the outcome table proposes and why, what a reviewer may decide, how long it holds. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from portal.core.answering import LONGEST_COMMENT, plain_text
from portal.core.casework import Decision, Finding, Outcome
from portal.core.errors import Problem, Refused
from portal.core.findings import is_open
from portal.core.judging import months_after
from portal.core.lifecycle import moved
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.schemes import OutcomeRow
from portal.core.scoring import Score
from portal.core.worth import Obligation

LONGEST_LETTER, MOST_YEARS, MOST_DECISIONS = 20_000, 5, 50
RENEW_BEFORE = timedelta(days=90)


class Proposal(Struct, frozen=True, kw_only=True):
    """What the outcome table leads to: None where it leads to nothing; `reasons` say why, one sentence each."""

    outcome: Outcome | None
    valid_until: date | None
    reasons: tuple[str, ...]
    rating: OutcomeRow | None = None


def proposal(questionnaire: Questionnaire, judged: Score, findings: Sequence[Finding], today: date) -> Proposal:
    """The outcome that the rating leads to.

    A rating that holds for some months is an approval, one that holds for none a refusal, in a table that says for how
    long ratings hold. With unmet musts or open findings an approval is one with actions.
    """
    still_open = sum(map(is_open, findings))
    reasons = [f"{still_open} finding{'' if still_open == 1 else 's'} open."] if still_open else []
    if judged.certified is not None:
        reasons.insert(0, f"{judged.certified.title}: proof on file in place of a score.")
        good = judged.certified.until >= today
        outcome = (Outcome.WITH_ACTIONS if still_open else Outcome.APPROVED) if good else None
        return Proposal(outcome=outcome, valid_until=judged.certified.until if good else None, reasons=tuple(reasons))
    rating = judged.outcomes.get("rating")
    unmet = len(judged.unmet(Obligation.MUST))
    reasons = [
        *([f"Rating {rating.label}. {rating.next_step}".strip()] if rating else ["There is no rating."]),
        *([f"{unmet} must{'' if unmet == 1 else 's'} not met in full."] if unmet else []),
        *([f"{len(judged.criticals_unmet)} critical questions failed."] if judged.criticals_unmet else []),
        *reasons,
    ]
    rows = next((table.rows for table in questionnaire.scheme.tables if table.id == "rating"), ())
    if rating is None or not any(row.valid_months for row in rows):
        return Proposal(outcome=None, valid_until=None, reasons=tuple(reasons), rating=rating)
    if rating.valid_months is None:
        return Proposal(outcome=Outcome.REFUSED, valid_until=None, reasons=tuple(reasons), rating=rating)
    return Proposal(
        outcome=Outcome.WITH_ACTIONS if still_open or unmet else Outcome.APPROVED,
        valid_until=months_after(today, rating.valid_months),
        reasons=tuple(reasons),
        rating=rating,
    )


def checked(decision: Decision, today: date) -> Decision:
    """The decision with its texts tidied, or Refused with everything that it lacks."""
    problems: list[Problem] = []
    kept: dict[str, str] = {}
    for part, typed, longest in (
        ("reason", decision.reason, LONGEST_COMMENT),
        ("letter", decision.letter, LONGEST_LETTER),
    ):
        try:
            kept[part] = plain_text(part, typed, longest)
        except Refused as fact:
            problems += fact.problems
    if decision.outcome is not decision.proposed and not decision.reason.strip():
        problems.append(Problem("reason", "Say why the decision is another one than proposed."))
    refused, until = decision.outcome is Outcome.REFUSED, decision.valid_until
    if not refused and (until is None or not today < until <= months_after(today, 12 * MOST_YEARS)):
        problems.append(Problem("valid_until", "Give the last day of validity: after today, within five years."))
    if problems:
        raise Refused(problems)
    return replace(decision, **kept, valid_until=None if refused else until)


def decide(response: Response, decision: Decision) -> Response:
    """The response with one more decision, which takes the place of those before it; sent twice it is one."""
    state = moved(response, "decide")
    if any(one.id == decision.id for one in response.decisions):
        return response
    if len(response.decisions) >= MOST_DECISIONS:
        raise Refused([Problem("", "At most %(most)s decisions fit.", {"most": str(MOST_DECISIONS)})])
    return replace(response, state=state, decisions=(*response.decisions, decision))


def renews(valid_until: date | None, today: date) -> bool:
    """Whether it is time to ask the partner again: the approval ends soon, or has ended."""
    return valid_until is not None and valid_until - today <= RENEW_BEFORE
