"""What every use case works with: the store, the evidence store, the library, the mailer and the settings."""

from dataclasses import dataclass, field

from portal.config import Config
from portal.content.library import Library, content_hash, load_library
from portal.core.actions import actions_of
from portal.core.asking import files_of, outline
from portal.core.exits import day_of
from portal.core.lifecycle import invitation_link
from portal.core.questionnaire import Questionnaire
from portal.core.records import Edition, Partner, Record, Response, State
from portal.core.register import PartnerRow, ResponseRow, Row, ScoreRow, rated
from portal.core.scoring import Score, score
from portal.core.threads import waiting
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
    still_open = [action for action in actions_of(questionnaire, response) if action.is_open]
    link = invitation_link(response)
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
        score=_score_row(response, questionnaire) if response.state is State.SUBMITTED else None,
        open_actions=len(still_open),
        actions_due=tuple(sorted(action.due for action in still_open if action.due)),
    )


def score_of(response: Response, questionnaire: Questionnaire) -> Score:
    """The score of a response as of the day it was submitted or last saved, so that looking later changes nothing."""
    return score(
        questionnaire,
        response.answers,
        response.facts,
        day_of(response),
        files=files_of(response.evidence),
        alternatives=response.alternatives,
    )


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
    return rated(row, day_of(response))


def _verdicts(judged: Score, obligation: Obligation) -> dict[str, str]:
    """Criterion to verdict, of its must or of its should."""
    return {one.criterion: one.verdict.value for one in judged.of(obligation) if one.criterion}
