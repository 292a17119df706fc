"""What every use case works with: the store, the evidence store, the library, the mailer and the settings."""

from dataclasses import dataclass, field

from portal.config import Config
from portal.content.library import Library, content_hash, load_library
from portal.core.actions import actions_of
from portal.core.asking import files_of, outline
from portal.core.exits import day_of
from portal.core.findings import WAITS_FOR_STAFF, corrected, due_of, is_open, taken_up
from portal.core.lifecycle import invitation_link
from portal.core.mails import Mail
from portal.core.marking import progress
from portal.core.questionnaire import Questionnaire
from portal.core.records import Edition, Partner, Record, Response
from portal.core.register import MailRow, PartnerRow, ResponseRow, Row, ScoreRow, VisitRow, rated
from portal.core.returning import as_sent
from portal.core.scoring import Score, score
from portal.core.steps import with_full_credit
from portal.core.threads import waiting
from portal.core.visits import Visit
from portal.core.worth import Obligation
from portal.evidence.pieces import Pieces
from portal.evidence.store import EvidenceStore
from portal.languages.words import Languages
from portal.mail import Mailer, mailer
from portal.store.engine import FileStore
from portal.store.protocol import Store

RATING, MUST_RESULT = "rating", "must-result"
MOST_PINNED = 20_000


@dataclass(frozen=True)
class Portal:
    """One running portal."""

    config: Config
    store: Store
    evidence: EvidenceStore
    pieces: Pieces
    library: Library
    mailer: Mailer
    languages: Languages
    editions: dict[str, Questionnaire] = field(default_factory=dict)
    pinned: dict[str, str] = field(default_factory=dict)

    def edition(self, id: str) -> Questionnaire:
        """The questionnaire of that hash. Editions never change, so each is read once."""
        if id not in self.editions:
            self.editions[id] = self.store.get(Edition, id).questionnaire
        return self.editions[id]

    def asked_in(self, response_id: str) -> Questionnaire:
        """The questionnaire of a response. What a response is pinned to never changes, so it is read once."""
        if response_id not in self.pinned:
            if len(self.pinned) >= MOST_PINNED:
                self.pinned.clear()
            self.pinned[response_id] = self.store.get(Response, response_id).edition
        return self.edition(self.pinned[response_id])


def open_portal(config: Config) -> Portal:
    """The portal in a data folder, made where it is not there yet; InvalidContent where questionnaires are wrong."""
    editions: dict[str, Questionnaire] = {}

    def row_of(record: Record) -> Row | None:
        match record:
            case Partner():
                return _partner_row(record)
            case Response():
                if record.edition not in editions:
                    editions[record.edition] = store.get(Edition, record.edition).questionnaire
                return _response_row(record, editions[record.edition])
            case Mail():
                return _mail_row(record)
            case Visit():
                return _visit_row(record)
            case _:
                return None

    library = load_library(config.questionnaires)
    editions.update({content_hash(q): q for q in library.questionnaires.values()})
    store: Store = FileStore(config.store, row_of)
    return Portal(
        config=config,
        store=store,
        evidence=EvidenceStore(config.evidence, config.disk_floor),
        pieces=Pieces(config.pieces, config.disk_floor),
        library=library,
        mailer=mailer(config.smtp, config.outbox),
        languages=Languages(config.questionnaires),
        editions=editions,
    )


def _partner_row(partner: Partner) -> PartnerRow:
    return PartnerRow(
        id=partner.id,
        name=partner.name,
        country=partner.country,
        business_type=partner.business_type,
        contact_name=partner.contact_name,
        contact_email=partner.contact_email,
        tags=partner.tags,
        other_names=partner.other_names,
        identifiers=partner.identifiers,
        retired=partner.retired.since.date() if partner.retired else None,
        merged_into=partner.retired.merged_into if partner.retired else "",
    )


