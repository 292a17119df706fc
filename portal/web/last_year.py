"""What a question's page shows of last year's answer to it."""

from collections.abc import Sequence

from flask import url_for
from msgspec import Struct
from msgspec.structs import replace

from portal.core.confirming import Mark, can_confirm, mark_of, offered, still_valid
from portal.core.questionnaire import Question
from portal.core.records import Answer, Earlier, Evidence, Response, Wording
from portal.web import here


class OldFile(Struct, frozen=True, kw_only=True):
    """One of last year's files: whether it is young enough, and whether it is used again already."""

    item: Evidence
    valid: bool
    kept: bool


class LastYear(Struct, frozen=True, kw_only=True):
    """Last year's answer beside its question, and what can be said to it."""

    mark: Mark
    reworded: bool
    confirmable: bool
    said: Sequence[Earlier]
    files: Sequence[OldFile]
    address: str
    offered: Answer | None = None
    done: str = ""

    @property
    def folded(self) -> bool:
        """Whether the fields wait behind “Changed”, since what they hold is last year's answer."""
        return self.confirmable and self.mark is not Mark.CHANGED


def last_year_of(question: Question, response: Response) -> LastYear | None:
    """None where last year's response says nothing to the question."""
    one, mark = response.carried.get(question.id), mark_of(question, response)
    if one is None or mark is None:
        return None
    today = here.now().date()
    there = {item.sha256 for item in response.files_for(question.id)}
    kept = response.answers.get(question.id)
    waits = mark in (Mark.OPEN, Mark.UNSURE) and not one.anew
    return LastYear(
        mark=mark,
        reworded=one.wording is Wording.REWORDED,
        confirmable=can_confirm(question, one, today),
        said=one.earlier,
        files=[
            OldFile(item=item, valid=still_valid(question, item, today), kept=item.sha256 in there)
            for item in one.files
        ],
        address=url_for("renewing.decide", response_id=response.id, question_id=question.id),
        # The fields hold last year's answer as if it were kept, so that a form which leaves it as it is saves nothing.
        offered=replace(offered(one, today), version=kept.version if kept else 0) if waits else None,
        done=one.done.isoformat() if one.done else "",
    )
