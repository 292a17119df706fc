"""What is known of a questionnaire while its sections are read one after another."""

from dataclasses import dataclass, field

from portal.content.fields import Fields
from portal.core.questionnaire import Question, Section
from portal.core.rules import Contradiction


@dataclass
class Draft:
    """The questions read so far, those of reviewers apart, with the categories and rules that came along with them.

    `with_exits` are the sections that hold exits, which are read when all sections are.
    `incomplete` is a questionnaire that names a section which cannot be read; rules would miss its questions in vain.
    """

    seen: dict[str, Question] = field(default_factory=dict)
    for_reviewers: dict[str, Question] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Contradiction] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    review: dict[str, Section] = field(default_factory=dict)
    with_exits: list[Fields] = field(default_factory=list)
    incomplete: bool = False

    def seen_by(self, *, reviewers: bool) -> dict[str, Question]:
        """What a section may look at, and where its own questions are put: reviewers see everything."""
        return self.seen | self.for_reviewers if reviewers else self.seen

    def keep(self, section: Section) -> list[str]:
        """Take the section in; gives the ids of questions that stand on both sides."""
        (self.review if section.for_reviewers else self.sections)[section.id] = section
        if section.for_reviewers:
            self.for_reviewers.update({question.id: question for question in section.questions})
        return [id for id in self.for_reviewers if id in self.seen]
