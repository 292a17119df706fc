"""The sections that are for reviewers: told apart while reading, so that no partner's section can look at them."""

from portal.content.fields import Fields
from portal.core.questionnaire import Kind, Section

REVIEWER = "reviewer"


def is_for_reviewers(fields: Fields) -> bool:
    """Whether a section says that it is for reviewers."""
    whom = fields.text("for")
    if whom not in ("", REVIEWER):
        fields.wrong(f"“for” cannot be “{whom}”; write reviewer, or leave it out for a section of the partner", "for")
    return whom == REVIEWER


def check_for_reviewers(fields: Fields, section: Section) -> None:
    """What reviewers fill in is kept apart from the score, and takes no files."""
    for question in section.questions:
        if question.weight is not None:
            fields.wrong(
                f"“{question.id}” is for reviewers and not scored; take its criterion, obligation and weight away"
            )
        if question.kind is Kind.FILES:
            fields.wrong(f"“{question.id}” is for reviewers, who add no files; ask for a text")
