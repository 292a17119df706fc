"""What is past its time is listed, deleted to the last byte when somebody says so, and nothing else is touched."""

from collections.abc import Callable
from io import BytesIO

import pytest
from evidence.samples import png

from portal.core.answering import Given
from portal.core.records import LinkKey, Partner, Response, Session
from portal.core.retention import Rule
from portal.usecases import answering, changing_partners, inviting, retaining, safekeeping, sessions
from portal.usecases.portal import Portal

from .filling import entered

SECRET = "the fence at gate 4 is broken"
BY = "admin@example.com"


@pytest.fixture
def old(portal: Portal, meridian: Partner, other: Partner, clock: Callable) -> list[str]:
    """Two invitations of Meridian: one that was begun, with files, and withdrawn, and the one that followed it."""
    invitation = inviting.invite(portal, ["meridian"], by=BY, now=clock())[0]
    access = entered(portal, invitation, clock(), name="Ana Tell-Tale")
    given = {"cyber-rules": (Given(value="no", comment=SECRET, action=SECRET), None)}
    answering.save_answers(portal, access, given, now=clock())
    for number in range(40):
        again = {"cyber-rules": (Given(comment=f"{SECRET} {number}"), None)}
        answering.save_answers(portal, access, again, now=clock())
    for size in (3, 4):
        answering.add_evidence(portal, access, "cyber-rules", f"{SECRET}.png", BytesIO(png(size, size)), now=clock())
    removed = portal.store.get(Response, invitation.response).evidence[0]
    answering.remove_evidence(portal, access, removed.id, now=clock())
    inviting.withdraw_link(portal, invitation.response, by=BY, now=clock())
    clock.move(days=30)
    second = inviting.invite(portal, ["meridian"], by=BY, now=clock())[0]
    clock.move(days=800)
    return [invitation.response, second.response]


def every_byte(portal: Portal) -> bytes:
    return b"".join(path.read_bytes() for path in portal.config.data.rglob("*") if path.is_file())


def test_only_what_was_listed_is_deleted_and_no_byte_of_it_is_left(portal: Portal, old: list[str], clock: Callable):
    (one,) = retaining.listed(portal, clock())
    kept = {id: portal.store.get(Response, id) for id in portal.store.ids(Response) if id != old[0]}

    assert (Rule.UNSENT, "meridian", (old[0],)) == (one.rule, one.partner, one.responses)
    assert SECRET.encode() in every_byte(portal)
    gone = retaining.delete(portal, [one.key], by=BY, now=clock())

    assert (1, 0, 2, ()) == (gone.responses, gone.partners, gone.files, gone.left)
    assert [] == [text for text in (SECRET, "Ana Tell-Tale") if text.encode() in every_byte(portal)]
    assert kept == {id: portal.store.get(Response, id) for id in portal.store.ids(Response)}
    assert 1 == len(list(portal.store.ids(LinkKey)))
    assert [] == list(portal.evidence.sha256s())
    (event,) = portal.store.history(Response, old[0])
    assert (BY, "deleted: not answered, past its time") == (event.by, event.what)
    assert [] == safekeeping.verify(portal)
    assert [] == retaining.listed(portal, clock())


def test_listing_changes_nothing_and_what_nobody_saw_stays(portal: Portal, old: list[str], clock: Callable):
    before = every_byte(portal)
    retaining.listed(portal, clock())
    assert before == every_byte(portal)

    assert 0 == retaining.delete(portal, ["unsent:meridian:other"], by=BY, now=clock()).responses
    assert portal.store.find(Response, old[0]) is not None


def test_a_file_that_another_response_names_stays(portal: Portal, old: list[str], other: Partner, clock: Callable):
    invitation = inviting.invite(portal, [other.id], by=BY, now=clock())[0]
    access = entered(portal, invitation, clock())
    answering.add_evidence(portal, access, "cyber-rules", "same.png", BytesIO(png(4, 4)), now=clock())
    (one,) = retaining.listed(portal, clock())
    gone = retaining.delete(portal, [one.key], by=BY, now=clock())

    assert 1 == gone.files
    assert 1 == len(list(portal.evidence.sha256s()))
    assert [] == safekeeping.verify(portal)


def test_what_changed_after_it_was_listed_is_left(
    portal: Portal, old: list[str], clock: Callable, monkeypatch: pytest.MonkeyPatch
):
    """Somebody moves the due date between the list and the button."""
    found = retaining.listed(portal, clock())
    answers = iter([found])
    real = retaining.listed
    monkeypatch.setattr(retaining, "listed", lambda *args: next(answers, None) or real(*args)[:0])
    gone = retaining.delete(portal, [found[0].key], by=BY, now=clock())

    assert (0, tuple(found)) == (gone.responses, gone.left)
    assert 1 == len(list(portal.evidence.sha256s())) - 1
    assert portal.store.find(Response, old[0]) is not None


def test_a_retired_partner_goes_with_all_it_said(portal: Portal, old: list[str], clock: Callable):
    inviting.withdraw_link(portal, old[1], by=BY, now=clock())
    changing_partners.retire_partner(portal, "meridian", SECRET, by=BY, now=clock())
    clock.move(days=5 * 366)
    (one,) = retaining.listed(portal, clock())
    gone = retaining.delete(portal, [one.key], by=BY, now=clock())

    assert (2, 1) == (gone.responses, gone.partners)
    assert ["norte"] == list(portal.store.ids(Partner))
    assert [] == [*portal.store.ids(Response), *portal.store.ids(LinkKey)]
    for text in (SECRET, "Meridian", "ana@example.com"):
        assert text.encode() not in every_byte(portal)
    assert [] == safekeeping.verify(portal)


def test_sessions_that_are_over_go_along(portal: Portal, meridian: Partner, clock: Callable):
    sessions.open_session(portal, lambda id: Session(id=id, made=clock(), seen=clock(), name="Ana"), clock())
    clock.move(days=3)
    retaining.delete(portal, [], by=BY, now=clock())

    assert [] == list(portal.store.ids(Session))
