"""The pack's list of what is in it, for machines, and of what should be and is not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from portal.pack.choosing import Wanted
from portal.pack.viewing import HERE, View
from portal.pack.zipping import Packed

FORMAT = "partner-security-portal validation pack 1"


class Listed(Struct, frozen=True, kw_only=True):
    """A file of evidence as the list names it, once for each answer or report that it supports.

    `name` is what the sender called it; `path` is empty where its bytes are not in the pack, and `state` says why.
    """

    path: str
    state: str
    sha256: str
    size: int
    media_type: str
    name: str
    added: datetime
    added_by: str
    partner: str
    partner_name: str
    response: str
    question: str
    report: str
    page: str


class Skipped(Struct, frozen=True, kw_only=True):
    """A response whose record cannot be read, and why."""

    response: str
    partner: str
    partner_name: str
    why: str


def evidence_of(view: View, folder: str) -> Iterator[Listed]:
    """All evidence of a response."""
    for one in view.proofs.values():
        item = one.item
        yield Listed(
            path=f"{folder}/{one.path}" if one.state == HERE else "",
            state=one.state,
            sha256=item.sha256,
            size=item.size,
            media_type=item.media_type,
            name=item.name,
            added=item.added,
            added_by=item.by,
            partner=view.partner.id,
            partner_name=view.partner.name,
            response=view.response.id,
            question=item.question,
            report=item.report,
            page=f"{folder}/index.html#{view.id}-q-{item.question}",
        )


def manifest_of(
    wanted: Wanted,
    told: Mapping[str, Any],
    partners: Sequence[Mapping[str, Any]],
    evidence: Sequence[Listed],
    skipped: Sequence[Skipped],
    files: Sequence[Packed],
) -> str:
    """The list as JSON. It names every file but itself and SHA256SUMS, which names it."""
    listed = {
        "format": FORMAT,
        **told,
        "since": wanted.since,
        "until": wanted.until,
        "with_reviewers_sections": wanted.review,
        "partners": [
            {"id": one["id"], "name": one["name"], "responses": [row.id for row in one["rows"]]} for one in partners
        ],
        "lacking": [one for one in evidence if one.state != HERE],
        "unreadable_responses": skipped,
        "evidence": evidence,
        "files": files,
    }
    return msgspec.json.format(msgspec.json.encode(listed), indent=1).decode() + "\n"
