"""The blank questionnaires of a pack: each as its partners were asked, drawn once for all who were asked the same."""

from hashlib import sha256

from msgspec import Struct

from portal.core.asked_when import may_be_asked
from portal.core.questionnaire import Kind, Questionnaire
from portal.core.records import Response
from portal.core.words import Words
from portal.pack.pages import drawn

ENOUGH_SIGNS = 12
KINDS = {
    Kind.CHOICE.value: "one of the answers",
    Kind.CHOICES.value: "one or several of the answers",
    Kind.TEXT.value: "text",
    Kind.EMAIL.value: "e-mail address",
    Kind.COUNTRY.value: "country",
    Kind.NUMBER.value: "number",
    Kind.PERCENTAGE.value: "per cent",
    Kind.DATE.value: "date",
    Kind.ROWS.value: "rows",
    Kind.FILES.value: "files",
    Kind.AGREEMENT.value: "agreement",
    Kind.SIGNATURE.value: "signature",
}


class Blank(Struct, frozen=True, kw_only=True):
    """A blank questionnaire as it lies in the pack."""

    path: str
    title: str
    edition: str
    html: str


class Blanks:
    """The blank questionnaires met so far."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], Blank] = {}

    def of(self, questionnaire: Questionnaire, response: Response) -> Blank:
        """All that may have been asked in a response; whoever was asked the same shares one."""
        parts = list(may_be_asked(questionnaire, response.facts, Words()))
        asked = (f"{one.question.id} {part.only_if} {one.only_if}" for part in parts for one in part.questions)
        key = (response.edition, *asked)
        if key not in self._made:
            html = drawn("blank", questionnaire=questionnaire, edition=response.edition, parts=parts, kinds=KINDS)
            name = f"{questionnaire.id}-{sha256(html.encode()).hexdigest()[:ENOUGH_SIGNS]}"
            self._made[key] = Blank(
                path=f"questionnaires/{name}.html", title=questionnaire.title, edition=questionnaire.edition, html=html
            )
        return self._made[key]
