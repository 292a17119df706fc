"""Two records of one company made into one: what the kept one lacks is taken from its twin, nothing is overwritten."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from portal.core.partners import Contact, Retired
from portal.core.records import Partner

T = TypeVar("T")

ONE_OF = ("contact_name", "city", "address", "looked_after_by")


def merged(kept: Partner, twin: Partner) -> Partner:
    """The record that is kept, with all that its twin knows besides."""
    fields: dict[str, Any] = {name: getattr(kept, name) or getattr(twin, name) for name in ONE_OF}
    names = _each(kept.other_names, (twin.name,), twin.other_names)
    types = _each(kept.further_types, (twin.business_type,), twin.further_types)
    return replace(
        kept,
        **fields,
        other_names=tuple(name for name in names if name != kept.name),
        further_types=tuple(type for type in types if type != kept.business_type),
        tags=_each(kept.tags, twin.tags),
        contacts=_each(kept.contacts, _main_contact(kept, twin), twin.contacts),
        sites=_each(kept.sites, twin.sites),
        certificates=_each(kept.certificates, twin.certificates),
        suppliers=_each(kept.suppliers, twin.suppliers),
        identifiers={**twin.identifiers, **kept.identifiers},
    )


def gone_into(twin: Partner, kept: Partner, *, by: str, now: datetime) -> Partner:
    """The twin as it stays: retired, and saying where it went."""
    return replace(twin, retired=Retired(since=now, by=by, merged_into=kept.id))


def _each(*lists: Iterable[T]) -> tuple[T, ...]:
    """Everything in the lists, each once."""
    found: list[T] = []
    for one in lists:
        found += [item for item in one if item not in found]
    return tuple(found)


def _main_contact(kept: Partner, twin: Partner) -> tuple[Contact, ...]:
    """The twin's main contact, where it is somebody else."""
    known = {kept.contact_email.casefold(), *(contact.email.casefold() for contact in kept.contacts)}
    if twin.contact_email.casefold() in known:
        return ()
    return (Contact(name=twin.contact_name or twin.contact_email, email=twin.contact_email),)
