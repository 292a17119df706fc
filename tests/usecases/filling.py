"""Fills in a response as a contact would: question by question, then whatever is still lacking."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from evidence.samples import png

from portal.core.answering import Given
from portal.core.asking import outline
from portal.core.errors import Problem
from portal.core.questionnaire import Kind, Question
from portal.core.records import Response
from portal.core.worth import Verdict
from portal.usecases import answering
from portal.usecases.answering import Access
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed
from portal.usecases.submitting import submit
from portal.usecases.workbook.opening import Wrong

Value = str | tuple[str | dict[str, str], ...] | None

EXPLAINED = Given(
    comment="It is as we say.", action="Write it down", action_who="Head of security", action_due="2026-09-30"
)
TYPED: dict[Kind, str] = {
    Kind.TEXT: "As agreed",
    Kind.SIGNATURE: "Ana Tran",
    Kind.EMAIL: "ana@example.com",
    Kind.COUNTRY: "VN",
    Kind.PERCENTAGE: "100",
    Kind.DATE: "2026-02-01",
    Kind.AGREEMENT: "agreed",
}


def token_of(invitation: Invitation) -> str:
    """The token of a new link."""
    return invitation.link.rsplit("/", 1)[1]


def entered(portal: Portal, invitation: Invitation, now: datetime, name: str = "Ana") -> Access:
    """The contact has pressed Start."""
    answering.enter(portal, token_of(invitation), name, None, "192.0.2.1", now)
    return Access(response=invitation.response, link=hashed(token_of(invitation)), name=name)


def submitted(
    portal: Portal, invitation: Invitation, now: datetime, said: Mapping[str, Value] | None = None
) -> Response:
    """The contact has answered everything well, but for what is `said`, and has sent it."""
    access = ready(portal, invitation, now, said)
    return submit(portal, access, now=now)


def ready(portal: Portal, invitation: Invitation, now: datetime, said: Mapping[str, Value] | None = None) -> Access:
    """The contact has answered everything well, but for what is `said`, and has only to send it."""
    access = entered(portal, invitation, now)
    answered(portal, access, now, said)
    return access


def answered(portal: Portal, access: Access, now: datetime, said: Mapping[str, Value] | None = None) -> Response:
    """The contact has answered everything well, but for what is `said`."""
    response = portal.store.get(Response, access.response)
    while missing := _missing(portal, response, said or {}):
        saved = answering.save_answers(portal, access, missing, now=now, section="vision")
        assert {} == saved.refused
        response = saved.response
    return _explain(portal, access, response, now)


def _missing(portal: Portal, response: Response, said: Mapping[str, Value]) -> dict[str, tuple[Given, None]]:
    asked = [q for part in outline(portal.edition(response.edition), response).sections for q in part.questions]
    return {
        question.id: (Given(value=said.get(question.id, good_value(question))), None)
        for question in asked
        if question.id not in response.answers and question.kind not in (Kind.STATEMENT, Kind.FILES)
    }


def _explain(portal: Portal, access: Access, response: Response, now: datetime) -> Response:
    lacking = {problem.where for problem in outline(portal.edition(response.edition), response).lacking}
    for where in sorted(lacking):
        question, part = where, ""
        for ending in ("-comment", "-action-who", "-action-due", "-action", "-evidence"):
            if where.endswith(ending):
                question, part = where.removesuffix(ending), ending
                break
        if part == "-evidence":
            answering.add_evidence(portal, access, question, "log.png", BytesIO(png()), now=now)
        else:
            response = answering.save_answers(portal, access, {question: (EXPLAINED, None)}, now=now).response
    return response


def good_value(question: Question) -> Value:
    """An answer that is worth full credit where there is one."""
    if question.kind is Kind.CHOICE:
        met = [option.id for option in question.options if option.verdict is Verdict.MET]
        return (met or [option.id for option in question.options])[0]
    if question.kind is Kind.CHOICES:
        return question.good or (question.options[0].id,)
    if question.kind is Kind.NUMBER:
        bands = [band.at_least for band in question.bands if band.at_least is not None]
        return str(max([*bands, question.at_least or 0, 1]))
    if question.kind is Kind.ROWS:
        return ({column.id: _cell(column.kind, [o.id for o in column.options]) for column in question.columns},)
    return TYPED[question.kind]


def _cell(kind: Kind, options: list[str]) -> str:
    return options[0] if options else {Kind.NUMBER: "3", **TYPED}.get(kind, "As agreed")


def sentence(wrong: Wrong) -> str:
    """What is said of a cell of a workbook that cannot be taken, the sentence within in its place."""
    why = wrong.values.get("why")
    return wrong.text.replace("%(why)s", why.text) if isinstance(why, Problem) else wrong.text
