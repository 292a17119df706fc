"""Campaigns: invited in one step whatever becomes of the mails; each number of the funnel is the partners behind it."""

from datetime import date

import pytest
from conftest import Clock
from mail.reading import body, mails

from portal.core.campaigns import Campaign, language_of_country
from portal.core.errors import Refused
from portal.core.funnel import Stage
from portal.core.records import Partner, Response
from portal.usecases.campaigns import Wish, campaigns, funnel, reach, remind_campaign, start_campaign
from portal.usecases.contacts import another_contact
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation, another_link, replace_link
from portal.usecases.mailing import mail_rows
from portal.usecases.partners import add_partner, partner_rows
from portal.usecases.portal import Portal

from .filling import answered, entered, submitted

DARA = "dara@example.com"
DUE = date(2026, 4, 1)
WISH = Wish(name="Spring", due=DUE, partners=["meridian", "norte"], notes={"en": "We **need** it.", "vi": "Chào."})


@pytest.fixture
def spring(portal: Portal, meridian: Partner, other: Partner, clock: Clock) -> Campaign:
    return start_campaign(portal, WISH, by=DARA, now=clock())


def link_to(portal: Portal, campaign: Campaign, partner: str, clock: Clock) -> Invitation:
    return another_link(portal, campaign.responses[partner], by=DARA, now=clock())


def test_it_invites_everybody_and_queues_a_mail_to_each_in_their_language(
    portal: Portal, spring: Campaign, clock: Clock
) -> None:
    languages = {id: portal.store.get(Response, one).language for id, one in spring.responses.items()}
    assert 2 == deliver(portal, clock)
    texts = {mail["To"]: body(mail) for mail in mails(portal)}

    assert {"meridian": "vi", "norte": "es"} == languages
    assert {DUE} == {portal.store.get(Response, one).due for one in spring.responses.values()}
    assert "Chào." in texts["ana@example.com"]
    assert "We **need** it." in texts["chen@example.com"], "where there are no Spanish words the English ones stand"


def test_nobody_needs_the_mail_to_start(portal: Portal, spring: Campaign, clock: Clock) -> None:
    entered(portal, link_to(portal, spring, "meridian", clock), clock())

    assert Stage.OPENED is funnel(portal, spring).lines[0].stage


def test_one_who_cannot_be_invited_stops_it_before_anything_is_kept(
    portal: Portal, invitation: Invitation, other: Partner, clock: Clock
) -> None:
    with pytest.raises(Refused, match="has an invitation already"):
        start_campaign(portal, WISH, by=DARA, now=clock())

    assert ([], []) == (campaigns(portal), mail_rows(portal))


def test_before_it_is_sent_it_says_whom_it_reaches_with_what_and_who_is_left_out(
    portal: Portal, invitation: Invitation, other: Partner, clock: Clock
) -> None:
    add_partner(
        portal,
        {"id": "hue", "name": "Hue", "country": "VN", "business_type": "foreign_manufacturer",
         "contact_email": "hue@example.com"},
        by=DARA, now=clock(),
    )  # fmt: skip
    found = {one.partner.id: one for one in reach(portal, partner_rows(portal), "")}

    assert "has an invitation already" in found["meridian"].why_not
    assert ("vi", "es") == (found["hue"].language, found["norte"].language)
    assert "manufacturers" in found["hue"].questionnaire.lower()
    assert {"ar"} == {one.language for one in reach(portal, partner_rows(portal), "ar") if not one.why_not}


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        (Wish(name=" ", due=None, partners=[]), {"name", "due", "partners"}),
        (Wish(name="x" * 101, due=DUE, partners=["meridian"], language="xx"), {"name", "language"}),
        (Wish(name="x", due=DUE, partners=["meridian"], notes={"es": "hola %(name)s"}), {"note-es"}),
        (Wish(name="x", due=DUE, partners=["meridian"], notes={"en": "x" * 4001}), {"note-en"}),
        (Wish(name="x", due=DUE, partners=["meridian", "nobody"]), {"nobody"}),
    ],
)
def test_what_is_wrong_with_it_is_said_by_name(
    wish: Wish, where: set[str], portal: Portal, meridian: Partner, clock: Clock
) -> None:
    with pytest.raises(Refused) as refusal:
        start_campaign(portal, wish, by=DARA, now=clock())

    assert where == {problem.where for problem in refusal.value.problems}


