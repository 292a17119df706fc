"""What a reviewer looks at: a card for each question of a response, and which of them a page shows."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from portal.core.alternatives import alternative_chosen
from portal.core.asking import Outline
from portal.core.comparing import Beside
from portal.core.lines import Line
from portal.core.marking import open_to_review
from portal.core.marks import Mark, Opinion, Override, Round
from portal.core.questionnaire import Option, Question, Questionnaire, Section
from portal.core.records import Answer, Evidence, Response, Sent
from portal.core.remarks import contradictions
from portal.core.returning import changed_ids
from portal.core.summary import UNMET
from portal.usecases.earlier import LastYear
from portal.usecases.portal import score_of


class Card(Struct, frozen=True, kw_only=True):
    """One question with all that helps to judge its answer.

    `before` is what was sent before the last round where that changed it, `asked` the notes of earlier rounds on it.
    """

    section: Section
    question: Question
    answer: Answer | None
    files: Sequence[Evidence]
    mark: Mark
    line: Line | None
    override: Override | None
    before: Sent | None
    asked: Sequence[tuple[Round, str]]
    alternative: Option | None
    last_year: Beside | None
    doubts: Sequence[str]
    messages: int


# Which cards a filter lets through.
FILTERS: Mapping[str, Callable[[Card], bool]] = {
    "open": lambda card: card.mark.opinion is Opinion.OPEN,
    "asked": lambda card: card.mark.opinion is Opinion.ASK_BACK,
    "unmet": lambda card: card.line is not None and card.line.verdict in UNMET,
    "comments": lambda card: bool(card.answer and card.answer.comment) or card.messages > 0,
    "changed": lambda card: (
        card.before is not None or (card.last_year is not None and card.last_year.what in ("changed", "answered-anew"))
    ),
    "notes": lambda card: bool(card.mark.staff_note or card.override),
}
FILTER_WORDS = {
    "open": "Not looked at yet",
    "asked": "To ask back",
    "unmet": "Not fully met",
    "comments": "With comments",
    "changed": "Changed",
    "notes": "With our notes",
}


def cards_of(response: Response, questionnaire: Questionnaire, seen: Outline, last_year: LastYear | None) -> list[Card]:
    """Every card of a response as it was sent, in the order asked."""
    lines = {line.question: line for line in score_of(response, questionnaire).lines}
    doubts = contradictions(questionnaire, response)
    changed, to_review = set(changed_ids(response)), open_to_review(questionnaire, response)
    then = last_year.comparison.questions if last_year else {}
    return [
        Card(
            section=part.section,
            question=one,
            answer=part.answers.get(one.id),
            files=response.files_for(one.id),
            mark=response.marks.get(one.id, Mark()),
            line=lines.get(one.id),
            override=response.overrides.get(one.id),
            before=response.before[one.id] if one.id in changed else None,
            asked=[(round, round.notes[one.id]) for round in response.rounds if one.id in round.notes],
            alternative=alternative_chosen(one, response.answers.get(one.id)),
            last_year=then.get(one.id),
            doubts=[remark.message for remark in doubts if one.id in remark.at],
            messages=len(response.threads.get(one.id, ())),
        )
        for part in seen.sections
        for one in part.questions
        if one.id in to_review
    ]


class Batch(Struct, frozen=True, kw_only=True):
    """The cards of one page: those that a filter lets through, or those of one section; and what comes after it."""

    only: str
    section: str
    cards: Sequence[Card]
    following: str

    def after(self, question_id: str) -> str:
        """The question that comes next on the page, none after the last."""
        ids = [card.question.id for card in self.cards]
        place = ids.index(question_id) + 1 if question_id in ids else 0
        return ids[place] if place < len(ids) else ""


def batch(cards: Sequence[Card], only: str, section: str) -> Batch:
    """One page of cards; without a wish the first section that has something to look at."""
    if only in FILTERS:
        return Batch(only=only, section="", cards=[card for card in cards if FILTERS[only](card)], following="")
    ids = list(dict.fromkeys(card.section.id for card in cards))
    first = next((card.section.id for card in cards if FILTERS["open"](card)), ids[0] if ids else "")
    chosen = section if section in ids else first
    later = ids[ids.index(chosen) + 1 :] if ids else []
    return Batch(
        only="",
        section=chosen,
        cards=[card for card in cards if card.section.id == chosen],
        following=later[0] if later else "",
    )
