"""The demonstration with everything in it that a pack can tell, packed once."""

from io import BytesIO

import pytest
from evidence.samples import pdf
from msgspec.structs import replace

from portal.config import Config
from portal.core.answering import Given
from portal.core.casework import Decision, Finding, FindingStep, Happening, Move, Outcome, Severity, Stand
from portal.core.marks import Round
from portal.core.records import Alternative, Answer, Response, State
from portal.pack.choosing import Wanted
from portal.usecases import answering, demonstration, threads
from portal.usecases.answering import Access
from portal.usecases.partner_lines import response_rows
from portal.usecases.partners import partner_rows
from portal.usecases.portal import Portal, open_portal
from portal.usecases.secrets import hashed
from portal.usecases.telling import tell_contact

from .cast import MARKUP, NOW, PLANTED
from .reading import Opened, packed


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The demonstration, for reading only; one partner in progress typed markup everywhere, reviewers wrote notes."""
    folder = tmp_path_factory.mktemp("pack") / "var"
    portal = open_portal(Config(data=folder, secret=b"a secret of more than thirty-two bytes", disk_floor=0))
    doors = demonstration.load_demonstration(portal, NOW)
    _plant(portal, doors.links[-1])
    _review(portal)
    _follow_up(portal)
    return portal


def _plant(portal: Portal, link: str) -> None:
    token = link.rsplit("/", 1)[-1]
    response, _ = answering.enter(portal, token, MARKUP, None, "192.0.2.9", NOW)
    access = Access(response=response.id, link=hashed(token), name=MARKUP)
    given = Given(value="no", comment=MARKUP, action=MARKUP, action_who=MARKUP, action_due="2027-03-01")
    saved = answering.save_answers(portal, access, {PLANTED: (given, None)}, now=NOW)
    assert not saved.refused
    answering.add_evidence(portal, access, PLANTED, f"{MARKUP}.pdf", BytesIO(pdf()), now=NOW)
    threads.ask_importer(portal, access, PLANTED, MARKUP, now=NOW)
    threads.answer_partner(portal, response.id, PLANTED, f"Yes, {MARKUP}", by="dara@example.com", now=NOW)


def _review(portal: Portal) -> None:
    """A word on an alternative measure, and what reviewers write for themselves."""
    row = next(row for row in response_rows(portal) if row.state is State.SUBMITTED and row.score and row.score.percent)
    response = portal.store.get(Response, row.id)
    questionnaire = portal.edition(response.edition)
    scored = next(one.id for one in questionnaire.questions if one.weight is not None and one.id in response.answers)
    judged = Alternative(accepted=True, note="As good as a fence", by="dara@example.com", at=NOW)
    notes = {one.id: Answer(comment="Only for us", by="dara@example.com", saved=NOW)
             for section in questionnaire.review for one in section.questions}  # fmt: skip
    with portal.store.transaction((Response, row.id), by="dara@example.com", at=NOW) as records:
        records.put(replace(response, alternatives={scored: judged}, review_answers=notes), "reviewed")


def _follow_up(portal: Portal) -> None:
    """A finding with its proof and one that is not sent, a round, a decision, an event, a mail."""
    row = next(row for row in response_rows(portal) if row.state is State.SUBMITTED and row.evidence)
    response = portal.store.get(Response, row.id)
    proof = replace(response.evidence[0], id="proof", report="s2")
    said = {"at": NOW, "by": MARKUP}
    finding = Finding(
        id="f1", severity=Severity.MAJOR, seen=MARKUP, required="A fence", due=NOW.date(), raised=NOW, by=MARKUP,
        cause="Money", question=proof.question, criterion="9.1", state=Stand.CLOSED, sent=NOW,
        steps=(
            FindingStep(id="s1", move=Move.PROPOSE, text="We build it", who="Bruno", due=NOW.date(), **said),
            FindingStep(id="s2", move=Move.PROVE, text="See the photo", evidence=("proof",), **said),
        ),
    )  # fmt: skip
    draft = replace(finding, id="f2", seen="nobody has read this yet", sent=None, steps=())
    opened = Round(number=1, sent=NOW, by=MARKUP, due=NOW.date(), message=MARKUP, notes={proof.question: "Which one?"})
    decision = Decision(
        id="d1", outcome=Outcome.WITH_ACTIONS, proposed=Outcome.REFUSED, letter=f"## Letter {MARKUP}", language="en",
        reason="They mend it", valid_until=NOW.date(), **said,
    )  # fmt: skip
    event = Happening(id="e1", text=f"We moved {MARKUP}", event="moved", handled=NOW, handled_by="dara", **said)
    told = replace(
        response, findings=(finding, draft), rounds=(opened,), decisions=(decision,), happenings=(event,),
        evidence=(*response.evidence, proof),
    )  # fmt: skip
    with portal.store.transaction((Response, row.id), by="dara@example.com", at=NOW) as records:
        records.put(told, "followed up")
    tell_contact(portal, told, "findings-sent", by="dara@example.com", now=NOW)


@pytest.fixture(scope="package")
def twenty(filled: Portal) -> tuple[str, ...]:
    """Twenty partners, the one that typed markup and the one with a word on its measure among them."""
    rows = {row.partner: row for row in response_rows(filled)}
    telling = [row.partner for row in response_rows(filled) if _tells(filled, row.id)]
    others = [row.id for row in partner_rows(filled) if row.id in rows]
    return tuple(dict.fromkeys([*telling, *others]))[:20]


def _tells(portal: Portal, id: str) -> bool:
    response = portal.store.get(Response, id)
    return bool(response.findings or response.alternatives or response.threads or response.previous or response.reports)


@pytest.fixture(scope="package")
def pack(filled: Portal, twenty: tuple[str, ...]) -> Opened:
    """The pack of the twenty."""
    return packed(filled, Wanted(partners=twenty, review=True), NOW)[0]