def test_each_number_of_the_funnel_is_the_partners_behind_it(portal: Portal, spring: Campaign, clock: Clock) -> None:
    numbers = []

    def look() -> None:
        found = funnel(portal, spring)
        numbers.append((found.stages[Stage.WAITING], *found.reached.values()))
        for stage, count in found.reached.items():
            assert count == len(found.at(f"reached-{stage}"))
        for stage, count in found.stages.items():
            assert count == len(found.at(stage))
        for section, count in found.stuck.items():
            assert count == len(found.at("", section))

    look()
    deliver(portal, clock)
    look()
    access = entered(portal, link_to(portal, spring, "meridian", clock), clock())
    look()
    answered(portal, access, clock())
    look()
    stuck = funnel(portal, spring).stuck
    submitted(portal, link_to(portal, spring, "norte", clock), clock())
    look()

    assert [(2, 0, 0, 0, 0), (0, 2, 0, 0, 0), (0, 2, 1, 0, 0), (0, 2, 1, 1, 0), (0, 2, 2, 2, 1)] == numbers
    assert [1] == list(stuck.values())


def test_an_address_that_bounces_stands_apart_until_the_contact_opens_the_link(
    portal: Portal, spring: Campaign, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import smtplib

    def refuse(message: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"ana@example.com": (550, b"no such box")})

    monkeypatch.setattr(portal.mailer, "send", refuse)
    deliver(portal, clock)
    bounced = funnel(portal, spring).stages[Stage.BOUNCED]
    entered(portal, link_to(portal, spring, "meridian", clock), clock())

    assert (2, 1) == (bounced, funnel(portal, spring).stages[Stage.BOUNCED])


def test_only_those_who_have_not_answered_are_reminded(portal: Portal, spring: Campaign, clock: Clock) -> None:
    deliver(portal, clock)
    submitted(portal, link_to(portal, spring, "norte", clock), clock())
    first = remind_campaign(portal, spring, by=DARA, now=clock())
    second = remind_campaign(portal, spring, by=DARA, now=clock())
    deliver(portal, clock)

    assert (["meridian"], []) == ([one.partner for one in first], second)
    assert [1, 0] == [line.reminders for line in funnel(portal, spring).lines]


def test_another_contact_gets_a_link_and_the_one_before_loses_theirs(
    portal: Portal, spring: Campaign, clock: Clock
) -> None:
    deliver(portal, clock)
    response = spring.responses["meridian"]
    typed = {"contact_name": "Bao", "contact_email": "bao@example.com"}
    another_contact(portal, response, typed, by=DARA, now=clock())
    deliver(portal, clock)

    assert "bao@example.com" == mails(portal)[-1]["To"]
    assert ("Bao", "bao@example.com") == (
        portal.store.get(Partner, "meridian").contact_name, portal.store.get(Partner, "meridian").contact_email,
    )  # fmt: skip
    links = portal.store.get(Response, response).links
    assert [False, False, True, True] == [link.withdrawn is None for link in links]


def test_such_an_address_is_refused_and_nothing_is_changed(portal: Portal, spring: Campaign, clock: Clock) -> None:
    for email in ("", "bao", "a@example.com\nBcc: m@example.com"):
        with pytest.raises(Refused):
            another_contact(portal, spring.responses["meridian"], {"contact_email": email}, by=DARA, now=clock())

    assert "ana@example.com" == portal.store.get(Partner, "meridian").contact_email


def test_a_link_to_copy_ends_no_other_and_replacing_ends_all(portal: Portal, spring: Campaign, clock: Clock) -> None:
    response = spring.responses["meridian"]
    link_to(portal, spring, "meridian", clock)
    open_then = [link.withdrawn is None for link in portal.store.get(Response, response).links]
    replace_link(portal, response, by=DARA, now=clock())

    assert [True, True] == open_then
    assert [False, False, True] == [link.withdrawn is None for link in portal.store.get(Response, response).links]


@pytest.mark.parametrize(
    ("country", "language"),
    [("VN", "vi"), ("CN", "zh_Hans"), ("PT", "pt_BR"), ("EG", "ar"), ("DE", "en"), ("XX", "en")],
)
def test_a_country_tells_the_language_where_it_is_one_of_ours(country: str, language: str, portal: Portal) -> None:
    assert language == language_of_country(country, portal.languages.tongues)
