"""What mails say: plain text, one link, no answer, and no header that somebody typed."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from portal.core.errors import Refused
from portal.mail import fresh_link
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partners import add_partner
from portal.usecases.portal import Portal

GIVEN = {
    "say": str,
    "to": "ana@example.com",
    "sender": "portal@example.com",
    "importer": "Example Importer Inc.",
    "title": "Security questionnaire for foreign manufacturers",
    "link": "https://portal.example.com/invitation/" + "x" * 43,
    "expires": "1 May 2026",
}


def sent(**other: str) -> EmailMessage:
    """The mail as it arrives."""
    return message_from_bytes(bytes(fresh_link(**{**GIVEN, **other})), policy=policy.default)


def test_it_says_what_it_is_and_carries_the_link_once() -> None:
    mail = sent()
    text = mail.get_content()

    assert ("ana@example.com", "portal@example.com") == (mail["To"], mail["From"])
    assert "Your new link to the security questionnaire of Example Importer Inc." == mail["Subject"]
    assert [GIVEN["link"]] == re.findall(r"https://\S+", text)
    assert "Everything you entered before is still there." in text
    assert "1 May 2026" in text


def test_it_is_plain_text_only() -> None:
    """T08: a mail that is not HTML runs nothing and loads nothing."""
    mail = sent(title="<script>alert(1)</script>", importer="<img src=x>")

    assert "text/plain" == mail.get_content_type()
    assert not mail.is_multipart()
    assert "<script>alert(1)</script>" in mail.get_content()


def test_a_link_is_never_broken_over_two_lines() -> None:
    """A link that a mail program cuts in two opens nothing."""
    link = "https://a-rather-long-name-of-a-portal.example.com/" + "p" * 60 + "/invitation/" + "x" * 43

    assert link in sent(link=link).get_content()


def test_placeholders_in_a_text_stay_as_they_are() -> None:
    """A37: nothing that is filled in is read as a template."""
    for text in ("{{7*7}}", "{title}", "%(link)s", "%s", "${link}"):
        assert text in sent(title=text).get_content()


@pytest.mark.parametrize("field", ["to", "sender", "importer"])
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r"])
def test_a_line_end_in_a_header_is_refused_by_the_library_too(field: str, break_: str) -> None:
    """A38: should one ever get past the checks of the input, no mail is made of it."""
    with pytest.raises(ValueError, match=r"newline|CR or LF|linefeed"):
        bytes(fresh_link(**{**GIVEN, field: f"x@example.com{break_}Bcc: mallory@example.com"}))


@pytest.mark.parametrize(
    "address",
    ["ana@example.com\nBcc: m@example.com", "ana\r@example.com", "a@example.com, m@example.com", "<a@example.com>",
     "ana@example.com;m@example.com", "ana @example.com", "ana@example", "a\x00@example.com", "\u202eana@example.com"],
)  # fmt: skip
def test_such_an_address_never_gets_into_the_store(address: str, portal: Portal, clock) -> None:
    """A38: refused where it is typed, by the one door for partners."""
    given = {"id": "evil", "name": "Evil", "country": "VN", "business_type": "foreign_manufacturer",
             "contact_name": "x", "contact_email": address}  # fmt: skip
    with pytest.raises(Refused):
        add_partner(portal, given, by="dara@example.com", now=clock())


def test_names_in_any_script_arrive_whole() -> None:
    mail = sent(importer="Müller 进口 Inc.", title="Fragebogen – 质量")

    assert "Müller 进口 Inc." in mail["Subject"]
    assert "质量" in mail.get_content()


def test_it_names_no_partner_and_tells_no_answer(portal: Portal, meridian, clock) -> None:
    """Mail providers read along: they may learn that an invitation was sent, and no more."""
    made: Invitation = invite(portal, [meridian.id], by="dara@example.com", now=clock())[0]
    text = str(sent(link=made.link))

    assert "Meridian" not in text
    assert made.response not in text
