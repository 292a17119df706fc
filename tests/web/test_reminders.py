"""The contact says on the list of sections whether they want to be reminded."""

from collections.abc import Callable

from conftest import Browser

from portal.usecases.inviting import Invitation


def test_the_contact_stops_reminders_and_takes_them_up_again(
    ana: Browser, invitation: Invitation, meridian_response: Callable
) -> None:
    base = f"/partner/responses/{invitation.response}"
    assert "Do not remind me any more" in ana.get(base).text
    stopped = ana.post(f"{base}/reminders", {"stop": "1"}, page=base)

    assert meridian_response().reminders_stopped is not None
    assert "You get no more reminders." in ana.get(stopped.headers["Location"]).text
    ana.post(f"{base}/reminders", page=base)
    assert meridian_response().reminders_stopped is None
    assert "Do not remind me any more" in ana.get(base).text


def test_another_partner_stops_nothing(chen: Browser, invitation: Invitation, other_invitation: Invitation) -> None:
    own = f"/partner/responses/{other_invitation.response}"

    assert 404 == chen.post(f"/partner/responses/{invitation.response}/reminders", {"stop": "1"}, page=own).status_code
