"""Partners for staff: the list, adding, importing, inviting, and the link that is shown once."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from conftest import Browser, enter, path_of
from mail.reading import body, mails
from usecases.filling import entered
from usecases.test_partners import LOTUS, SIERRA, csv_of, xlsx_of

from portal.core.records import Partner, Response, Role
from portal.core.register import PartnerRow
from portal.usecases import answering, searching
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation
from portal.usecases.listing import SORTS
from portal.usecases.partners import add_partner
from portal.usecases.portal import Portal

LIST, IMPORT, NEW = "/staff/partners", "/staff/import-partners", "/staff/new-partner"
LINK = re.compile(r"http://127\.0\.0\.1:8000/invitation/[\w-]{43}")
DUE = {"due": "2026-09-30"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x>{{ 7*7 }}"


def rows_of(page: str) -> list[str]:
    """The names in the list, in their order."""
    return re.findall(r'<th scope="row"><a href="/staff/partners/[^"]+">([^<]+)</a>', page)


def links_in(page: str) -> list[str]:
    return sorted(set(LINK.findall(unescape(page))))


def send(who: Browser, data: bytes, name: str):
    """Choose a file and press Import."""
    return who.post(IMPORT, {"file": (BytesIO(data), name)}, content_type="multipart/form-data")


@pytest.fixture
def both(meridian: Partner, other: Partner) -> tuple[Partner, Partner]:
    return meridian, other


def test_the_list_shows_who_is_there_and_how_far(both: tuple, ana: Browser, dara: Browser):
    page = dara.get(LIST)

    assert ["Meridian Textiles", "Transportes del Norte"] == rows_of(page.text)
    assert "2 of 2 partners" in page.text
    assert all(text in page.text for text in ("Started", "Not invited", "Vietnam · Foreign manufacturer"))
    assert re.search(r"\b0/1\d\d\b", page.text)


def test_an_empty_list_says_what_to_do(dara: Browser, staff: Callable):
    assert IMPORT in dara.get(LIST).text
    assert "There are no partners yet." in staff(Role.READER).get(LIST).text


@pytest.mark.parametrize("sort", SORTS)
def test_every_column_can_be_sorted_by_its_link(sort: str, both: tuple, ana: Browser, dara: Browser):
    first = dara.get(LIST).text
    up = dara.get(f"{LIST}?sort={sort}").text
    down = dara.get(f"{LIST}?sort={sort}&down=1").text

    assert f'href="{LIST}?sort={sort}"' in first or sort == "name"
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in down
    assert f"{LIST}?{'' if sort == 'name' else f'sort={sort}&amp;'}down=1" in up


def test_filters_are_kept_while_sorting_and_paging(both: tuple, dara: Browser):
    page = dara.get(f"{LIST}?text=norte&country=MX&sort=due&down=1").text

    assert ["Transportes del Norte"] == rows_of(page)
    assert 'value="norte"' in page
    assert '<option value="MX" selected>' in page
    assert "text=norte&amp;country=MX&amp;sort=score" in page


def test_counts_lead_to_the_filtered_list(both: tuple, ana: Browser, dara: Browser):
    page = dara.get(LIST).text

    assert re.search(rf'href="{LIST}\?state=not-invited">Not invited 1</a>', page)
    assert ["Transportes del Norte"] == rows_of(dara.get(f"{LIST}?state=not-invited").text)


@pytest.mark.parametrize(
    "asked", ["sort=x&down=y&page=-1", "page=99999999999", "page=٣", "state=%3Cscript%3E", "text=%00"]
)
def test_an_address_that_asks_for_nonsense_is_no_error(asked: str, both: tuple, dara: Browser):
    assert 200 == dara.get(f"{LIST}?{asked}").status_code


def test_a_filter_that_nobody_passes_leads_back(both: tuple, dara: Browser):
    assert "No partner is like that." in dara.get(f"{LIST}?text=nobody").text


def test_a_search_in_answers_leads_to_the_question(
    portal: Portal, invitation: Invitation, other: Partner, clock: Callable, dara: Browser
):
    access = entered(portal, invitation, clock())
    said = answering.Given(value="yes", comment=f"Wachmänner der Hauptstraße {HOSTILE}")
    answering.save_answers(portal, access, {"cyber-rules": (said, None)}, now=clock())
    page = dara.get(f"{LIST}?text=HAUPTSTRASSE&answers=1").text
    [link] = re.findall(r'<li><a href="(/staff/responses/[^"]+)">', page)

    assert ["Meridian Textiles"] == rows_of(page)
    assert f"/staff/responses/{invitation.response}#question-cyber-rules" == link
    assert 'id="question-cyber-rules"' in dara.get(link).text
    assert "Wachmänner der Hauptstraße &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "text=HAUPTSTRASSE&amp;answers=1&amp;sort=due" in page
    assert [] == rows_of(dara.get(f"{LIST}?text=HAUPTSTRASSE").text)


def test_a_search_in_answers_that_was_cut_says_so(both: tuple, dara: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(searching, "MOST_FOUND", 1)

    assert "1 more partner not looked at" in dara.get(f"{LIST}?text=e&answers=1").text
    assert "not looked at" not in dara.get(f"{LIST}?text=e").text


def test_fifty_partners_fill_a_page(portal: Portal, clock: Callable, dara: Browser):
    for number in range(51):
        given = {"name": f"Works {number:03}", "country": "TH", "business_type": "foreign_manufacturer"}
        add_partner(portal, {**given, "contact_email": "a@example.com"}, by="dara@example.com", now=clock())

    first, second = dara.get(LIST).text, dara.get(f"{LIST}?page=2").text

    assert (50, ["Works 050"]) == (len(rows_of(first)), rows_of(second))
    assert f'href="{LIST}?page=2" rel="next"' in first
    assert f'href="{LIST}" rel="prev"' in second


def test_a_name_that_looks_like_html_is_only_text(portal: Portal, clock: Callable, dara: Browser):
    """T08: on the list, on the partner's page and in messages."""
    given = {
        "id": "evil",
        "name": HOSTILE,
        "country": "TH",
        "business_type": "foreign_manufacturer",
        "tags": HOSTILE,
        "city": HOSTILE,
    }
    given |= {"contact_name": HOSTILE, "contact_email": "a@example.com"}
    add_partner(portal, given, by="dara@example.com", now=clock())

    pages = [dara.get(LIST).text, dara.get(f"{LIST}/evil").text, dara.get(f"{LIST}?text={HOSTILE}").text]
    pages.append(dara.post(f"{LIST}/evil/invite", DUE, page=f"{LIST}/evil").text)
    pages.append(dara.post(f"{LIST}/evil/invite", DUE, page=LIST).text)

    assert [] == [page for page in pages if "<script>alert" in page or "<img" in page or ">49<" in page]
    assert all("&lt;script&gt;" in page for page in pages)


