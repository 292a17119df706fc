"""What the partner and staff say to each other beside the answers."""

from datetime import datetime

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True):
    """What the partner asks us about a question, or what staff answer."""

    id: str
    text: str
    by: str
    at: datetime
    from_staff: bool = False


class Alternative(Struct, frozen=True, kw_only=True):
    """What a reviewer thinks of a measure that the partner takes in place of the one asked for."""

    accepted: bool
    note: str = ""
    by: str
    at: datetime
