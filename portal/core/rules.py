"""Rules over a whole questionnaire: the exits that a certificate opens, and what cannot be true together."""

from collections.abc import Iterator

from msgspec import Struct

from portal.core.conditions import Condition, tests


class Exit(Struct, frozen=True, kw_only=True):
    """A way out for partners that hold a certificate: they prove it, sign and are done.

    It is open while `when` holds, every question of `proof` has what it asks for, and the certificate is good on the
    day: the date given to `valid_until` has not passed, nor `review_months` after the date given to `checked`. Then
    only the sections of `keep` are asked, without the questions of `skip`, and its own section up to its own questions.
    """

    id: str
    title: str
    when: Condition
    valid_until: str = ""
    checked: str = ""
    review_months: int = 0
    proof: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    @property
    def looks_at(self) -> Iterator[str]:
        """The questions that decide whether it is open; one may come twice."""
        yield from (test.question for test in tests(self.when) if test.question)
        yield from (id for id in (self.valid_until, self.checked) if id)
        yield from self.proof


class Contradiction(Struct, frozen=True, kw_only=True):
    """Answers that can hardly be true together: `says` asks to look again at the questions of `at`."""

    id: str
    when: Condition
    says: str
    at: tuple[str, ...]
