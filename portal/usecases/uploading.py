"""A file of evidence in pieces, so that a line which breaks loses one piece and not the whole file."""

from datetime import datetime

from msgspec import Struct

from portal.core.errors import NotFound
from portal.core.records import Evidence
from portal.evidence.limits import FILE_BYTES, size_label
from portal.evidence.refusals import TooLarge, because
from portal.evidence.store import TOO_LARGE
from portal.usecases.answering import (
    Access,
    add_evidence,
    own_response,
    question_of,
    require_asked_back,
    require_opened,
    require_room,
)
from portal.usecases.portal import Portal

LONGEST_UPLOAD_ID = 64


class Piece(Struct, frozen=True, kw_only=True):
    """A piece of a file: which upload, the file's name and whole size, where the piece begins, and its bytes."""

    upload: str
    name: str
    size: int
    at: int
    data: bytes


def add_piece(portal: Portal, access: Access, question_id: str, piece: Piece, *, now: datetime) -> Evidence | int:
    """Take a piece: how many bytes have arrived, or the evidence once all have and the file was taken.

    OutOfStep where the piece does not follow what has arrived. A whole file that is refused is forgotten.
    """
    response = own_response(portal, access, now)
    question_of(portal.edition(response.edition), question_id)
    require_opened(portal, response, access, question_id)
    require_asked_back(portal, response, question_id, now)
    require_room(response, "answer", size=piece.size)
    if not 0 < len(piece.upload) <= LONGEST_UPLOAD_ID or piece.size < 0:
        raise NotFound("There is no such file.")
    if max(piece.size, piece.at + len(piece.data)) > FILE_BYTES:
        raise TooLarge(because(TOO_LARGE, most=size_label(FILE_BYTES)))
    upload = f"{question_id}:{piece.upload}"
    arrived = portal.pieces.add(response.id, upload, piece.at, piece.data)
    if arrived < piece.size:
        return arrived
    try:
        with portal.pieces.open(response.id, upload) as stream:
            return add_evidence(portal, access, question_id, piece.name, stream, now=now)
    finally:
        portal.pieces.drop(response.id, upload)
