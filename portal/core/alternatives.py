"""Alternative measures: the partner does it another way, and a reviewer says whether that is as good."""

from msgspec.structs import replace

from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.marks import Alternative
from portal.core.questionnaire import Option, Question, Questionnaire
from portal.core.records import Answer, Response
from portal.core.returning import as_sent


def alternative_chosen(question: Question, answer: Answer | None) -> Option | None:
    """The option by which an answer says that it is done another way, or None."""
    value = answer.value if answer else None
    return next((option for option in question.options if option.alternative and option.id == value), None)


def judge_alternative(
    response: Response, questionnaire: Questionnaire, question_id: str, judged: Alternative
) -> Response:
    """The response with a reviewer's word on one alternative measure; a later word replaces an earlier one."""
    question = questionnaire.question(question_id)
    if question is None:
        raise NotFound("There is no such question.")
    if alternative_chosen(question, as_sent(response).answers.get(question_id)) is None:
        raise NotAllowed("This answer is no alternative measure.")
    if not response.state.is_sent:
        raise NotAllowed("These answers are not submitted yet.")
    if not judged.accepted and not judged.note:
        raise Refused([Problem(f"alternative-{question_id}", "Say why the measure is not enough.")])
    return replace(response, alternatives={**response.alternatives, question_id: judged})
