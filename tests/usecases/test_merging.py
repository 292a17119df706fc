"""Two records of one company become one, whole or not at all."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.core.answering import Given
from portal.core.errors import NotFound, Refused
from portal.core.partners import Contact
from portal.core.records import Partner, Response
from portal.store.protocol import NotKept
from portal.usecases import answering, changing_partners, inviting, safekeeping
from portal.usecases.merging_partners import merge_partners, timeline_of, twins_of
from portal.usecases.partner_lines import partner_lines
from portal.usecases.partners import add_partner, partner_rows
from portal.usecases.portal import Portal

from .filling import entered

BY = "dara@example.com"


@pytest.fixture
def twin(portal: Portal, meridian: Partner, clock: Callable) -> Partner:
    given = {
        "id": "twin",
        "name": "MERIDIAN TEXTILES CO., LTD.",
        "country": "VN",
        "business_type": "exporter",
        "contact_name": "Linh",
        "contact_email": "linh@example.com",
        "city": "Đà Nẵng",
        "tags": "cotton; silk",
    }
    return add_partner(portal, given, by=BY, now=clock())


@pytest.fixture
def said(portal: Portal, twin: Partner, clock: Callable) -> Response:
    """The twin has begun to answer."""
    invitation = inviting.invite(portal, ["twin"], by=BY, now=clock())[0]
    access = entered(portal, invitation, clock())
    for text in ("one", "two"):
        given = {"cyber-rules": (Given(comment=text), None)}
        answering.save_answers(portal, access, given, now=clock() + timedelta(minutes=1))
    return portal.store.get(Response, invitation.response)


def test_twins_are_found(portal: Portal, twin: Partner, other: Partner):
    assert ["twin"] == [one.company.id for one in twins_of(portal, "meridian")]
    assert [] == twins_of(portal, "norte")


def test_the_kept_one_has_everything_and_the_twin_says_where_it_went(portal: Portal, said: Response, clock: Callable):
    merge_partners(portal, "meridian", "twin", by=BY, now=clock())
    kept, gone = portal.store.get(Partner, "meridian"), portal.store.get(Partner, "twin")

    assert ("Meridian Textiles", "ana@example.com", "Đà Nẵng") == (kept.name, kept.contact_email, kept.city)
    assert ("MERIDIAN TEXTILES CO., LTD.",) == kept.other_names
    assert (("asia", "cotton", "silk"), ("exporter",)) == (kept.tags, kept.further_types)
    assert (Contact(name="Linh", email="linh@example.com"),) == kept.contacts
    assert ("meridian", BY) == (gone.retired.merged_into, gone.retired.by)
    assert ("meridian", said.answers, said.facts) == (
        portal.store.get(Response, said.id).partner,
        portal.store.get(Response, said.id).answers,
        portal.store.get(Response, said.id).facts,
    )
    assert ["meridian"] == [row.id for row in partner_rows(portal)]
    (line,) = partner_lines(portal, clock())
    assert said.id == line.current.id
    assert [] == partner_lines(portal, clock(), retired=True)
    assert [] == safekeeping.verify(portal)


def test_the_contact_goes_on_with_its_link(portal: Portal, twin: Partner, clock: Callable):
    invitation = inviting.invite(portal, ["twin"], by=BY, now=clock())[0]
    merge_partners(portal, "meridian", "twin", by=BY, now=clock())

    assert invitation.response == entered(portal, invitation, clock()).response


def test_where_the_disk_refuses_nothing_is_merged(
    portal: Portal, said: Response, clock: Callable, monkeypatch: pytest.MonkeyPatch
):
    before = [portal.store.get(Partner, id) for id in ("meridian", "twin")]

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("portal.store.journal.Journal.carry_out", full)
        with pytest.raises(NotKept):
            merge_partners(portal, "meridian", "twin", by=BY, now=clock())

    assert before == [portal.store.get(Partner, id) for id in ("meridian", "twin")]
    assert "twin" == portal.store.get(Response, said.id).partner


def test_what_cannot_be_merged_is_refused(portal: Portal, said: Response, other: Partner, clock: Callable):
    inviting.invite(portal, ["meridian"], by=BY, now=clock())
    for keep, gone in (("twin", "twin"), ("meridian", "twin")):
        with pytest.raises(Refused):
            merge_partners(portal, keep, gone, by=BY, now=clock())
    changing_partners.retire_partner(portal, "norte", "", by=BY, now=clock())
    with pytest.raises(Refused):
        merge_partners(portal, "meridian", "norte", by=BY, now=clock())
    with pytest.raises(NotFound):
        merge_partners(portal, "meridian", "nobody", by=BY, now=clock())

    assert portal.store.get(Partner, "twin").retired is None


def test_the_time_line_tells_of_the_partner_its_twin_and_all_responses(portal: Portal, said: Response, clock: Callable):
    clock.move(days=1)
    merge_partners(portal, "meridian", "twin", by=BY, now=clock())
    moments = timeline_of(portal, "meridian")
    told = [(one.what, one.times, one.of) for one in moments]

    assert sorted((one.at for one in moments), reverse=True) == [one.at for one in moments]
    assert ("answers saved", 2, said.id) in told
    assert ("moved to another partner", 1, said.id) in told
    assert ("merged with MERIDIAN TEXTILES CO., LTD. (twin)", 1, "") in told
    assert 1 == next(one for one in moments if one.what == "answers saved").answers
    assert 2 == next(one for one in moments if one.what == "partner added").times
