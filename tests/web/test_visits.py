"""Visits on site, as staff use them: planned, filled in by two people at once, finished; partners see nothing of it."""

from collections.abc import Callable
from datetime import date

import pytest
from conftest import Browser, Clock
from evidence.samples import docx, jpeg, pdf, png
from usecases.filling import submitted

from portal.core.errors import NotAllowed
from portal.core.records import Role
from portal.core.visits import Result, Visit, VisitState
from portal.usecases import safekeeping, visits
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.visits import Planned

from .filling import element, fields_of, send, tree_of, words

PLAN = {"planned_from": "2026-04-14", "planned_until": "2026-04-15", "team": "Dara\nEmil", "scope": "cybersecurity"}


@pytest.fixture
def planned(portal: Portal, invitation: Invitation, clock: Clock) -> Visit:
    """A visit to Meridian that looks at cybersecurity, of which one rule is declared as missing."""
    response = submitted(portal, invitation, clock(), {"cyber-rules": "no"})
    plan = Planned(
        planned_from=date(2026, 4, 14),
        planned_until=date(2026, 4, 15),
        team=("Dara", "Emil"),
        sections=("cybersecurity",),
    )
    return visits.plan_visit(portal, response.id, plan, by="dara@example.com", now=clock())


@pytest.fixture
def checklist(planned: Visit) -> str:
    """The address of its only section."""
    return f"/staff/visits/{planned.id}/sections/cybersecurity"


@pytest.fixture
def kept_visit(portal: Portal, planned: Visit) -> Callable[[], Visit]:
    """The visit as it is kept now."""
    return lambda: portal.store.get(Visit, planned.id)


def test_a_visit_is_planned_from_the_page_of_a_response(
    dara: Browser, portal: Portal, invitation: Invitation, clock: Clock
) -> None:
    submitted(portal, invitation, clock())
    address = f"/staff/responses/{invitation.response}/visits"
    assert "Plan a visit" in dara.get(address).text
    page = dara.post(f"{address}/new", {**PLAN, "musts_only": "1"})
    made = portal.store.get(Visit, page.location.split("/")[-1].partition("?")[0])

    assert (("Dara", "Emil"), date(2026, 4, 15), True) == (made.team, made.planned_until, made.musts_only)
    assert made.questions
    assert all(id.startswith("cyber") for id in made.questions)
    assert "The visit is planned" in dara.get(page.location).text
    assert "0 of" in words(dara.get(address), "content")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"planned_from": ""}, "Give the first day"),
        ({"planned_from": "soon"}, "Not a valid date"),
        ({"planned_until": "2026-04-13"}, "The last day lies before the first"),
        ({"team": " \n"}, "Say who goes"),
        ({"scope": "nothing-of-ours"}, "Tick at least one section"),
    ],
)
def test_a_plan_that_lacks_something_comes_back_as_it_was_typed(
    wrong: dict[str, str], said: str, dara: Browser, portal: Portal, invitation: Invitation, clock: Clock
) -> None:
    submitted(portal, invitation, clock())
    page = dara.post(f"/staff/responses/{invitation.response}/visits/new", {**PLAN, "team": "Fay", **wrong})

    assert 422 == page.status_code
    assert said in words(page, "errors")
    assert wrong.get("team", "Fay").strip() in page.text
    assert [] == visits.visit_rows(portal)


def test_answers_that_are_not_sent_cannot_be_visited(
    dara: Browser, portal: Portal, invitation: Invitation, clock: Clock
) -> None:
    address = f"/staff/responses/{invitation.response}/visits/new"

    assert "has not sent its answers yet" in dara.get(address).text
    assert 409 == dara.post(address, PLAN).status_code


