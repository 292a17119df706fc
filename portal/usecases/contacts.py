"""Another contact at a partner: the address is changed, and the invitation goes there with a link of its own."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from portal.core.errors import Problem, Refused
from portal.core.partner_fields import TEXTS
from portal.core.records import Partner, Response
from portal.core.tidying import FORBIDDEN, is_email
from portal.usecases.inviting import replace_link
from portal.usecases.mailing import mail_to, queue
from portal.usecases.portal import Portal

FIELDS = ("contact_name", "contact_email")


def another_contact(portal: Portal, response_id: str, typed: Mapping[str, str], *, by: str, now: datetime) -> None:
    """Write to somebody else from now on: the links that the one before got end, the new contact is mailed another."""
    given = {name: typed.get(name, "").strip() for name in FIELDS}
    if problems := _wrong(given):
        raise Refused(problems)
    response = portal.store.get(Response, response_id)
    with portal.store.transaction((Partner, response.partner), by=by, at=now) as records:
        partner = replace(records.get(Partner, response.partner), **given)
        records.put(partner, "contact changed")
    replace_link(portal, response_id, by=by, now=now)
    queue(portal, mail_to(partner, response, "invitation", by=by, now=now), by=by, now=now)


def _wrong(given: Mapping[str, str]) -> list[Problem]:
    checks = (
        ("contact_email", not is_email(given["contact_email"]), "Write an e-mail address such as name@example.com."),
        *((name, len(given[name]) > TEXTS[name].longest, f"Write at most {TEXTS[name].longest} characters.")
          for name in FIELDS),
        *((name, bool(FORBIDDEN.search(given[name])), "This text holds a character that cannot be kept.")
          for name in FIELDS),
    )  # fmt: skip
    return [Problem(where, text) for where, wrong, text in checks if wrong]
