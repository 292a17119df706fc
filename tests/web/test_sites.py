"""Several sites of one partner: one link, and for each site its own questionnaire, state and score."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import Browser, Clock, enter, path_of
from mail.reading import body as plain
from mail.reading import mails
from usecases.filling import answered, submitted

from portal.core.errors import Refused
from portal.core.records import Partner, Response, State
from portal.core.register import ResponseRow
from portal.usecases import inviting
from portal.usecases.answering import Access
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partner_lines import partner_lines
from portal.usecases.portal import Portal
from portal.usecases.scores import scores
from portal.usecases.secrets import hashed
from portal.usecases.summing import summary_of

HUE = {"name": "Plant 2", "country": "TH", "city": "Rayong"}
FIRST = {"first": "Plant 1"}


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


@pytest.fixture
def add(ana: Browser, base: str) -> Callable[..., str]:
    """Ana adds a site; gives the address of its overview."""

    def put(**typed: str) -> str:
        page = ana.post(f"{base}/sites", {**HUE, **FIRST, **typed})
        assert 303 == page.status_code, page.text
        return path_of(page.headers["Location"]).partition("?")[0]

    return put


def at(portal: Portal, address: str) -> Response:
    return portal.store.get(Response, address.rsplit("/", 1)[1])


@pytest.fixture
def three(portal: Portal, meridian: Partner, clock: Clock) -> Invitation:
    """Meridian, invited for three sites."""
    return invite(portal, [meridian.id], by="dara@example.com", now=clock(), sites=["Hanoi", "Hue", "Da Nang"])[0]


class TestAdding:
    def test_a_site_has_the_companys_facts_and_its_own_name_and_place(
        self, ana: Browser, base: str, add: Callable[..., str], portal: Portal
    ) -> None:
        ana.put(f"{base}/answers/company-name", {"value": "Meridian Textiles Ltd"}, page=base)
        ana.put(f"{base}/answers/company-employees", {"value": "300"}, page=base)
        site = at(portal, add())

        assert ("Plant 2", "TH", "Rayong") == tuple(
            site.answers[id].value for id in ("company-site", "company-country", "company-city")
        )
        assert "Meridian Textiles Ltd" == site.answers["company-name"].value
        assert "company-employees" not in site.answers
        assert ("Plant 2", "TH", "Meridian Textiles") == (site.site, site.facts["country"], site.facts["name"])
        assert at(portal, base).edition == site.edition
        assert ("Plant 1", "Plant 1") == (at(portal, base).site, at(portal, base).answers["company-site"].value)

    def test_a_fact_of_the_company_said_later_is_there_at_every_site_that_has_none_yet(
        self, ana: Browser, base: str, add: Callable[..., str], portal: Portal
    ) -> None:
        second, third = add(), add(name="Plant 3")
        ana.put(f"{third}/answers/company-years", {"value": "7"}, page=third)
        ana.put(f"{second}/answers/company-years", {"value": "30"}, page=second)
        ana.put(f"{second}/answers/company-employees", {"value": "90"}, page=second)

        assert ["7", "30", "7"] == [at(portal, one).answers["company-years"].value for one in (base, second, third)]
        assert "company-employees" not in at(portal, base).answers

    def test_the_list_shows_every_site_with_its_progress(
        self, ana: Browser, base: str, add: Callable[..., str]
    ) -> None:
        second = add()
        for page in (ana.get(f"{base}/sites"), ana.get(f"{second}/sites")):
            assert [base, second] == re.findall(r'<li><a href="([^"]+)"', page.text)
            assert "Plant 1" in page.text
            assert ["Not started", "Not started"] == re.findall(r'<span class="tag[^>]*>([^<]+)<', page.text)
        ana.put(f"{second}/answers/company-employees", {"value": "90"}, page=second)
        assert ["Not started", "In progress"] == re.findall(
            r'<span class="tag[^>]*>([^<]+)<', ana.get(f"{base}/sites").text
        )
        assert f'href="{second}/sites"' in ana.get(second).text

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"name": ""}, "Write what you call the site."),
            ({"country": "XX"}, "Choose a country from the list."),
            ({"name": "plant 1"}, "A site is named twice."),
            ({"first": ""}, "Write what you call the first site."),
            ({"city": "x" * 81}, "Write at most 80 characters"),
        ],
    )
    def test_what_is_wrong_is_said(self, typed: dict, said: str, ana: Browser, base: str, portal: Portal) -> None:
        page = ana.post(f"{base}/sites", {**HUE, **FIRST, **typed})

        assert 422 == page.status_code
        assert said in page.text
        assert 1 == len(list(portal.store.ids(Response)))

    def test_at_most_twenty_fit(self, browser: Callable, three: Invitation) -> None:
        one, there = enter(browser(), three, "Ana"), f"/partner/responses/{three.response}/sites"
        codes = [one.post(there, {**HUE, "name": f"Plant {number}"}).status_code for number in range(18)]

        assert [303] * 17 + [422] == codes

    def test_a_site_added_by_mistake_is_taken_out_again(
        self, ana: Browser, base: str, add: Callable[..., str], portal: Portal
    ) -> None:
        second = add()
        page = ana.post(f"{second}/remove", page=f"{base}/sites")

        assert page.headers["Location"].startswith(f"{base}/sites")
        assert 404 == ana.get(second).status_code
        assert () == at(portal, base).sites
        assert 1 == len(portal.store.rows(ResponseRow))

    def test_a_site_with_an_answer_stays_and_so_does_the_first(
        self, ana: Browser, base: str, add: Callable[..., str], portal: Portal
    ) -> None:
        second = add()
        ana.put(f"{second}/answers/cyber-rules", {"value": "yes"}, page=second)

        assert [409, 409] == [ana.post(f"{one}/remove", page=f"{base}/sites").status_code for one in (second, base)]
        assert "Take out" not in ana.get(f"{base}/sites").text

    def test_somebody_on_the_same_link_reaches_a_site_that_was_added_after_they_came(
        self, bruno: Browser, add: Callable[..., str]
    ) -> None:
        assert 200 == bruno.get(add()).status_code


class TestOneLink:
    def test_opens_every_site(self, three: Invitation, browser: Callable, portal: Portal) -> None:
        one = enter(browser(), three, "Ana")
        first = portal.store.get(Response, three.response)

        assert 2 == len(first.sites)
        for id in (first.id, *first.sites):
            assert 200 == one.get(f"/partner/responses/{id}").status_code
            assert State.STARTED is portal.store.get(Response, id).state

    def test_withdrawn_extended_and_replaced_for_all_sites_at_once(
        self, three: Invitation, browser: Callable, portal: Portal, clock: Clock
    ) -> None:
        one = enter(browser(), three, "Ana")
        first = portal.store.get(Response, three.response)
        pages = [f"/partner/responses/{id}" for id in (first.id, *first.sites)]
        due = (clock() + timedelta(days=200)).date()
        inviting.extend_link(portal, first.sites[0], due, by="dara@example.com", now=clock())
        new = inviting.replace_link(portal, first.sites[1], by="dara@example.com", now=clock())

        assert {due} == {at(portal, page).due for page in pages}
        assert [410] * 3 == [one.get(page).status_code for page in pages]
        enter(one, new, "Ana")
        assert [200] * 3 == [one.get(page).status_code for page in pages]
        inviting.withdraw_link(portal, first.sites[0], by="dara@example.com", now=clock())
        assert [410] * 3 == [one.get(page).status_code for page in pages]

    def test_a_lost_link_is_mailed_anew_for_all_sites(
        self, three: Invitation, browser: Callable, portal: Portal
    ) -> None:
        one = browser()
        one.post(f"{three.link}/fresh-link", page=three.link)
        [mail] = mails(portal)
        link = re.search(r"http://\S+/invitation/[\w-]+", plain(mail))[0]
        one.post(link, {"name": "Ana"})
        first = portal.store.get(Response, three.response)

        assert [200] * 2 == [one.get(f"/partner/responses/{id}").status_code for id in first.sites]

    def test_another_partner_sees_nothing_of_any_site(self, three: Invitation, chen: Browser, portal: Portal) -> None:
        first = portal.store.get(Response, three.response)
        for id in (first.id, *first.sites):
            for part in ("", "/sites", "/sections/cybersecurity", "/copy", "/colleagues"):
                assert 404 == chen.get(f"/partner/responses/{id}{part}").status_code

    def test_a_colleague_of_one_site_sees_nothing_of_another(
        self, three: Invitation, browser: Callable, portal: Portal
    ) -> None:
        first = portal.store.get(Response, three.response)
        for own in (first.id, first.sites[0]):
            ana, bruno, there = enter(browser(), three, "Ana"), browser(), f"/partner/responses/{own}"
            page = ana.post(f"{there}/colleagues", {"name": "Bruno", "sections": ["cybersecurity"]})
            bruno.post(re.search(r'value="(http://[^"]+/invitation/[\w-]+)"', page.text)[1], {"name": "Bruno"})

            assert 200 == bruno.get(f"{there}/sections/cybersecurity").status_code
            assert 404 == bruno.get(f"{there}/sites").status_code
            for other in {first.id, *first.sites} - {own}:
                assert 404 == bruno.get(f"/partner/responses/{other}").status_code
                assert 404 == bruno.get(f"/partner/responses/{other}/sections/cybersecurity").status_code


class TestStaff:
    def test_invite_with_sites_and_see_each(self, dara: Browser, meridian: Partner, portal: Portal) -> None:
        page = dara.post(
            "/staff/partners/meridian/invite",
            {"due": "2026-09-30", "sites": "Hanoi\r\n\r\n Da  Nang \r\n"},
            page="/staff/partners/meridian",
        )

        assert 200 == page.status_code
        assert 1 == page.text.count("/invitation/")
        text = dara.get("/staff/partners/meridian").text
        assert ", Hanoi</a>" in text
        assert ", Da Nang</a>" in text
        assert "2 sites" in dara.get("/staff/partners").text
        for row in portal.store.rows(ResponseRow):
            assert f"Meridian Textiles, {row.site}" in dara.get(f"/staff/responses/{row.id}").text

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            ("Hue\nhue", "A site is named twice."),
            ("x" * 81, "Write at most 80 characters"),
            ("\n".join(f"Plant {number}" for number in range(21)), "At most 20 sites fit."),
            ("a\x07b", "holds a character that cannot be kept"),
        ],
    )
    def test_are_told_what_is_wrong_with_the_names(
        self, names: str, said: str, dara: Browser, meridian: Partner, portal: Portal
    ) -> None:
        there = "/staff/partners/meridian"
        page = dara.post(f"{there}/invite", {"due": "2026-09-30", "sites": names}, page=there)

        assert 422 == page.status_code
        assert said in page.text
        assert [] == portal.store.rows(ResponseRow)

    def test_do_not_invite_while_a_site_is_open(self, three: Invitation, portal: Portal, clock: Clock) -> None:
        with pytest.raises(Refused, match="has an invitation already"):
            invite(portal, ["meridian"], by="dara@example.com", now=clock())

    def test_name_the_sites_of_one_partner_at_a_time(
        self, portal: Portal, meridian: Partner, other: Partner, clock: Clock
    ) -> None:
        with pytest.raises(Refused, match="one partner at a time"):
            invite(portal, ["meridian", "norte"], by="dara@example.com", now=clock(), sites=["Hue"])


def test_a_factory_with_three_sites_has_three_scores_from_one_link(
    ana: Browser, base: str, invitation: Invitation, portal: Portal, clock: Clock, dara: Browser
) -> None:
    """Through the pages, from adding the sites to sending each; answers given in bulk by the same use case."""
    for name in ("Plant 2", "Plant 3"):
        assert 303 == ana.post(f"{base}/sites", {**HUE, **FIRST, "name": name}).status_code
    ids = re.findall(r'<li><a href="/partner/responses/(\w+)"', ana.get(f"{base}/sites").text)
    token = invitation.link.rsplit("/", 1)[1]
    said = ({}, {"cyber-rules": "no"}, {"cyber-rules": "no", "cyber-shared-accounts": "yes"})
    for id, answers in zip(ids, said, strict=True):
        access = Access(response=id, link=hashed(token), name="Ana")
        answered(portal, access, clock(), answers)
        page = ana.post(f"/partner/responses/{id}/submit", page=f"/partner/responses/{id}/submit")
        assert page.headers["Location"].endswith(f"{id}/receipt"), page.text
        clock.move(minutes=1)

    lines = {line.site: line.score for line in scores(portal, clock())}
    assert ["Plant 1", "Plant 2", "Plant 3"] == sorted(lines)
    assert 3 == len(set(lines.values()))
    worst = min(lines.values())
    [partner] = partner_lines(portal, clock())
    assert (3, worst) == (partner.sites, float(partner.percent))
    [found] = summary_of(portal, clock().date()).partners
    assert worst == float(found.assessment.percent)
    assert lines == {one.name: float(one.percent) for one in found.sites}
    assert "3 sites" in dara.get("/staff/partners").text


def test_while_some_sites_are_missing_the_partner_is_not_done(three: Invitation, portal: Portal, clock: Clock) -> None:
    submitted(portal, three, clock())
    [line] = partner_lines(portal, clock())
    [found] = summary_of(portal, clock().date()).partners

    assert ("started", 3) == (line.standing, line.sites)
    assert not line.can_invite
    assert "started" == found.standing
    assert found.assessment is not None
    assert [State.SUBMITTED, State.STARTED, State.STARTED] == sorted(
        (State(one.standing.value) for one in found.sites), key=lambda state: state is not State.SUBMITTED
    )