def test_the_checklist_shows_what_was_declared_and_keeps_what_was_seen(
    dara: Browser, checklist: str, kept_visit: Callable
) -> None:
    page = dara.get(checklist)
    assert "Declared: No" in words(page, "question-cyber-rules")
    said = {"cyber-rules": "not-as-declared", "cyber-rules-note": "They do have them.", "cyber-rules-found": "yes"}
    saved = send(dara, page, {**said, "cyber-sharing": "verified", "at": "cyber-rules"})
    kept = kept_visit()

    assert 303 == saved.status_code
    assert saved.location.endswith("#question-cyber-rules")
    assert {"cyber-rules", "cyber-sharing"} == set(kept.seen)
    assert ("yes", Result.OTHERWISE, "reviewer@example.com") == (
        kept.seen["cyber-rules"].found, kept.seen["cyber-rules"].result, kept.seen["cyber-rules"].by,
    )  # fmt: skip
    assert VisitState.UNDER_WAY is kept.state
    assert "2 of" in words(dara.get(checklist), "content")


def test_what_cannot_be_kept_comes_back_with_what_was_typed_and_the_rest_is_kept(
    dara: Browser, checklist: str, kept_visit: Callable
) -> None:
    page = send(dara, dara.get(checklist), {"cyber-rules": "not-as-declared", "cyber-sharing": "not-seen"})

    assert 422 == page.status_code
    assert "Say what you found instead" in words(page, "errors")
    assert "not-as-declared" in fields_of(page)["cyber-rules"]
    assert {"cyber-sharing"} == set(kept_visit().seen)
    assert 303 == send(dara, page, {"cyber-rules-note": "None at all"}).status_code
    assert {"cyber-sharing", "cyber-rules"} == set(kept_visit().seen)


def test_two_people_of_the_team_do_not_overwrite_each_other(
    dara: Browser, staff: Callable, checklist: str, kept_visit: Callable
) -> None:
    emil = staff(Role.ADMIN)
    both = dara.get(checklist), emil.get(checklist)
    send(dara, both[0], {"cyber-rules": "verified", "cyber-rules-note": "I saw it"})
    told = send(
        emil, both[1], {"cyber-rules": "not-as-declared", "cyber-rules-note": "Not here", "cyber-sharing": "verified"}
    )

    assert 409 == told.status_code
    assert "reviewer@example.com has marked this meanwhile" in words(told, "question-cyber-rules")
    assert "I saw it" in words(told, "question-cyber-rules")
    assert "Not here" in words(told, "question-cyber-rules")
    assert (Result.VERIFIED, Result.VERIFIED) == tuple(
        kept_visit().seen[id].result for id in ("cyber-rules", "cyber-sharing")
    )
    assert 409 == send(emil, told).status_code
    assert 303 == send(emil, told, {"cyber-rules-take": "theirs"}).status_code
    assert Result.VERIFIED is kept_visit().seen["cyber-rules"].result
    assert 303 == send(emil, told, {"cyber-rules-take": "mine"}).status_code
    assert (Result.OTHERWISE, "Not here") == (
        kept_visit().seen["cyber-rules"].result, kept_visit().seen["cyber-rules"].note,
    )  # fmt: skip


def test_a_photo_is_told_by_its_content_and_never_by_its_name(
    dara: Browser, checklist: str, kept_visit: Callable
) -> None:
    files = [("cyber-rules-photo", "../../gate.pdf", jpeg()), ("cyber-sharing-photo", "rules.jpg", pdf())]
    page = send(dara, dara.get(checklist), {"cyber-rules": "verified"}, files)

    assert 422 == page.status_code
    assert "This is not a photo" in words(page, "errors")
    [kept] = kept_visit().photos
    assert ("cyber-rules", "image/jpeg", "gate.pdf") == (kept.question, kept.media_type, kept.name)
    assert Result.VERIFIED is kept_visit().seen["cyber-rules"].result
    taken = dara.get(f"/staff/visits/{kept_visit().id}/photos/{kept.id}")
    assert jpeg() == taken.data
    assert taken.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("data", [b"", b"<svg></svg>", docx(), b"MZ\x90\x00 program"])
