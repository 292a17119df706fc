"""What belongs to one partner does not exist for another."""

from collections.abc import Callable, Iterator

from conftest import Browser
from flask import Flask
from werkzeug.test import TestResponse

from portal.core.records import Response
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.web.permissions import PERMISSIONS, Audience

from .checking import TOKEN
from .places import METHODS, UNSAFE, Door, doors, rules

NEVER = "0" * 16
ANY_METHOD = [method for method in METHODS if method != "TRACE"]


def partner_doors(app: Flask, values: dict[str, str], place: str) -> Iterator[Door]:
    """Every partner's address that has this place in it, with every method there is."""
    for rule in rules(app):
        if PERMISSIONS[rule.endpoint] is Audience.PARTNER and place in rule.arguments:
            found = next(door for door in doors(app, values) if door.endpoint == rule.endpoint)
            yield from (Door(rule.endpoint, method, found.address) for method in ANY_METHOD)


def knocked(chen: Browser, token: str, door: Door) -> TestResponse:
    body = {"value": "no"} if door.method in UNSAFE else None
    return chen.client.open(door.address, method=door.method, headers={"X-CSRF-Token": token}, json=body, buffered=True)


def seen(page: TestResponse) -> tuple[int, str]:
    return page.status_code, TOKEN.sub("", page.text)


def is_own(app: Flask, door: Door) -> bool:
    """Whether the endpoint itself takes this method."""
    return any(door.method in (rule.methods or ()) for rule in rules(app) if rule.endpoint == door.endpoint)


def compare(app: Flask, chen: Browser, token: str, theirs: list[Door], nowhere: list[Door]) -> None:
    for one, other in zip(theirs, nowhere, strict=True):
        there, not_there = knocked(chen, token, one), knocked(chen, token, other)

        assert seen(not_there) == seen(there), one
        if is_own(app, one) and one.method != "OPTIONS":
            assert 404 == there.status_code, one


def test_another_partners_response_looks_like_one_that_never_existed(
    app: Flask, values: dict[str, str], chen: Browser, other_invitation: Invitation, stored: Callable
) -> None:
    """T03, A23: each route that names a response, each method: 404, the same body, nothing changed."""
    token = chen.token(f"/partner/responses/{other_invitation.response}")
    theirs = list(partner_doors(app, values, "response_id"))
    before = stored()
    compare(app, chen, token, theirs, list(partner_doors(app, {**values, "response_id": NEVER}, "response_id")))

    assert len(theirs) >= 10 * len(ANY_METHOD)
    assert before == stored()


def test_another_partners_file_looks_like_one_that_never_existed(
    app: Flask, values: dict[str, str], chen: Browser, other_invitation: Invitation, stored: Callable
) -> None:
    """T03: also under one's own response, where the file's id alone is somebody else's."""
    token = chen.token(f"/partner/responses/{other_invitation.response}")
    mine = {**values, "response_id": other_invitation.response}
    before = stored()
    compare(
        app,
        chen,
        token,
        list(partner_doors(app, mine, "evidence_id")),
        list(partner_doors(app, {**mine, "evidence_id": NEVER}, "evidence_id")),
    )

    assert before == stored()


def test_an_id_that_is_no_id_is_not_there_either(chen: Browser, other_invitation: Invitation) -> None:
    """T10: ids are looked up, never used as paths."""
    mine = f"/partner/responses/{other_invitation.response}"
    for odd in ("..", "%2e%2e", "%2e%2e%2f%2e%2e", "a%00b", "%ff%fe", "é", "a" * 5000, "con", "C:%5Cx", "%0d%0aX: y"):
        for address in (f"/partner/responses/{odd}x", f"{mine}/sections/{odd}x", f"{mine}/evidence/{odd}x"):
            assert 404 == chen.get(address).status_code, address


def test_a_section_that_is_hidden_for_this_partner_is_not_there(chen: Browser, other_invitation: Invitation) -> None:
    """A23: a carrier does not see what only manufacturers are asked."""
    assert 404 == chen.get(f"/partner/responses/{other_invitation.response}/sections/no-such-section").status_code


def test_somebody_who_answers_for_two_companies_does_not_mix_them(
    ana: Browser, invitation: Invitation, other_invitation: Invitation, portal: Portal
) -> None:
    """A23: one browser may enter two responses; each answer goes to its own."""
    ana.post(other_invitation.link, {"name": "Ana"})
    there = f"/partner/responses/{other_invitation.response}"
    saved = ana.put(
        f"{there}/answers/cyber-rules", {"value": "no", "version": 0}, page=f"{there}/sections/cybersecurity"
    )

    assert 200 == saved.status_code
    assert "no" == portal.store.get(Response, other_invitation.response).answers["cyber-rules"].value
    assert {} == portal.store.get(Response, invitation.response).answers


def test_what_one_partner_typed_never_shows_on_anothers_page(
    ana: Browser, chen: Browser, invitation: Invitation, other_invitation: Invitation, section_page: str
) -> None:
    """T03: questions are drawn from skeletons that partners share; what was typed is not among what is shared."""
    planted = "CANARY-of-Meridian"
    ana.post(section_page, {"cyber-rules": "no", "cyber-rules-version": "0.", "cyber-rules-comment": planted,
                            "cyber-rules-action": planted, "cyber-rules-action-who": planted})  # fmt: skip
    there = f"/partner/responses/{other_invitation.response}/sections/cybersecurity"
    chen.post(there, {"cyber-rules": "no", "cyber-rules-version": "0.", "cyber-rules-comment": "CANARY-of-Norte"})

    assert 3 <= ana.get(section_page).text.count(planted)
    for page in (there, f"/partner/responses/{other_invitation.response}/copy"):
        assert planted not in chen.get(page).text
    assert "CANARY-of-Norte" in chen.get(there).text
    assert "CANARY-of-Norte" not in ana.get(section_page).text


def test_marks_of_the_drawing_that_somebody_types_are_only_text(ana: Browser, section_page: str) -> None:
    """T08: the signs that mark holes in a skeleton have no meaning in an answer."""
    odd = "\ue000mark\ue001 \ue000comment\ue001"
    ana.post(section_page, {"cyber-rules": "no", "cyber-rules-version": "0.", "cyber-rules-comment": odd})
    ana.post(section_page, {"cyber-sharing": "no", "cyber-sharing-version": "0.", "cyber-sharing-comment": "plain"})

    assert f">\n{odd}</textarea>" in ana.get(section_page).text
