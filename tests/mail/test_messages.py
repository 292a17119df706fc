"""What mails say: Markdown as text and as bare HTML, one link, no answer, and no header that somebody typed."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from portal.core.errors import Refused
from portal.core.letters import LETTERS, places_in
from portal.languages.tongues import tongue
from portal.mail import composed
from portal.usecases.inviting import Invitation, invite
from portal.usecases.letters import LetterIn, letter_in, written
from portal.usecases.partners import add_partner
from portal.usecases.portal import Portal

from .reading import body
from .servers import STARTED

VALUES = {
    "importer": "Example Importer Inc.",
    "title": "Security questionnaire for foreign manufacturers",
    "link": "https://portal.example.com/invitation/" + "x" * 43,
    "expires": "1 May 2026",
    "due": "1 April 2026",
    "contact": "security@example.com",
    "note": "We meet **in May**.",
}
OURS = {id: LetterIn(one, one.subject, one.text, own=False) for id, one in LETTERS.items()}


def sent(letter: str = "fresh-link", to: str = "ana@example.com", sender: str = "portal@example.com", **other: str):
    """The mail as it arrives."""
    text = written(OURS[letter], {**VALUES, **other}, tongue("en"))
    message = composed(text, to=to, sender=sender, id="a1.1", at=STARTED)
    mail = message_from_bytes(bytes(message), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_it_says_what_it_is_and_carries_the_link_once() -> None:
    mail = sent()

    assert ("ana@example.com", "portal@example.com") == (mail["To"], mail["From"])
    assert "Your new link to the security questionnaire of Example Importer Inc." == mail["Subject"]
    assert [VALUES["link"]] == re.findall(r"https://\S+", body(mail))
    assert "Everything you entered before is still there." in body(mail)
    assert "1 May 2026" in body(mail)


def test_it_has_what_machines_on_the_way_look_for() -> None:
    mail = sent()

    assert ("<a1.1@example.com>", "auto-generated") == (mail["Message-ID"], mail["Auto-Submitted"])
    assert "Mon, 02 Mar 2026 09:00:00 +0000" == mail["Date"]


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_fills_all_its_places_and_says_the_same_twice(letter: str) -> None:
    mail = sent(letter)

    assert set() == places_in(body(mail) + body(mail, "html") + mail["Subject"])
    assert LETTERS[letter].needs <= places_in(LETTERS[letter].text) <= LETTERS[letter].knows
    assert ("link" in LETTERS[letter].needs) == (f'href="{VALUES["link"]}"' in body(mail, "html"))


def test_a_campaigns_own_words_stand_in_the_invitation() -> None:
    mail = sent("invitation")

    assert "We meet **in May**." in body(mail)
    assert "<p>We meet <strong>in May</strong>.</p>" in body(mail, "html")
    assert "\n\n\n" not in body(sent("invitation", note=""))


def test_nothing_in_it_runs_loads_or_hides() -> None:
    """T08: the HTML has no script, picture, style or form, whatever is filled in; the text stays as it is."""
    planted = "<script>alert(1)</script><img src=x><b style='display:none'>"
    mail = sent("invitation", title=planted, importer="<img src=y>", note=planted)
    page = body(mail, "html")

    assert [] == re.findall(r"<(?!/?(?:p|a|html|head|meta|title|body|strong|em)\b|!doctype)[^>]*>", page)
    assert "style=" not in page.replace("style=&#x27;", "").replace("style=&quot;", "")
    assert planted in body(mail)


def test_it_is_written_from_right_to_left_where_that_is_so() -> None:
    text = written(OURS["fresh-link"], VALUES, tongue("ar"))

    assert '<html lang="ar" dir="rtl">' in text.page


def test_a_link_is_never_broken_over_two_lines() -> None:
    """A link that a mail program cuts in two opens nothing."""
    link = "https://a-rather-long-name-of-a-portal.example.com/" + "p" * 60 + "/invitation/" + "x" * 43

    assert link in body(sent(link=link)).splitlines()


def test_placeholders_in_a_text_stay_as_they_are() -> None:
    """A37: nothing that is filled in is read as a template."""
    for text in ("{{7*7}}", "{title}", "%(link)s", "%s", "${link}"):
        assert text in body(sent(title=text))
        assert text in body(sent(title=text), "html")


@pytest.mark.parametrize("field", ["to", "sender", "importer"])
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r"])
def test_a_line_end_in_a_header_is_refused_by_the_library_too(field: str, break_: str) -> None:
    """A38: should one ever get past the checks of the input, no mail is made of it."""
    with pytest.raises(ValueError, match=r"newline|CR or LF|linefeed"):
        sent(**{field: f"x@example.com{break_}Bcc: mallory@example.com"})


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
    assert "质量" in body(mail)


def test_it_names_no_partner_and_tells_no_answer(portal: Portal, meridian, clock) -> None:
    """Mail providers read along: they may learn that an invitation was sent, and no more."""
    made: Invitation = invite(portal, [meridian.id], by="dara@example.com", now=clock())[0]
    for letter in LETTERS:
        text = str(sent(letter, link=made.link))

        assert "Meridian" not in text
        assert made.response not in text


@pytest.mark.parametrize("language", ["es", "zh_Hans", "vi", "pt_BR", "tr", "hi", "ar"])
@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_is_translated_with_all_its_places(letter: str, language: str, portal: Portal) -> None:
    one = letter_in(portal, letter, language)

    assert one.text != LETTERS[letter].text
    assert places_in(LETTERS[letter].text) == places_in(one.text)
    assert places_in(LETTERS[letter].subject) == places_in(one.subject)