def test_what_is_no_picture_is_no_photo(data: bytes, dara: Browser, checklist: str, kept_visit: Callable) -> None:
    page = send(dara, dara.get(checklist), {}, [("cyber-rules-photo", "x.png", data)])

    assert 422 == page.status_code
    assert () == kept_visit().photos


def test_a_photo_can_be_taken_out_until_the_visit_is_over(
    dara: Browser, checklist: str, kept_visit: Callable, portal: Portal, clock: Clock
) -> None:
    files = [("cyber-rules-photo", "a.png", png()), ("cyber-sharing-photo", "b.png", png(3, 3))]
    send(dara, dara.get(checklist), {"cyber-rules": "verified"}, files)
    first, second = kept_visit().photos
    send(dara, dara.get(checklist), {"remove": first.id})
    visits.finish_visit(portal, kept_visit().id, "", "It rained.", by="dara@example.com", now=clock())

    assert [second.id] == [one.id for one in kept_visit().photos]
    with pytest.raises(NotAllowed):
        visits.keep_marks(portal, kept_visit().id, {}, [], frozenset({second.id}), by="dara@example.com", now=clock())
    assert 409 == dara.post(checklist, {"remove": second.id}, page="/staff/password").status_code
    assert [second.id] == [one.id for one in kept_visit().photos]


def test_a_photo_that_is_lost_is_named_by_verify(
    dara: Browser, checklist: str, kept_visit: Callable, portal: Portal
) -> None:
    send(dara, dara.get(checklist), {}, [("cyber-rules-photo", "a.png", png(5, 5))])
    portal.evidence.remove(kept_visit().photos[0].sha256)

    assert [f"a visit names it, and it is not there ({kept_visit().id})"] == [
        fault.what for fault in safekeeping.verify(portal)
    ]


def test_a_finished_visit_shows_declared_and_verified_on_the_score_and_the_partners_page(
    dara: Browser, planned: Visit, checklist: str, portal: Portal, kept_visit: Callable
) -> None:
    score = f"/staff/responses/{planned.response}/score"
    marks = dict.fromkeys(planned.questions, "verified")
    send(dara, dara.get(checklist), marks)
    assert "Declared and verified" not in dara.get(score).text
    done = dara.post(f"/staff/visits/{planned.id}/finish", {"report": "All well."}, page=f"/staff/visits/{planned.id}")
    shown = dara.get(score)

    assert 303 == done.status_code
    assert ("All well.", VisitState.DONE) == (kept_visit().report, kept_visit().state)
    assert "Only claimed" in words(shown, "content")
    assert "Verified on site" in words(dara.get(f"/staff/partners/{planned.partner}"), "content")
    rows = [" ".join("".join(row.itertext()).split()) for row in tree_of(shown).iter("tr")]
    assert any(row.startswith("Cybersecurity 93.0 93.0 0.0 17 of 17") for row in rows)


def test_a_visit_is_not_finished_without_results_or_a_reason(
    dara: Browser, planned: Visit, checklist: str, kept_visit: Callable
) -> None:
    send(dara, dara.get(checklist), {"cyber-rules": "verified"})
    where = f"/staff/visits/{planned.id}"
    page = dara.post(f"{where}/finish", {"report": "So far"}, page=where)

    assert 422 == page.status_code
    assert "questions have no result" in words(page, "errors")
    assert "So far" in page.text
    assert VisitState.UNDER_WAY is kept_visit().state
    assert 303 == dara.post(f"{where}/finish", {"report": "So far", "left_out": "It rained."}, page=where).status_code
    assert "It rained." in dara.get(where).text