def test_a_partner_is_added_by_hand(portal: Portal, dara: Browser):
    given = dict(zip(("name", "country", "business_type", "contact_email"), LOTUS, strict=True)) | {"id": "lotus"}
    page = dara.post(NEW, given, follow_redirects=True)

    assert "The partner is added." in page.text
    assert "Lotus Ceramics" == portal.store.get(Partner, "lotus").name
    assert "reviewer@example.com" == portal.store.history(Partner, "lotus")[0].by


def test_a_partner_that_is_wrong_comes_back_with_what_was_typed(portal: Portal, dara: Browser):
    page = dara.post(NEW, {"name": "Lotus", "country": "TH", "contact_email": "nobody"})

    assert 422 == page.status_code
    assert '<a href="#business_type">Fill this in.</a>' in page.text
    assert '<a href="#contact_email">' in page.text
    assert 'value="Lotus"' in page.text
    assert '<option value="TH" selected>' in page.text
    assert [] == list(portal.store.ids(Partner))


def test_a_field_that_the_form_does_not_have_is_not_read(portal: Portal, dara: Browser):
    """A30."""
    given = dict(zip(("name", "country", "business_type", "contact_email"), LOTUS, strict=True))
    dara.post(NEW, {**given, "id": "lotus", "added": "1999-01-01", "identifiers": "x"})

    assert (2026, {}) == (portal.store.get(Partner, "lotus").added.year, portal.store.get(Partner, "lotus").identifiers)


