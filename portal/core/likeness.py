"""Whether two partners may be the same company: names folded, e-mail domains, identifiers; each with the reason."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

from msgspec import Struct

# What stands behind (or before) a company's own name in the languages of our partners, dots left out.
LEGAL_FORMS = frozenset((
    "ab", "ag", "as", "bhd", "bv", "bvba", "co", "company", "corp", "corporation", "cv", "de", "eireli",
    "fzco", "fze", "gmbh", "inc", "incorporated", "jsc", "kg", "kk", "limited", "limitada", "llc", "llp",
    "ltd", "ltda", "me", "nv", "oy", "plc", "private", "pte", "pt", "pty", "pvt", "rl", "sa", "sab", "sac",
    "sapi", "sarl", "sas", "sdn", "spa", "srl", "ste", "sti", "tas", "tic", "tnhh", "ve",
))  # fmt: skip
# Letters that Unicode does not take apart into a plain one and its accent.
PLAIN = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
FREE_MAIL = frozenset((
    "126.com", "163.com", "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com",
    "icloud.com", "live.com", "mail.ru", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com",
    "rediffmail.com", "sina.com", "yahoo.com", "yandex.com", "yandex.ru",
))  # fmt: skip
SIMILAR = 0.85
MOST_COMPARED = 200  # of one domain; a larger one is a provider of mail, not a company

SAME_NAME = "the same name in the same country"
SAME_ADDRESS = "the same e-mail address"
SAME_DOMAIN = "the same e-mail domain and a similar name"
SAME_IDENTIFIER = "the same %s"


class Company(Struct, frozen=True, kw_only=True):
    """What of a partner is compared."""

    id: str
    name: str
    country: str
    email: str
    other_names: tuple[str, ...] = ()
    identifiers: dict[str, str] = {}


class Twin(Struct, frozen=True, kw_only=True):
    """A company that may be the same, and why."""

    company: Company
    reasons: tuple[str, ...]


def folded(name: str) -> str:
    """A name without case, accents, punctuation and legal form, so that spellings of it come out alike."""
    apart = unicodedata.normalize("NFKD", name.casefold()).translate(PLAIN)
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    words = re.sub(r"[\W_]+", " ", re.sub(r"[.'’]", "", plain)).split()
    first, last = 0, len(words)
    while last and words[last - 1] in LEGAL_FORMS:
        last -= 1
    while first < last and words[first] in LEGAL_FORMS:
        first += 1
    return " ".join(words[first:last] or words)


def similar(one: str, other: str) -> bool:
    """Whether two folded names are nearly the same: letters mixed up, words in another order, words more."""
    words, others = set(one.split()), set(other.split())
    fewer = min(words, others, key=len)
    if len(fewer) > 1 and fewer == words & others:
        return True
    return SequenceMatcher(None, one, other).ratio() >= SIMILAR


class Likeness:
    """Companies by all that makes one like another, so that ten thousand are compared at once."""

    def __init__(self, companies: Iterable[Company] = ()) -> None:
        self._by_name: dict[tuple[str, str], list[Company]] = defaultdict(list)
        self._by_address: dict[str, list[Company]] = defaultdict(list)
        self._by_domain: dict[str, list[Company]] = defaultdict(list)
        self._by_identifier: dict[str, list[Company]] = defaultdict(list)
        for company in companies:
            self.add(company)

    def add(self, company: Company) -> None:
        """Let what comes later be compared with this one too."""
        for name in _names(company):
            self._by_name[name, company.country].append(company)
        address = company.email.casefold()
        self._by_address[address].append(company)
        self._by_domain[_domain(address)].append(company)
        for value in company.identifiers.values():
            self._by_identifier[_bare(value)].append(company)

    def twins(self, company: Company) -> list[Twin]:
        """Those that may be the same company, the likeliest first; never itself."""
        found: dict[str, tuple[Company, dict[str, None]]] = {}

        def note(others: Iterable[Company], reason: str) -> None:
            for other in others:
                if other.id != company.id:
                    found.setdefault(other.id, (other, {}))[1][reason] = None

        for label, value in company.identifiers.items():
            note(self._by_identifier.get(_bare(value), ()), SAME_IDENTIFIER % label)
        for name in _names(company):
            note(self._by_name.get((name, company.country), ()), SAME_NAME)
        address = company.email.casefold()
        note(self._by_address.get(address, ()), SAME_ADDRESS)
        note(self._of_domain(company, _domain(address)), SAME_DOMAIN)
        twins = [Twin(company=other, reasons=tuple(reasons)) for other, reasons in found.values()]
        return sorted(twins, key=lambda twin: (-len(twin.reasons), twin.company.name.casefold(), twin.company.id))

    def _of_domain(self, company: Company, domain: str) -> list[Company]:
        others = self._by_domain.get(domain, [])
        if domain in FREE_MAIL or len(others) > MOST_COMPARED:
            return []
        names = _names(company)
        return [one for one in others if any(similar(name, other) for name in names for other in _names(one))]


def _names(company: Company) -> list[str]:
    return list(dict.fromkeys(folded(name) for name in (company.name, *company.other_names)))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _bare(identifier: str) -> str:
    return "".join(sign for sign in identifier.casefold() if sign.isalnum())
