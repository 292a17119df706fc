"""Answers and scores out of the house: as a workbook, as CSV, as JSON; row by row, so any number fits in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from portal.core.errors import NotFound
from portal.core.records import Partner, Response
from portal.sheets.cells import Cell, guard
from portal.sheets.tables import Sheet
from portal.sheets.write import write_csv, write_xlsx
from portal.usecases.export_rows import (
    Exported,
    ExportedAnswer,
    ExportedReport,
    ExportedScore,
    File,
    Said,
    export_row,
)
from portal.usecases.inviting import Invitation
from portal.usecases.partner_lines import response_rows
from portal.usecases.portal import Portal


def ids_of_all(portal: Portal) -> Iterator[str]:
    """The ids of all responses, by partner and then in the order invited."""
    rows = sorted(response_rows(portal), key=lambda row: (row.partner, row.invited, row.id))
    return (row.id for row in rows)


def exported(portal: Portal, ids: Iterable[str]) -> Iterator[Exported]:
    """The responses of these ids, each opened as its turn comes."""
    for id in ids:
        response = portal.store.get(Response, id)
        yield export_row(portal, response, portal.store.get(Partner, response.partner))


def _cells(row: Struct) -> Sequence[Cell]:
    """A row as cells; what is several things in one field is one text."""
    cells: list[Cell] = []
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if name in FLATTENED:
            cells += FLATTENED[name](value)
        elif name != "categories":
            cells.append(value)
    return cells


def _value_cells(value: Any) -> Sequence[Cell]:
    """Option ids separated by semicolons; rows as JSON, which keeps their columns apart."""
    if not isinstance(value, tuple):
        return (value,)
    if all(isinstance(part, str) for part in value):
        return (";".join(value),)
    return (msgspec.json.encode(value).decode(),)


def _report_cells(reports: Sequence[ExportedReport]) -> Sequence[Cell]:
    """One line a report, the oldest first; its files by name after it."""
    return (
        "\n".join(
            f"{one.at:%Y-%m-%d} {one.state}: {one.text}"
            + (f" (new date {one.due}: {one.reason})" if one.due else "")
            + "".join(f" [{file.name} {file.sha256}]" for file in one.evidence)
            for one in reports
        ),
    )


def _evidence_cells(files: Sequence[File]) -> Sequence[Cell]:
    return ("\n".join(file.name for file in files), "\n".join(file.sha256 for file in files))


def _message_cells(said: Sequence[Said]) -> Sequence[Cell]:
    return ("\n".join(f"{one.at:%Y-%m-%d %H:%M} {one.by or 'partner'}: {one.text}" for one in said),)


FLATTENED: dict[str, Callable[[Any], Sequence[Cell]]] = {
    "value": _value_cells,
    "reports": _report_cells,
    "evidence": _evidence_cells,
    "messages": _message_cells,
}
SPREAD: dict[str, tuple[str, ...]] = {"evidence": ("evidence", "evidence_sha256"), "categories": ()}


def _columns(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(column for name in kind.__struct_fields__ for column in SPREAD.get(name, (name,)))


ANSWER_COLUMNS, SCORE_COLUMNS = _columns(ExportedAnswer), _columns(ExportedScore)


def _write_xlsx(responses: Iterable[Exported], to: BinaryIO) -> None:
    write_xlsx(_sheets(responses), to)


def _sheets(responses: Iterable[Exported]) -> Iterator[Sheet]:
    """Two sheets. The scores are gathered while the answers are written, so each response is opened once."""
    scores: list[ExportedScore] = []

    def answers() -> Iterator[Sequence[Cell]]:
        for response in responses:
            scores.append(response.score)
            yield from map(_cells, response.answers)

    yield Sheet("answers", ANSWER_COLUMNS, answers())
    titles = list(dict.fromkeys(title for row in scores for title in row.categories))
    rows = ([*_cells(row), *map(row.categories.get, titles)] for row in scores)
    yield Sheet("scores", [*SCORE_COLUMNS, *titles], rows)


def _write_csv(responses: Iterable[Exported], to: BinaryIO) -> None:
    write_csv(Sheet("answers", ANSWER_COLUMNS, (_cells(row) for each in responses for row in each.answers)), to)


def _write_json(responses: Iterable[Exported], to: BinaryIO) -> None:
    """One array of responses, each with its score and its answers, written as it is read."""
    opening = b"["
    for response in responses:
        to.write(opening + b"\n" + msgspec.json.encode(response))
        opening = b","
    to.write(b"\n]\n" if opening == b"," else b"[]\n")


class Format(Struct, frozen=True, kw_only=True):
    """A kind of file that answers can be taken out as."""

    media_type: str
    write: Callable[[Iterable[Exported], BinaryIO], None]


FORMATS: dict[str, Format] = {
    "xlsx": Format(media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write=_write_xlsx),
    "csv": Format(media_type="text/csv; charset=utf-8", write=_write_csv),
    "json": Format(media_type="application/json", write=_write_json),
}


def export(portal: Portal, format: str, ids: Iterable[str], to: BinaryIO) -> None:
    """Write these responses; NotFound where there is no such format or response."""
    if format not in FORMATS:
        raise NotFound("There is no such format.")
    FORMATS[format].write(exported(portal, ids), to)


def links_to_paste(invitations: Iterable[Invitation], partners: Mapping[str, Partner]) -> str:
    """New links one a line, with tabs between, so that they can be pasted into a spreadsheet for a serial letter."""
    lines = (
        (partners[one.partner].name, partners[one.partner].contact_name, partners[one.partner].contact_email, one.link)
        for one in invitations
    )
    return "\n".join("\t".join(guard(cell) for cell in line) for line in lines)