@pytest.mark.parametrize(("make", "name"), [(csv_of, "partners.csv"), (xlsx_of, "partners.xlsx")])
def test_a_table_is_imported(make: Callable, name: str, dara: Browser):
    page = send(dara, make(LOTUS, SIERRA), name)

    assert f"{LIST}?done=imported" == page.headers["Location"]
    assert ["Lotus Ceramics", "Sierra Madre"] == rows_of(dara.get(LIST).text)


def test_one_bad_row_imports_nothing_and_every_bad_row_is_named(portal: Portal, dara: Browser):
    bad = (HOSTILE, "Atlantis", "witchcraft", "nobody")
    page = send(dara, csv_of(LOTUS, bad, ("", *SIERRA[1:])), "partners.csv")

    assert 422 == page.status_code
    assert "Nothing was imported." in page.text
    assert all(place in page.text for place in ("row 3, country", "row 3, business_type", "row 3, contact_email"))
    assert "row 4, name" in page.text
    assert "<script>alert" not in page.text
    assert [] == portal.store.rows(PartnerRow)


def test_many_mistakes_are_listed_up_to_a_hundred(dara: Browser):
    page = send(dara, csv_of(*[("", "TH", "foreign_manufacturer", "a@example.com")] * 130), "partners.csv")

    assert "130 things are not right yet" in page.text
    assert "and 30 more" in page.text


@pytest.mark.parametrize("file", [None, (BytesIO(b""), "")])
def test_pressing_import_without_a_file_is_told(file: object, dara: Browser):
    page = dara.post(IMPORT, {"file": file} if file else {}, content_type="multipart/form-data")

    assert (422, True) == (page.status_code, "Choose a file first." in page.text)


def test_the_sample_on_the_page_can_be_imported_as_it_stands(dara: Browser):
    sample = unescape(re.search(r"<pre>(.+?)</pre>", dara.get(IMPORT).text, re.DOTALL)[1])
    send(dara, sample.encode(), "sample.csv")

    assert ["Camino Real Transportes", "Meridian Textiles"] == rows_of(dara.get(LIST).text)


def test_inviting_shows_a_link_once_and_it_works(portal: Portal, meridian: Partner, dara: Browser, browser: Callable):
    page = dara.post(f"{LIST}/meridian/invite", DUE, page=f"{LIST}/meridian")
    link = links_in(page.text)[0]
    response = next(iter(portal.store.ids(Response)))

    enter(browser(), Invitation(partner="meridian", response=response, link=link, expires=meridian.added), "Ana")

    assert "This is the only time that you see it." in page.text
    assert "no-store" == page.headers["Cache-Control"]
    assert [] == links_in(dara.get(f"{LIST}/meridian").text + dara.get(f"/staff/responses/{response}").text)
    assert "started" == portal.store.get(Response, response).state


def test_sending_the_same_form_twice_makes_no_second_link(portal: Portal, meridian: Partner, dara: Browser):
    dara.post(f"{LIST}/meridian/invite", DUE, page=f"{LIST}/meridian")
    page = dara.post(f"{LIST}/meridian/invite", DUE, page=f"{LIST}/meridian")

    assert (422, []) == (page.status_code, links_in(page.text))
    assert "has an invitation already" in page.text
    assert 1 == len(list(portal.store.ids(Response)))


