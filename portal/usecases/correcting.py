"""What the partner does about a finding: says what it will do, and proves that it is done."""

from collections.abc import Sequence
from datetime import datetime
from typing import IO

from msgspec.structs import replace

from portal.core import findings, lifecycle
from portal.core.casework import FindingStep, Move
from portal.core.records import Response
from portal.usecases.answering import Access, require_room, whole_response
from portal.usecases.portal import Portal
from portal.usecases.reporting import FORM_ID, keep_files, told_at
from portal.usecases.secrets import new_id

DONE = {Move.PROPOSE: "corrective action proposed", Move.PROVE: "correction reported with proof"}


def answer_finding(
    portal: Portal,
    access: Access,
    finding_id: str,
    step: FindingStep,
    files: Sequence[tuple[str, IO[bytes]]],
    *,
    where: str,
    now: datetime,
) -> Response:
    """Propose or prove, with files; all or nothing, and the same form sent twice is one step.

    `step` has the id that the page gave its form, `where` begins the names of the form's fields.
    """
    before = whole_response(portal, access, now)
    lifecycle.moved(before, "report")
    finding = findings.finding_of(before, finding_id, sent=True)
    if not FORM_ID.fullmatch(step.id):
        step = replace(step, id=new_id())
    if any(one.id == step.id for one in finding.steps):
        return before
    findings.checked(finding, step, where, len(files))
    evidence = f"{where}evidence"
    with told_at(evidence):
        require_room(before, "report")
        kept = keep_files(portal, access, finding.question, files, now)
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_whole(response, access.link, now)
        if any(one.id == step.id for one in findings.finding_of(response, finding_id).steps):
            return response
        with told_at(evidence):
            require_room(response, "report", kept)
        answered = findings.make_move(response, finding_id, step, kept, where)
        records.put(answered, DONE[step.move])
    return answered