def _response_row(response: Response, questionnaire: Questionnaire) -> ResponseRow:
    seen = outline(questionnaire, response)
    followed, found = taken_up(response), [one for one in response.findings if is_open(one)]
    still_open = [one for one in actions_of(questionnaire, response) if one.is_open and one.question.id not in followed]
    link, reviewed = invitation_link(response), progress(questionnaire, response)
    return ResponseRow(
        id=response.id,
        partner=response.partner,
        questionnaire=response.questionnaire,
        edition=response.edition,
        state=response.state,
        invited=response.invited,
        due=response.due,
        link_expires=link.expires if link else None,
        link_withdrawn=link is None or link.withdrawn is not None,
        opened=next((one.opened for one in response.links if one.opened and not one.sections), None),
        last_saved=response.last_saved,
        last_section=response.last_section,
        submitted=response.submitted,
        answered=seen.answered,
        asked=seen.asked,
        evidence=files_of(response.evidence).total(),
        open_questions=waiting(response),
        site=response.site,
        group=response.group or (response.id if response.sites else ""),
        score=_score_row(response, questionnaire) if response.state.is_sent else None,
        open_actions=len(still_open) + len(found),
        actions_due=tuple(sorted([*(one.due for one in still_open if one.due), *map(due_of, found)])),
        open_findings=len(found),
        decision=response.decisions[-1].outcome.value if response.decisions else "",
        valid_until=response.decisions[-1].valid_until if response.decisions else None,
        events_waiting=sum(one.handled is None for one in response.happenings),
        findings_waiting=sum(one.state in WAITS_FOR_STAFF for one in found),
        reminders_stopped=response.reminders_stopped is not None,
        to_review=reviewed.all,
        marked=reviewed.marked,
        flagged=reviewed.flagged,
        rounds=len(response.rounds),
        assigned=response.assigned,
    )


def _mail_row(mail: Mail) -> MailRow:
    return MailRow(**{name: getattr(mail, name) for name in MailRow.__struct_fields__})


def _visit_row(visit: Visit) -> VisitRow:
    return VisitRow(
        id=visit.id,
        partner=visit.partner,
        response=visit.response,
        site=visit.site,
        state=visit.state,
        planned_from=visit.planned_from,
        planned_until=visit.planned_until,
        team=visit.team,
        asked=len(visit.questions),
        marked=visit.marked,
        otherwise=visit.otherwise,
    )


def score_of(response: Response, questionnaire: Questionnaire) -> Score:
    """The score of a response as of the day it was submitted or last saved, so that looking later changes nothing.

    What was sent last counts while some of it is asked back.
    """
    sent = as_sent(response)
    return score(
        questionnaire,
        sent.answers,
        sent.facts,
        day_of(sent),
        files=files_of(sent.evidence),
        alternatives=sent.alternatives,
        overrides=sent.overrides,
    )


def provisional_of(response: Response, questionnaire: Questionnaire) -> Score | None:
    """The score with verified corrections counted as met, or None where there are none; the declared one stays."""
    verified = corrected(response)
    return with_full_credit(questionnaire, score_of(response, questionnaire), verified) if verified else None


def _score_row(response: Response, questionnaire: Questionnaire) -> ScoreRow:
    judged = score_of(response, questionnaire)
    rating, result = judged.outcomes.get(RATING), judged.outcomes.get(MUST_RESULT)
    musts, shoulds = judged.of(Obligation.MUST), judged.of(Obligation.SHOULD)
    required, recommended = _verdicts(judged, Obligation.MUST), _verdicts(judged, Obligation.SHOULD)
    row = ScoreRow(
        percent=judged.percent,
        rating=rating.outcome if rating else "",
        rating_label=rating.label if rating else "",
        colour=rating.colour if rating else "grey",
        must_result=result.outcome if result else "",
        must_result_label=result.label if result else "",
        musts=len(musts),
        musts_met=sum(judgement.met for judgement in musts),
        shoulds=len(shoulds),
        shoulds_met=sum(judgement.met for judgement in shoulds),
        criticals_unmet=len(judged.criticals_unmet),
        categories={part.id: (part.points, part.possible) for part in judged.categories},
        verdicts={**recommended, **required},
        should_parts={id: verdict for id, verdict in recommended.items() if id in required},
        certified_until=judged.certified.until if judged.certified else None,
    )
    return rated(row, day_of(as_sent(response)))


def _verdicts(judged: Score, obligation: Obligation) -> dict[str, str]:
    """Criterion to verdict, of its must or of its should."""
    return {one.criterion: one.verdict.value for one in judged.of(obligation) if one.criterion}
