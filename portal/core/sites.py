"""Several sites of one partner: a response each, on one link; what is typed once, what lists say of all. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from portal.core.answering import plain_text
from portal.core.asking import answered, files_of, outline
from portal.core.countries import countries
from portal.core.errors import NotAllowed, Problem, Refused
from portal.core.questionnaire import FactOf, Questionnaire
from portal.core.records import Answer, Link, Response, State
from portal.core.register import ResponseRow
from portal.core.wording import phrase

MOST_SITES = 20
LONGEST_SITE = 80
HOW_FAR = list(State)


def wrong_names(names: Sequence[str]) -> list[Problem]:
    """What is wrong with the names of an invitation's sites."""
    problems = [_wrong_name(name) for name in names]
    if len({name.casefold() for name in names}) < len(names):
        problems.append(Problem("sites", "A site is named twice."))
    if len(names) > MOST_SITES:
        problems.append(Problem("sites", "At most %(most)s sites fit.", {"most": str(MOST_SITES)}))
    return [problem for problem in problems if problem is not None]


def _wrong_name(name: str) -> Problem | None:
    try:
        plain_text("sites", name, LONGEST_SITE)
    except Refused as fact:
        return fact.problems[0]
    return None


def named(
    response: Response, name: str, questionnaire: Questionnaire, now: datetime, country: str = "", city: str = ""
) -> Response:
    """The response as that of a site, what is known of the site filled in."""
    known = {FactOf.SITE_NAME: name, FactOf.SITE_COUNTRY: country, FactOf.SITE_CITY: city}
    told = {q.id: text for q in questionnaire.questions if q.fact_of and (text := known.get(q.fact_of))}
    answers = {id: Answer(value=text, version=1, saved=now) for id, text in told.items()}
    facts = {**response.facts, "country": country} if country else response.facts
    return replace(response, site=name, facts=facts, answers={**response.answers, **answers})


def site_name(response: Response, questionnaire: Questionnaire) -> str:
    """What the partner calls the site of a response, where that is known."""
    answers = (response.answers.get(q.id) for q in questionnaire.questions if q.fact_of is FactOf.SITE_NAME)
    return response.site or next((one.value for one in answers if one and isinstance(one.value, str)), "")


def another(
    members: Sequence[Response],
    link: Link,
    questionnaire: Questionnaire,
    id: str,
    typed: Mapping[str, str],
    by: str,
    now: datetime,
) -> tuple[Response, Response]:
    """The first response of a group and that of one more site, on the same link, with the company's facts.

    `typed` is the new site's `name`, `country` and `city`, and what the `first` is called where that was not said.
    """
    first = members[0]
    calling = _tidied("first", typed) or site_name(first, questionnaire)
    name, city, country = _tidied("name", typed), _tidied("city", typed), typed.get("country", "")
    taken = {calling.casefold(), *(one.site.casefold() for one in members)}
    checks = (
        ("first", not calling, phrase("Write what you call the first site.")),
        ("name", not name, phrase("Write what you call the site.")),
        ("name", bool(name) and name.casefold() in taken, phrase("A site is named twice.")),
        ("name", len(members) >= MOST_SITES, phrase("At most %(most)s sites fit.")),
        ("country", country not in countries(), "Choose a country from the list."),
    )
    if problems := [Problem(where, text, {"most": str(MOST_SITES)}) for where, wrong, text in checks if wrong]:
        raise Refused(problems)
    site = named(_opened(first, id, link, now), name, questionnaire, now, country, city)
    told = site_name(first, questionnaire) or first.state.is_sent
    return (
        replace(first if told else named(first, calling, questionnaire, now), site=calling, sites=(*first.sites, id)),
        filled(site, first, company_facts(questionnaire), by, now),
    )


def _opened(first: Response, id: str, link: Link, now: datetime) -> Response:
    """A response beside the first, pinned to the same edition."""
    return Response(
        id=id,
        partner=first.partner,
        questionnaire=first.questionnaire,
        edition=first.edition,
        state=State.STARTED,
        invited=first.invited,
        facts=first.facts,
        due=first.due,
        links=(link,),
        started=now,
        group=first.id,
        language=first.language,
        second_language=first.second_language,
    )