def test_a_planned_visit_can_be_changed_or_cancelled(
    dara: Browser, planned: Visit, kept_visit: Callable, clock: Clock
) -> None:
    where = f"/staff/visits/{planned.id}"
    assert 303 == dara.post(f"{where}/plan", {**PLAN, "team": "Gil", "scope": "seals"}).status_code
    assert (("Gil",), True) == (kept_visit().team, all(not id.startswith("cyber") for id in kept_visit().questions))
    assert "Plan changed" in dara.get(where).text
    assert 303 == dara.post(f"{where}/cancel", page=where).status_code
    assert VisitState.CANCELLED is kept_visit().state


def test_the_list_has_what_comes_first_on_top_and_can_be_filtered(
    dara: Browser, planned: Visit, portal: Portal, clock: Clock
) -> None:
    plan = Planned(planned_from=date(2026, 4, 1), planned_until=date(2026, 4, 1), team=("Gil",), sections=("seals",))
    earlier = visits.plan_visit(portal, planned.response, plan, by="dara@example.com", now=clock())
    over = visits.plan_visit(portal, planned.response, plan, by="dara@example.com", now=clock())
    visits.cancel_visit(portal, over.id, by="dara@example.com", now=clock())

    assert [earlier.id, planned.id, over.id] == [line.row.id for line in visits.list_visits(portal)]
    page = dara.get("/staff/visits?state=cancelled&partner=meridian").text
    assert over.id in page
    assert planned.id not in page
    assert "No visit fits" in dara.get("/staff/visits?state=done").text
    assert planned.id in dara.get("/staff/visits?state=nonsense&partner=nobody").text


def test_readers_look_and_change_nothing(staff: Callable, dara: Browser, checklist: str, planned: Visit) -> None:
    send(dara, dara.get(checklist), {"cyber-rules": "verified", "cyber-rules-note": "<b>Seen</b>"})
    reader = staff(Role.READER)
    page = reader.get(checklist)

    assert "<b>Seen</b>" in words(page, "question-cyber-rules")
    assert [] == list(element(page, "content").iter("form"))
    assert "Plan a visit" not in reader.get(f"/staff/responses/{planned.response}/visits").text
    assert 200 == reader.get(f"/staff/visits/{planned.id}/paper").status_code


def test_an_answer_that_changed_after_it_was_looked_at_must_be_looked_at_again(
    dara: Browser, checklist: str, planned: Visit, portal: Portal, clock: Clock
) -> None:
    from msgspec.structs import replace

    from portal.core.records import Response

    send(dara, dara.get(checklist), {"cyber-rules": "verified"})
    with portal.store.transaction((Response, planned.response), by="test", at=clock()) as records:
        response = records.get(Response, planned.response)
        changed = replace(
            response.answers["cyber-rules"], value="yes", version=response.answers["cyber-rules"].version + 1
        )
        records.put(replace(response, answers={**response.answers, "cyber-rules": changed}), "changed")

    page = dara.get(checklist)
    assert "Answer changed since" in words(page, "question-cyber-rules")
    assert "cyber-rules" not in fields_of(page)


def test_the_history_of_a_visit_tells_who_saw_what(dara: Browser, checklist: str, planned: Visit) -> None:
    send(dara, dara.get(checklist), {"cyber-rules": "verified"})
    send(dara, dara.get(checklist), {"cyber-rules-note": "In the hall"})
    page = words(dara.get(f"/staff/visits/{planned.id}"), "content").partition("History")[2]

    assert "Looked atreviewer@example.com" in page
    assert "In the hall" in page
    assert ": verified" in page


def test_partners_see_nothing_of_visits(
    ana: Browser, dara: Browser, checklist: str, planned: Visit, invitation: Invitation
) -> None:
    send(dara, dara.get(checklist), {"cyber-rules": "not-as-declared", "cyber-rules-note": "CANARY"},
         [("cyber-rules-photo", "canary.png", png())])  # fmt: skip
    base = f"/partner/responses/{invitation.response}"
    for where in ("/copy", "/receipt", "/actions"):
        page = ana.get(base + where)
        assert 200 == page.status_code
        assert "canary" not in page.text.lower()
        assert planned.id not in page.text
