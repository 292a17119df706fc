"""Sends what a page of ours would send, with or without its token, as whoever holds the browser."""

from typing import Any

from conftest import Browser, path_of
from werkzeug.test import TestResponse

from portal.web.guard import STAFF
from portal.web.permissions import PERMISSIONS, Audience

from .checking import check_answer
from .places import UNSAFE, Door

# What a person would fill in, where an empty form would only be sent back.
FILLED_IN: dict[str, dict[str, str]] = {
    "staff_partners.invite": {"due": "2026-09-30"},
    "staff_partners.invite_selected": {"due": "2026-09-30", "partner": "meridian"},
    "staff_responses.extend": {"due": "2026-09-30"},
    "staff_responses.judge_alternative": {"accepted": "yes"},
    "staff_mails.change": {"do": "again"},
    "staff_texts.save": {"do": "look"},
    "staff_people.invite_again": {"email": "new@example.com"},
    "staff_export.everything": {"format": "json"},
    "staff_people.end_sessions": {"email": "reader@example.com"},
    "staff_people.set_may_export": {"email": "reader@example.com"},
    "staff_people.change_role": {"email": "reader@example.com", "role": "reader"},
    "staff_people.set_disabled": {"email": "reader@example.com", "disabled": "1"},
}


def token_for(who: Browser, audience: Audience, response_id: str) -> str:
    """A token from a page that this browser can see: its own where it is let in, else one that everybody gets."""
    page = {Audience.ANYONE: "/sign-in", Audience.PARTNER: f"/partner/responses/{response_id}"}
    own = who.client.get(page.get(audience, "/staff/password"), buffered=True)
    return who.token("/sign-in") if own.status_code != 200 else own.text.split('name="csrf_token" value="')[1][:88]


def knock(who: Browser, door: Door, response_id: str = "", **more: Any) -> TestResponse:
    """Open a door as a page of ours would, and hold the answer to what every answer must be."""
    headers = dict(more.pop("headers", {}))
    if door.method in UNSAFE and "X-CSRF-Token" not in headers:
        headers["X-CSRF-Token"] = token_for(who, PERMISSIONS[door.endpoint], response_id)
    if door.method == "PUT":
        more.setdefault("json", {"value": "no"})
    elif door.endpoint in FILLED_IN:
        more.setdefault("data", FILLED_IN[door.endpoint])
    return check_answer(
        who.client.open(path_of(door.address), method=door.method, headers=headers, buffered=True, **more)
    )


def is_staff(door: Door) -> bool:
    """Whether a door is for staff."""
    return PERMISSIONS[door.endpoint] in STAFF
