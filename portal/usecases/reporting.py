"""What the partner does after submission: report on the corrective actions that it has promised."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO

from msgspec.structs import replace

from portal.core import actions, findings, lifecycle
from portal.core.answering import Given
from portal.core.errors import NotAllowed, Problem, Refused
from portal.core.records import Evidence, Response
from portal.core.reports import Progress, Report
from portal.core.wording import phrase
from portal.usecases.answering import Access, keep_file, require_room, whole_response
from portal.usecases.portal import Portal
from portal.usecases.secrets import new_id

FORM_ID = re.compile(r"[0-9a-f]{16}")
MOST_FILES = 20


def report(
    portal: Portal,
    access: Access,
    question_id: str,
    given: Given,
    files: Sequence[tuple[str, IO[bytes]]],
    *,
    form: str,
    now: datetime,
) -> Response:
    """Add a report to an action, with its files; all or nothing, and the same form sent twice is one report.

    `form` is the id that the page gave its form.
    """
    before = whole_response(portal, access, now)
    lifecycle.moved(before, "report")
    if question_id in findings.taken_up(before):
        raise NotAllowed(phrase("This action is followed as a finding now. Write there."))
    action = actions.action_of(portal.edition(before.edition), before, question_id)
    blank = Report(
        id=form if FORM_ID.fullmatch(form) else new_id(), text="", state=Progress.PLANNED, at=now, by=access.name
    )
    said = actions.read_report(action, given, blank, now.date())
    where = f"{actions.form_of(question_id).id}-evidence"
    with told_at(where):
        require_room(before, "report")
        kept = keep_files(portal, access, question_id, files, now)
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_whole(response, access.link, now)
        if actions.twin_of(response, question_id, said, kept) is not None:
            return response
        with told_at(where):
            require_room(response, "report", kept)
        if any(one.id == said.id for told in response.reports.values() for one in told):
            # The page was sent before, came back, and says something else now.
            said = replace(said, id=new_id())
        reported = actions.add_report(response, question_id, said, kept)
        records.put(reported, "progress reported")
    return reported


def keep_files(
    portal: Portal, access: Access, question_id: str, files: Sequence[tuple[str, IO[bytes]]], now: datetime
) -> list[Evidence]:
    """Keep the bytes of the files, each once; Refused with every file that is not taken."""
    if len(files) > MOST_FILES:
        raise Refused([Problem("", "At most %(most)s files fit.", {"most": str(MOST_FILES)})])
    kept: dict[str, Evidence] = {}
    problems: list[Problem] = []
    for name, stream in files:
        try:
            item = keep_file(portal, question_id, name, stream, by=access.name, now=now)
        except Refused as fact:
            problems += fact.problems
        else:
            kept.setdefault(item.sha256, item)
    if problems:
        raise Refused(problems)
    return list(kept.values())


@contextmanager
def told_at(where: str) -> Iterator[None]:
    """What is refused of files is told at the field that they came in."""
    try:
        yield
    except Refused as fact:
        raise Refused([Problem(where, problem.text, problem.values) for problem in fact.problems]) from None
