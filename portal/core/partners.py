"""What is kept of a partner: its names, addresses, people, certificates and suppliers, and whether it is retired."""

from datetime import date, datetime

from msgspec import Struct


class Site(Struct, frozen=True, kw_only=True):
    """A place where the partner works; each can be invited by its name."""

    name: str
    address: str = ""


class Contact(Struct, frozen=True, kw_only=True):
    """Somebody besides the main contact; a deputy may be written to in the main contact's place."""

    name: str
    email: str = ""
    phone: str = ""
    role: str = ""
    deputy: bool = False


class Certificate(Struct, frozen=True, kw_only=True):
    """A certificate of a security programme, and when somebody on our side last looked it up there."""

    programme: str
    number: str = ""
    valid_until: date | None = None
    last_checked: date | None = None
    checked_by: str = ""


class Supplier(Struct, frozen=True, kw_only=True):
    """A company that works for the partner on what it delivers to us; `country` is an ISO 3166 code."""

    name: str
    country: str = ""
    supplies: str = ""


class Retired(Struct, frozen=True, kw_only=True):
    """Since when and why we no longer work with a partner, or which partner it turned out to be."""

    since: datetime
    by: str
    reason: str = ""
    merged_into: str = ""
