"""Questions to the importer: asked beside a question, answered by staff, no part of a score. Pure."""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from portal.core.answering import plain_text
from portal.core.errors import NotFound, Problem, Refused
from portal.core.messages import Message
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Response

LONGEST_MESSAGE = 2000
MOST_MESSAGES, MOST_A_DAY = 200, 50


class Asked(Struct, frozen=True, kw_only=True):
    """A question with what was asked and answered about it."""

    question: Question
    messages: tuple[Message, ...]

    @property
    def waits(self) -> bool:
        """Whether the partner spoke last."""
        return not self.messages[-1].from_staff


def field_of(question_id: str) -> str:
    """The name of the field that a message about a question is typed in."""
    return f"{question_id}-asking"


def say(response: Response, questionnaire: Questionnaire, question_id: str, message: Message) -> Response:
    """The response with one more message beside a question, or Refused with why not."""
    if questionnaire.question(question_id) is None:
        raise NotFound("There is no such question.")
    where = field_of(question_id)
    text = plain_text(where, message.text, LONGEST_MESSAGE)
    if not text:
        raise Refused([Problem(where, "Write your question first." if not message.from_staff else "Write an answer.")])
    earlier = response.threads.get(question_id, ())
    if earlier and (earlier[-1].text, earlier[-1].by) == (text, message.by):
        return response  # the button was pressed twice
    # Each side is counted by itself, so that whoever writes much does not shut the other up.
    side = message.from_staff
    said = [one for thread in response.threads.values() for one in thread if one.from_staff == side]
    if len(said) >= MOST_MESSAGES:
        most = {"most": str(MOST_MESSAGES)}
        raise Refused([Problem(where, "At most %(most)s messages fit here. Please write an e-mail.", most)])
    if len([one for one in said if message.at - one.at < timedelta(days=1)]) >= MOST_A_DAY:
        most = {"most": str(MOST_A_DAY)}
        raise Refused([Problem(where, "At most %(most)s messages can be sent in a day. Try again tomorrow.", most)])
    thread = (*earlier, replace(message, text=text))
    return replace(response, threads={**response.threads, question_id: thread})


def asked(response: Response, questionnaire: Questionnaire) -> tuple[Asked, ...]:
    """Every question about which something was asked, in the order of the questionnaire."""
    return tuple(
        Asked(question=question, messages=response.threads[question.id])
        for question in questionnaire.questions
        if response.threads.get(question.id)
    )


def waiting(response: Response) -> int:
    """How many questions of the partner wait for an answer."""
    return sum(not thread[-1].from_staff for thread in response.threads.values() if thread)
