"""Loading the demonstration into an empty store, and opening its doors anew later."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.core.errors import NotAllowed
from portal.core.records import Person, Role, State
from portal.core.register import PartnerRow
from portal.usecases import inviting, people
from portal.usecases.demonstration.companies import Company, cast, companies
from portal.usecases.demonstration.story import REVIEWER, Doors, SignIn, tell
from portal.usecases.partner_lines import response_rows
from portal.usecases.partners import COLUMNS, import_partners
from portal.usecases.passwords import new_password
from portal.usecases.portal import Portal
from portal.usecases.safekeeping import is_empty

ADMIN = "admin@example.com"
PEOPLE = {ADMIN: Role.ADMIN, REVIEWER: Role.REVIEWER, "reader@example.com": Role.READER}
BY = "demonstration"
# Everybody is there before the first partner is invited.
BEFORE = timedelta(days=1)


def load_demonstration(portal: Portal, now: datetime, partners: int = 0) -> Doors:
    """Fill the empty store as if it had been used for some weeks; NotAllowed where it is not empty.

    `partners` asks for more of them than those that each have a story of their own.
    """
    if not is_empty(portal):
        raise NotAllowed("This store is not empty; the demonstration is only loaded into an empty one.")
    start = now - timedelta(days=max(company.invited for company in companies())) - BEFORE
    signing = tuple(SignIn(email=email, role=role, password=new_password()) for email, role in PEOPLE.items())
    for one in signing:
        may_export = one.role is Role.ADMIN
        people.add_person(portal, one.email, one.role, one.password, may_export=may_export, by=BY, now=start)
    everybody = cast(partners)
    import_partners(portal, _table(everybody), "demonstration.csv", by=ADMIN, now=start)
    told = [invitation for company in everybody if (invitation := tell(portal, company, now))]
    return Doors(people=signing, links=_links(portal, now, {one.response: one.link for one in told}))


def is_demonstration(portal: Portal) -> bool:
    """Whether the store was filled by `load_demonstration`: its admin and all its partners are there."""
    partners = {row.id for row in portal.store.rows(PartnerRow)}
    return portal.store.find(Person, ADMIN) is not None and {one.id for one in companies()} <= partners


def renew_demonstration(portal: Portal, now: datetime) -> Doors:
    """New passwords for the demonstration's people and two new links; NotAllowed where the store is another one.

    No password or link of the demonstration is kept anywhere, so this is how its doors are opened again.
    """
    if not is_demonstration(portal):
        raise NotAllowed("This store does not hold the demonstration; its people and links are left as they are.")
    known = [(email, role) for email, role in PEOPLE.items() if portal.store.find(Person, email) is not None]
    signing = tuple(SignIn(email=email, role=role, password=new_password()) for email, role in known)
    for one in signing:
        people.set_password(portal, one.email, one.password, by=BY, now=now)
    return Doors(people=signing, links=_links(portal, now, {}))


def _table(rows: tuple[Company, ...]) -> bytes:
    """The companies as the table that somebody would import."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for one in rows:
        writer.writerow((one.id, one.name, one.country, one.type, one.contact, one.email, one.city, one.tags))
    return file.getvalue().encode()


def _links(portal: Portal, now: datetime, known: Mapping[str, str]) -> tuple[str, ...]:
    """A live link to a response that is not started and to one in progress; new where the old one is not known."""
    ours = {company.id for company in companies()}
    rows = sorted((row for row in response_rows(portal) if row.partner in ours), key=lambda row: row.invited)
    still_open = [row for row in rows if not row.link_withdrawn and row.state is not State.SUBMITTED]
    fresh = [row.id for row in still_open if row.state is State.INVITED][-1:]
    begun = [row.id for row in still_open if row.state is State.STARTED and row.answered][-1:]
    links = [known.get(id) or inviting.replace_link(portal, id, by=BY, now=now).link for id in (*fresh, *begun)]
    if not fresh and (never := sorted(ours - {row.partner for row in rows})):
        links.insert(0, inviting.invite(portal, never[:1], by=BY, now=now)[0].link)
    return tuple(links)
