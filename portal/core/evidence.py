"""A file that proves something: what the records know of it. Its bytes lie in the evidence store."""

from datetime import datetime

from msgspec import Struct


class Evidence(Struct, frozen=True, kw_only=True):
    """A file that supports an answer, or with `report` the report of that id. The bytes lie in the evidence store.

    `name` is what the sender called the file: data to show, never a path. `media_type` is ours, from the content.
    """

    id: str
    question: str
    sha256: str
    size: int
    media_type: str
    name: str
    added: datetime
    by: str
    report: str = ""