def _tidied(where: str, typed: Mapping[str, str]) -> str:
    return " ".join(plain_text(where, typed.get(where, ""), LONGEST_SITE).split())


def company_facts(questionnaire: Questionnaire) -> list[str]:
    """The ids of the questions whose answer is the company's and not one site's."""
    return [question.id for question in questionnaire.questions if question.fact_of is FactOf.COMPANY]


def filled(response: Response, source: Response, ids: Iterable[str], by: str, now: datetime) -> Response:
    """The response with the other site's answers to these questions, where it has none of its own."""
    if response.state.is_sent:
        return response
    answers = dict(response.answers)
    for id in ids:
        known, held = source.answers.get(id), answers.get(id)
        if known and known.value and not (held and held.value):
            version = held.version + 1 if held else 1
            answers[id] = replace(held or Answer(), value=known.value, version=version, saved=now, by=by)
    return replace(response, answers=answers)


def is_untouched(first: Response, site: Response, questionnaire: Questionnaire) -> bool:
    """Whether a site was added and nothing more was done than to fill in header facts."""
    files = files_of(site.evidence)
    said = (
        question
        for part in outline(questionnaire, site).sections
        for question in part.questions
        if not question.fact and answered(question, site.answers.get(question.id), files[question.id])
    )
    started = site.state.is_sent or bool(site.evidence or site.threads)
    return site.id in first.sites and not started and not any(said)


def without(first: Response, site: Response, questionnaire: Questionnaire) -> Response:
    """The first response without a site that was added by mistake; NotAllowed once something was answered there."""
    if not is_untouched(first, site, questionnaire):
        raise NotAllowed("This site stays: it is the first, or something was answered for it already.")
    return replace(first, sites=tuple(id for id in first.sites if id != site.id))


def groups(rows: Iterable[ResponseRow]) -> list[list[ResponseRow]]:
    """The rows put together that one invitation covers, the first site first."""
    found: dict[str, list[ResponseRow]] = {}
    for row in sorted(rows, key=lambda row: (row.id != (row.group or row.id), row.site.casefold(), row.id)):
        found.setdefault(row.group or row.id, []).append(row)
    return list(found.values())


def lowest(rows: Sequence[ResponseRow]) -> ResponseRow | None:
    """The submitted site with the lowest score, which stands for the partner; no score comes before any score."""
    submitted = [row for row in rows if row.state.is_sent]
    return min(submitted, key=_percent, default=None)


def _percent(row: ResponseRow) -> Decimal:
    return Decimal(-1) if row.score is None or row.score.percent is None else row.score.percent


def together(rows: Sequence[ResponseRow]) -> ResponseRow:
    """One row for all sites of an invitation: as far as the site that is furthest behind."""
    if len(rows) == 1:
        return rows[0]
    behind = min(rows, key=lambda row: HOW_FAR.index(row.state))
    latest = max(rows, key=lambda row: row.last_saved or row.invited)
    waiting = [row.due for row in rows if row.due and row.state is not State.SUBMITTED]
    done = all(row.state.is_sent for row in rows)
    return replace(
        rows[0],
        state=behind.state,
        due=min(waiting, default=rows[0].due),
        opened=_first(rows, lambda row: row.opened),
        last_saved=latest.last_saved,
        last_section=latest.last_section,
        submitted=max((row.submitted for row in rows if row.submitted), default=None) if done else None,
        answered=sum(row.answered for row in rows),
        asked=sum(row.asked for row in rows),
        evidence=sum(row.evidence for row in rows),
        open_questions=sum(row.open_questions for row in rows),
        to_review=sum(row.to_review for row in rows),
        marked=sum(row.marked for row in rows),
        flagged=sum(row.flagged for row in rows),
        rounds=max(row.rounds for row in rows),
        score=worst.score if (worst := lowest(rows)) else None,
    )


def _first(rows: Sequence[ResponseRow], of: Callable[[ResponseRow], datetime | None]) -> datetime | None:
    return min((at for row in rows if (at := of(row))), default=None)