def test_ticked_partners_are_invited_together(portal: Portal, both: tuple, dara: Browser, browser: Callable):
    page = dara.post("/staff/invitations", {**DUE, "partner": ["meridian", "norte"]}, page=LIST)
    links = links_in(page.text)

    assert "2 links" in page.text
    assert 2 == len(links)
    assert [200, 200] == [browser().get(link).status_code for link in links]
    assert {"2026-09-30"} == {str(portal.store.get(Response, id).due) for id in portal.store.ids(Response)}
    assert all(f"ana@example.com\t{link}" in page.text or f"chen@example.com\t{link}" in page.text for link in links)


def test_a_drawn_qr_code_belongs_to_each_link(both: tuple, dara: Browser):
    page = dara.post("/staff/invitations", {**DUE, "partner": ["meridian", "norte"]}, page=LIST).text
    drawn = re.findall(r'<path d="(M[\dMhvz -]+)" fill="#000"/>', page)

    assert 2 == len(set(drawn))
    assert "QR code of the link for Meridian Textiles" in page


def test_ticked_partners_get_their_links_by_mail_where_that_is_wanted(
    portal: Portal, both: tuple, dara: Browser, clock
):
    ids = [one.id for one in both]
    form = {"partner": ids, "due": "2026-09-30", "mail": "1"}
    page = dara.post("/staff/invitations", form, page="/staff/partners")
    deliver(portal, clock)

    assert 200 == page.status_code
    assert sorted(one.contact_email for one in both) == sorted(mail["To"] for mail in mails(portal))
    assert all("/invitation/" in body(mail) for mail in mails(portal))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({**DUE}, "Tick at least one partner."),
        ({"partner": ["meridian"]}, "Give a date."),
        ({"partner": ["meridian"], "due": "soon"}, '<a href="#due">'),
        ({**DUE, "partner": ["meridian", "nobody"]}, "There is no such partner."),
        ({**DUE, "partner": ["meridian", "meridian"]}, "A partner is named twice."),
    ],
)
def test_nobody_is_invited_when_something_is_wrong(given: dict, told: str, portal: Portal, both: tuple, dara: Browser):
    page = dara.post("/staff/invitations?sort=due", given, page=LIST)

    assert (422, True) == (page.status_code, told in page.text)
    assert [] == list(portal.store.ids(Response))
    assert 'value="meridian"' in page.text


def test_who_is_invited_already_has_no_box(invitation: Invitation, other: Partner, dara: Browser):
    page = dara.get(LIST).text

    assert 'value="norte" aria-label="Invite Transportes del Norte"' in page
    assert 'value="meridian" aria-label' not in page


def test_a_reader_is_offered_nothing_that_would_be_refused(both: tuple, invitation: Invitation, staff: Callable):
    reader = staff(Role.READER)
    pages = "".join(
        reader.get(address).text for address in (LIST, f"{LIST}/meridian", f"/staff/responses/{invitation.response}")
    )

    assert [] == [offer for offer in ("invite", "withdraw", NEW, IMPORT, "/export", "/people") if f'{offer}"' in pages]


def test_a_partner_that_is_none_is_not_there(dara: Browser):
    assert 404 == dara.get(f"{LIST}/nobody").status_code
    assert 404 == dara.post(f"{LIST}/nobody/invite", DUE, page=LIST).status_code


def test_the_partners_page_tells_its_history_and_responses(ana: Browser, invitation: Invitation, dara: Browser):
    page = dara.get(f"{LIST}/meridian").text

    assert f"/staff/responses/{invitation.response}" in page
    assert all(text in page for text in ("Partner added", "dara@example.com", "cotton"))
    assert re.search(r"\b0 of 1\d\d\b", page)
    assert "Make invitation link" not in page


def test_the_address_of_a_new_link_is_the_one_in_the_settings(meridian: Partner, dara: Browser):
    """T18: another Host makes no other link."""
    page = dara.client.post(
        path_of(f"{LIST}/meridian/invite"),
        data={**DUE, "csrf_token": dara.token(LIST)},
        headers={"Host": "evil.example"},
    )

    assert 400 == page.status_code
