"""What the partner and staff write to each other about a question."""

from datetime import datetime

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True):
    """What the partner asks us about a question, or what staff answer."""

    id: str
    text: str
    by: str
    at: datetime
    from_staff: bool = False
