"""A receipt that anybody can check: what was sent, as hashes, and one digest over all of them.

The canonical form, which needs nothing of this program to be made again, is JSON in UTF-8 with the keys of every object
in alphabetical order, no blanks between its parts, and every sign written as itself but for control signs, quotation
marks and backslashes. That is what `jq -cSj` prints.

- An answer is `{"action", "comment", "other", "question", "value"}`; an action is `{"due", "what", "who"}` or null. Its
  hash is the SHA-256 of that. Every answer that says something is there, also one that another answer made needless.
- A file is `{"question", "sha256"}` with the SHA-256 of its bytes, in the order of questions and hashes.
- The receipt is `{"answers", "edition", "files", "format", "language", "reference", "submitted"}`; `answers` maps a
  question to the hash of its answer, `edition` is the SHA-256 of the questionnaire's content. The digest is the SHA-256
  of the whole.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from portal.core.lifecycle import same_content
from portal.core.records import Evidence, Response
from portal.core.returning import as_sent

FORMAT = "partner-security-portal receipt 1"
DIGEST_SIGNS = frozenset("0123456789abcdef")
GROUP = 4


class SentFile(Struct, frozen=True, kw_only=True):
    """A file that was sent with an answer."""

    question: str
    sha256: str


class Receipt(Struct, frozen=True, kw_only=True):
    """What was sent, as hashes; the module says how each is made."""

    format: str
    reference: str
    edition: str
    language: str
    submitted: str
    answers: dict[str, str]
    files: tuple[SentFile, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 over all, in hexadecimal."""
        return sha256(canonical(self)).hexdigest()


class Checked(Struct, frozen=True, kw_only=True):
    """What comes of checking a response against its receipt, and against a digest that somebody sent.

    `same` is None where nothing that looks like a digest was given.
    """

    digest: str
    matches: bool
    same: bool | None = None


def canonical(value: Any) -> bytes:
    """A value in the one form that is hashed."""
    return msgspec.json.encode(value, order="sorted")


def said_in(response: Response) -> dict[str, dict[str, Any]]:
    """Every answer that says something, by question, in the parts that are hashed."""
    return {
        id: msgspec.to_builtins(
            {
                "question": id,
                "value": answer.value,
                "other": answer.other,
                "comment": answer.comment,
                "action": answer.action,
            }
        )
        for id, answer in sorted(response.answers.items())
        if not same_content(answer, None)
    }


def sent_files(response: Response) -> list[Evidence]:
    """The files that were sent with answers; those of later reports are none of them."""
    return sorted(
        (item for item in response.evidence if not item.report), key=lambda item: (item.question, item.sha256)
    )


def receipt_of(response: Response) -> Receipt:
    """The receipt of a submitted response, made from what is kept now."""
    return Receipt(
        format=FORMAT,
        reference=response.reference,
        edition=response.edition,
        language=response.submitted_language or "en",
        submitted=msgspec.to_builtins(response.submitted) if response.submitted else "",
        answers={id: sha256(canonical(said)).hexdigest() for id, said in said_in(response).items()},
        files=tuple(SentFile(question=item.question, sha256=item.sha256) for item in sent_files(response)),
    )


def sealed(response: Response) -> Response:
    """The submitted response with the digest of its receipt."""
    return replace(response, receipt=receipt_of(response).digest)


def matches(response: Response) -> bool:
    """Whether what was sent is what the receipt was made of; one from before there were receipts matches nothing."""
    return bool(response.receipt) and receipt_of(as_sent(response)).digest == response.receipt


def checked(response: Response, sent: str = "") -> Checked | None:
    """The response held against its receipt, and against a digest as somebody typed it; None where it has none."""
    if not response.state.is_sent or not response.receipt:
        return None
    typed = "".join(sent.split()).replace("-", "").lower()
    whole = len(typed) == len(response.receipt) and DIGEST_SIGNS.issuperset(typed)
    return Checked(
        digest=in_fours(response.receipt),
        matches=matches(response),
        same=typed == response.receipt if whole else None,
    )


def in_fours(digest: str) -> str:
    """A digest as people read it out: groups of four signs."""
    return " ".join(digest[place : place + GROUP] for place in range(0, len(digest), GROUP))


def told(response: Response) -> dict[str, Any]:
    """The receipt as a file for the partner: the receipt as it is hashed, its digest, and what the hashes stand for."""
    response = as_sent(response)
    names: Sequence[Evidence] = sent_files(response)
    return {
        "receipt": msgspec.to_builtins(receipt_of(response)),
        "digest": response.receipt,
        "said": said_in(response),
        "file_names": [{"name": item.name, "size": item.size, "sha256": item.sha256} for item in names],
    }
