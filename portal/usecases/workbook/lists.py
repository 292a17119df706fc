"""The lists that cells offer: what each option is called in the reader's language, and back to its id."""

from collections.abc import Iterable, Iterator, Mapping

from portal.core.answering import AGREED
from portal.core.countries import countries
from portal.core.questionnaire import Column, Kind, Option, Question, Questionnaire
from portal.core.words import Words
from portal.usecases.workbook.cells import HYPHEN, MARK, as_key, unique_labels

MARKS, COUNTRIES, AGREE = "marks", "countries", "agree"
Pairs = tuple[tuple[str, str], ...]


class Lists:
    """All lists of a questionnaire in one language. A subject is a question's id, or that and a column's id."""

    def __init__(self, questionnaire: Questionnaire, words: Words) -> None:
        self.words = words
        self.offered: dict[str, Pairs] = {MARKS: ((MARK, MARK),)}
        self.of: dict[str, str] = {}
        for question in questionnaire.questions:
            for subject, kind, options in subjects(question):
                self.of[subject] = self._list(kind, options)

    def _list(self, kind: Kind, options: Iterable[Option]) -> str:
        """The name of the list for these options; the same options have the same list."""
        if kind is Kind.COUNTRY:
            self.offered[COUNTRIES] = tuple(countries(self.words.language).items())
            return COUNTRIES
        if kind is Kind.AGREEMENT:
            self.offered[AGREE] = ((AGREED, self.words.said("I agree")),)
            return AGREE
        pairs = tuple(unique_labels(options, self.words.said).items())
        known = next((name for name, found in self.offered.items() if found == pairs), None)
        name = known or f"list-{len(self.offered)}"
        self.offered[name] = pairs
        return name

    def label(self, subject: str, id: str) -> str:
        """What an option is called; its id where it is none of them."""
        return dict(self.offered[self.of[subject]]).get(id, id)

    def to_write(self) -> dict[str, Pairs]:
        """The lists as the workbook offers them, each with the hyphen that deletes."""
        return {name: (*pairs, (HYPHEN, HYPHEN)) for name, pairs in self.offered.items()}

    def ids(self, subject: str, theirs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """What an option of a subject may be called, to its id: our words count before those of the workbook."""
        found = dict(theirs.get(subject, {}))
        pairs = self.offered[self.of[subject]] if subject in self.of else ()
        found.update((as_key(id), id) for id, _ in pairs)
        found.update((as_key(label), id) for id, label in pairs)
        return found


def subjects(question: Question) -> Iterator[tuple[str, Kind, tuple[Option, ...]]]:
    """Whatever in a question is chosen from a list in one cell."""
    holders: list[tuple[str, Question | Column]] = [(question.id, question)]
    holders += [(f"{question.id}.{column.id}", column) for column in question.columns]
    for subject, holder in holders:
        if holder.kind in (Kind.CHOICE, Kind.COUNTRY, Kind.AGREEMENT):
            yield subject, holder.kind, holder.options
