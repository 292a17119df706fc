"""One response for staff: its answers, a score that can be added up, its history, its files, its link."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from conftest import Browser, enter
from evidence.samples import pdf
from usecases.filling import submitted

from portal.core.answering import Given
from portal.core.records import Response, Role
from portal.usecases import answering, inviting
from portal.usecases.answering import Access
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal, score_of
from portal.usecases.secrets import hashed

from .filling import tree_of

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/staff/responses/{invitation.response}"


@pytest.fixture
def said(portal: Portal, ana: Browser, invitation: Invitation, clock: Callable) -> None:
    """Ana has answered a few questions, one of them twice."""
    access = Access(response=invitation.response, link=hashed(invitation.link.rsplit("/", 1)[1]), name="Ana")
    for value, comment in (("yes", ""), ("no", "Nobody yet\nbut soon")):
        given = Given(value=value, comment=comment, action="Name one", action_who="Bruno", action_due="2026-09-30")
        answering.save_answers(portal, access, {"vision-contact": (given, None)}, now=clock(), section="vision")
    hostile = Given(value=HOSTILE, comment=HOSTILE)
    answering.save_answers(portal, access, {"company-name": (hostile, None)}, now=clock(), section="company")


@pytest.fixture
def complete(portal: Portal, invitation: Invitation, clock: Callable) -> Response:
    """Ana has sent everything; a must is not met, and a critical question failed."""
    edition = portal.edition(portal.store.get(Response, invitation.response).edition)
    critical = next(q for q in edition.questions if q.critical and q.options and q.shown_when is None)
    bad = next(option.id for option in critical.options if option.verdict == "not-met")
    return submitted(portal, invitation, clock(), {"vision-review-checks": "never", critical.id: bad})


def numbers(row, *columns: int) -> list[Decimal]:
    """The numbers in some cells of a row; a dash is nothing."""
    texts = ["".join(cell.itertext()).strip() for cell in row]
    return [Decimal(0) if texts[column] == "–" else Decimal(texts[column]) for column in columns]


def words_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_an_answer_is_read_with_everything_that_belongs_to_it(said: None, base: str, dara: Browser):
    articles = {one.get("id"): words_of(one) for one in tree_of(dara.get(base)).iter("article")}
    text = articles["question-vision-contact"]

    assert all(
        part in text
        for part in ("1.4a", "must", "Not met", "No", "Nobody yetbut soon", "by 30 September 2026, Bruno", "Name one")
    )
    assert "Ana, 2 Mar 2026, 09:00 UTC" in text.replace("\u00a0", " ")


def test_what_a_contact_typed_is_only_text(said: None, base: str, dara: Browser):
    """T08."""
    pages = [dara.get(base + page).text for page in ("", "/score", "/history")]

    assert [] == [page for page in pages if HOSTILE in page]
    assert "&lt;script&gt;" in pages[0]
    assert "&lt;script&gt;" in pages[2]


def test_a_file_comes_as_a_download_that_nothing_runs_in(
    ana: Browser, upload: Callable, base: str, invitation: Invitation, staff: Callable
):
    """T09."""
    id = upload(ana, invitation.response, name="rules <b>.pdf")
    reader = staff(Role.READER)
    page = reader.get(f"{base}/evidence/{id}")

    assert f'href="{base}/evidence/{id}">rules &lt;b&gt;.pdf</a>' in reader.get(base).text
    assert (pdf(), "application/pdf") == (page.data, page.mimetype)
    assert page.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert 404 == reader.get(f"{base}/evidence/{'0' * 16}").status_code


def test_a_file_of_one_response_is_not_found_in_another(
    ana: Browser, upload: Callable, invitation: Invitation, other_invitation: Invitation, dara: Browser
):
    id = upload(ana, invitation.response)

    assert 404 == dara.get(f"/staff/responses/{other_invitation.response}/evidence/{id}").status_code


def test_the_score_page_adds_up_line_by_line(complete: Response, base: str, portal: Portal, dara: Browser):
    """Every number on the page can be followed: weight times credit, lines to categories, categories to the total."""
    tables = list(tree_of(dara.get(f"{base}/score")).iter("table"))
    categories, parts = tables[0], tables[1:]
    sums = [numbers(list(part.iter("tr"))[-1], 1, 2) for part in parts]
    judged = score_of(complete, portal.edition(complete.edition))

    for part, total in zip(parts, sums, strict=True):
        lines = [numbers(row, 4, 5, 6, 7) for row in part.find("tbody")]
        assert all(weight * credit == points for weight, credit, points, _ in lines)
        assert total == [sum(line[2] for line in lines), sum(line[3] for line in lines)]
    assert sums == [numbers(row, 2, 3) for row in categories.find("tbody")]
    whole = numbers(list(categories.iter("tr"))[-1], 1, 2, 3)
    assert whole == [judged.percent, sum(one[0] for one in sums), sum(one[1] for one in sums)]
    assert whole[0] == (100 * whole[1] / whole[2]).quantize(Decimal("0.1"))


def test_the_sum_of_the_sums_is_written_out(complete: Response, base: str, dara: Browser):
    text = words_of(tree_of(dara.get(f"{base}/score")))
    sums = re.findall(r"((?:[\d.]+ \+ )+[\d.]+) = ([\d.]+) (points|possible)", text)

    assert ["points", "possible"] == [one[2] for one in sums]
    assert all(sum(map(Decimal, terms.split(" + "))) == Decimal(total) for terms, total, _ in sums)


def test_unmet_musts_and_critical_questions_stand_on_top_and_lead_to_their_lines(
    complete: Response, base: str, portal: Portal, dara: Browser
):
    page = dara.get(f"{base}/score").text
    judged = score_of(complete, portal.edition(complete.edition))
    top = page.split('id="categories"')[0]

    assert judged.criticals_unmet
    for id in judged.criticals_unmet:
        assert f'href="#line-{id}"' in top
        assert f'id="line-{id}"' in page
    for one in judged.unmet("must"):
        assert f'href="#criterion-{one.criterion}">{one.criterion}</a>' in top
        assert f'id="criterion-{one.criterion}"' in page


def test_the_rating_is_told_with_its_meaning_and_its_next_step(complete: Response, base: str, portal: Portal, dara):
    rating = score_of(complete, portal.edition(complete.edition)).outcomes["rating"]
    page = unescape(dara.get(f"{base}/score").text)

    assert all(text in page for text in (rating.label, rating.meaning, rating.next_step))
    assert "provisional" not in page.lower()


def test_the_score_of_what_is_not_submitted_says_that_it_is_provisional(said: None, base: str, dara: Browser):
    page = dara.get(f"{base}/score").text

    assert "A provisional look." in page
    assert "Provisional score" in page


def test_a_response_to_which_nobody_said_anything_has_pages_too(invitation: Invitation, base: str, dara: Browser):
    assert [200] * 3 == [dara.get(base + page).status_code for page in ("", "/score", "/history")]


def test_the_history_tells_who_said_what_before_and_after(said: None, base: str, dara: Browser):
    text = words_of(tree_of(dara.get(f"{base}/history"))).replace("\u00a0", " ")

    assert "Yes → No" in text
    assert "(comment) Nobody yetbut soon" in text
    assert "OpenedAna2 Mar 2026, 09:00 UTC State: invited → started" in text
    assert "Evidence: nothing" not in text
    assert text.index("Answers saved") < text.index("Inviteddara@example.com")


def test_the_history_tells_of_files(ana: Browser, upload: Callable, invitation: Invitation, base: str, dara: Browser):
    upload(ana, invitation.response, name="seal log.pdf")

    assert "Evidence: seal log.pdf" in words_of(tree_of(dara.get(f"{base}/history")))


def test_no_page_and_no_export_tells_a_token_or_its_hash(
    said: None, base: str, portal: Portal, invitation: Invitation, staff: Callable
):
    """T16: neither of the first link nor of the ones that came after it."""
    inviting.replace_link(portal, invitation.response, by="dara@example.com", now=invitation.expires)
    admin = staff(Role.ADMIN)
    addresses = ["/staff/partners", "/staff/partners/meridian", base, f"{base}/score", f"{base}/history"]
    addresses += [f"{base}/export/csv", f"{base}/export/json", "/staff/export", "/staff/people"]
    told = "".join(admin.get(address).text for address in addresses)
    hashes = [link.token_hash for link in portal.store.get(Response, invitation.response).links]

    assert 2 == len(hashes)
    assert [] == [one for one in (*hashes, invitation.link.rsplit("/", 1)[1]) if one in told]
    assert "/invitation/" not in told


def test_withdrawing_ends_the_link_for_who_is_in_and_for_who_comes(
    ana: Browser, section_page: str, base: str, invitation: Invitation, browser: Callable, dara: Browser
):
    """A25: on the next request."""
    page = dara.post(f"{base}/withdraw", page=base, follow_redirects=True)

    assert "The link is withdrawn. What was entered is kept." in page.text
    assert [410, 410] == [ana.get(section_page).status_code, browser().get(invitation.link).status_code]
    assert f'action="{base}/withdraw"' not in page.text


def test_replacing_kills_the_old_link_and_shows_the_new_one_once(
    ana: Browser, section_page: str, base: str, invitation: Invitation, browser: Callable, dara: Browser
):
    page = dara.post(f"{base}/replace", page=base)
    link = re.search(r"http://127\.0\.0\.1:8000/invitation/[\w-]{43}", page.text)[0]
    new = Invitation(partner="meridian", response=invitation.response, link=link, expires=invitation.expires)

    assert [410, 410] == [ana.get(section_page).status_code, browser().get(invitation.link).status_code]
    assert 200 == enter(browser(), new, "Ana").get(section_page).status_code
    assert link not in dara.get(base).text
    assert "Other links" in dara.get(base).text


def test_extending_moves_the_day_and_opens_a_link_that_had_expired(
    base: str, invitation: Invitation, portal: Portal, browser: Callable, staff: Callable, clock: Callable
):
    clock.move(days=90)
    reviewer = staff(Role.REVIEWER)
    assert 410 == browser().get(invitation.link).status_code
    page = reviewer.post(f"{base}/extend", {"due": "2026-07-01"}, page=base, follow_redirects=True)

    assert "The due date is moved." in page.text
    assert 200 == browser().get(invitation.link).status_code
    assert "2026-07-01" == str(portal.store.get(Response, invitation.response).due)


@pytest.mark.parametrize("due", ["", "soon", "1999-01-01"])
def test_a_day_that_cannot_be_is_told_at_its_field(due: str, base: str, portal: Portal, invitation: Invitation, dara):
    before = portal.store.get(Response, invitation.response)
    page = dara.post(f"{base}/extend", {"due": due}, page=base)

    assert (422, True) == (page.status_code, '<a href="#due">' in page.text)
    assert before == portal.store.get(Response, invitation.response)


def test_a_withdrawn_link_is_not_extended(base: str, dara: Browser):
    dara.post(f"{base}/withdraw", page=base)

    assert 409 == dara.post(f"{base}/extend", {"due": "2026-07-01"}, page=base).status_code


@pytest.mark.parametrize("page", ["", "/score", "/history", "/export/csv"])
def test_a_response_that_is_none_is_not_there(page: str, dara: Browser):
    assert 404 == dara.get(f"/staff/responses/{'0' * 16}{page}").status_code
