"""The demonstration: every state is there, everything is invented, and its doors open."""

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from portal.config import Config
from portal.core.confirming import renewal
from portal.core.errors import NotAllowed
from portal.core.questionnaire import Kind, Questionnaire
from portal.core.records import Person, Response, Role, Session, State
from portal.core.remarks import contradictions
from portal.core.worth import Verdict
from portal.evidence.store import EvidenceStore
from portal.usecases import answering, demonstration, people, safekeeping
from portal.usecases.demonstration.answers import MAKERS, Answerer
from portal.usecases.demonstration.companies import Company, cast, companies, languages, word
from portal.usecases.demonstration.files import page_of, picture_of
from portal.usecases.partner_lines import LinkState, PartnerLine, partner_lines
from portal.usecases.partners import partner_rows
from portal.usecases.people import WrongPassword, sign_in
from portal.usecases.portal import Portal, open_portal
from portal.usecases.sessions import find_session

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ADDRESS = "192.0.2.7"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Portal, demonstration.Doors]:
    """A store with the demonstration, for reading only, and how to get in."""
    folder = tmp_path_factory.mktemp("demonstration") / "var"
    portal = open_portal(Config(data=folder, secret=b"a secret of more than thirty-two bytes", disk_floor=0))
    return portal, demonstration.load_demonstration(portal, NOW)


@pytest.fixture(scope="module")
def lines(loaded) -> Mapping[str, PartnerLine]:
    """The partners as staff see them, by id."""
    return {line.partner.id: line for line in partner_lines(loaded[0], NOW)}


@pytest.fixture
def copy(loaded, tmp_path: Path) -> Portal:
    """A store with the demonstration that a test may change."""
    shutil.copytree(loaded[0].config.data, tmp_path / "var")
    return open_portal(replace(loaded[0].config, data=tmp_path / "var"))


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[-1]


def state_of(portal: Portal, link: str) -> State:
    """Where the response behind a live link stands."""
    return answering.look_at_invitation(portal, token_of(link), ADDRESS, NOW).state


def test_there_are_many_partners_of_both_types_in_many_countries(loaded):
    rows = partner_rows(loaded[0])

    assert {"foreign_manufacturer": 17, "highway_carrier": 10} == Counter(row.business_type for row in rows)
    assert 10 <= len({row.country for row in rows})


def test_every_state_is_there(lines):
    expected = {"not-invited": 2, "invited": 4, "started": 6, "submitted": 15}

    assert expected == Counter(line.standing.value for line in lines.values())
    assert {*LinkState, None} == {line.link for line in lines.values()}
    assert any("overdue" in line.attention and line.link is LinkState.LIVE for line in lines.values())
    assert any(line.current.opened and not line.current.answered for line in lines.values() if line.current)


def test_partners_in_progress_have_come_differently_far(lines):
    progress = sorted(line.progress for line in lines.values() if line.standing.value == "started")

    assert progress[0] == 0
    assert progress[-1] > 0.5
    assert len(progress) == len(set(progress))


def test_some_are_good_some_middling_some_poor(lines):
    scores = [line.score for line in lines.values() if line.score and not line.score.certified_until]

    assert {"strong", "adequate", "weak", "unacceptable"} == {score.rating for score in scores}
    assert max(Counter(score.rating for score in scores).values()) < len(scores) / 2
    assert any(score.criticals_unmet > 1 for score in scores)
    assert all(score.percent is not None for score in scores)


def test_one_partner_is_certified_and_the_certificate_of_another_has_ended(lines):
    certified = {line.partner.id: line for line in lines.values() if line.score and line.score.certified_until}

    assert {"prairie-lantern": "certified", "sakura-gear": "certificate-expired"} == {
        id: line.rating for id, line in certified.items()
    }
    assert all(line.percent is None and line.current.asked < 30 for line in certified.values())


def test_somebody_kept_answers_that_contradict_each_other(loaded):
    portal, _ = loaded
    kept = {
        response.partner: [remark.rule for remark in contradictions(portal.edition(response.edition), response)]
        for response in (portal.store.get(Response, id) for id in portal.store.ids(Response))
        if response.state is State.SUBMITTED
    }

    assert "cyber-no-rules-to-review" in kept["cardon"]
    assert len(kept["cardon"]) < 5


def test_everything_looks_as_if_it_had_happened_over_weeks(loaded):
    portal, _ = loaded
    responses = [portal.store.get(Response, id) for id in portal.store.ids(Response)]

    assert 10 <= len({response.invited.date() for response in responses})
    for response in responses:
        steps = [response.invited, response.started, response.last_saved, response.submitted]
        taken = [step for step in steps if step]

        assert [*sorted(taken), NOW] == [*taken, max(*taken, NOW)]


def test_all_are_plainly_invented(loaded):
    rows = partner_rows(loaded[0])

    assert all(row.name.endswith("(demo)") for row in rows)
    assert all(row.contact_email.endswith(".example.com") for row in rows)
    assert all(one.id.endswith("@example.com") for one in people.people(loaded[0]))


def test_names_are_in_several_scripts(loaded):
    names = "".join(row.name for row in partner_rows(loaded[0]))

    assert all(sign in names for sign in "金달ôóıł")


def test_evidence_is_there_whole_and_small(loaded):
    portal, _ = loaded
    evidence = [item for id in portal.store.ids(Response) for item in portal.store.get(Response, id).evidence]

    assert [] == safekeeping.verify(portal)
    assert {"application/pdf", "image/png"} == {item.media_type for item in evidence}
    assert 30 <= len(evidence)
    assert all(item.size < 30_000 for item in evidence)


def test_what_falls_short_is_explained_and_has_actions(loaded):
    portal, _ = loaded
    said, actions = Counter[str](), 0
    for id in portal.store.ids(Response):
        response = portal.store.get(Response, id)
        said.update(answer.comment for answer in response.answers.values() if answer.comment)
        actions += sum(1 for answer in response.answers.values() if answer.action and answer.action.who)

    assert 150 <= len(said)
    assert 100 <= actions


def test_one_partner_is_in_its_second_year(loaded, lines):
    """Half of it confirmed, some of it asked anew; last year's score still stands in the lists."""
    portal, _ = loaded
    [line] = [line for line in lines.values() if line.current and line.scored and line.current.id != line.scored.id]
    response = portal.store.get(Response, line.current.id)
    todo = renewal(portal.edition(response.edition), response, NOW.date())

    assert line.scored.id == response.previous
    assert 100 <= line.percent
    assert todo.to_confirm > 20
    assert todo.confirmed > 20
    assert todo.anew > 2


def test_one_partner_has_reported_on_its_actions(loaded, lines):
    portal, _ = loaded
    response = portal.store.get(Response, lines["nogal-azul"].scored.id)
    states = {one.state.value for reports in response.reports.values() for one in reports}

    assert {"done", "under-way", "planned"} == states
    assert 1 == sum(bool(item.report) for item in response.evidence)


def test_a_store_with_anything_in_it_is_refused(loaded):
    with pytest.raises(NotAllowed):
        demonstration.load_demonstration(loaded[0], NOW)


def test_everybody_can_sign_in(copy, loaded):
    for one in loaded[1].people:
        session = find_session(copy, sign_in(copy, one.email, one.password, ADDRESS, NOW), NOW)

        assert session is not None
        assert one.email == session.person
    assert set(Role) == {one.role for one in loaded[1].people}


def test_no_password_is_ever_the_same(copy, loaded):
    renewed = demonstration.renew_demonstration(copy, NOW)
    passwords = [one.password for one in (*loaded[1].people, *renewed.people)]

    assert 6 == len(set(passwords))


def test_two_links_are_live_one_not_started_and_one_in_progress(loaded):
    portal, doors = loaded

    assert [State.INVITED, State.STARTED] == [state_of(portal, link) for link in doors.links]


def test_renewed_doors_open_and_the_old_ones_are_shut(copy, loaded):
    renewed = demonstration.renew_demonstration(copy, NOW)
    admin, before = renewed.people[0], loaded[1].people[0]

    assert [State.INVITED, State.STARTED] == [state_of(copy, link) for link in renewed.links]
    assert sign_in(copy, admin.email, admin.password, ADDRESS, NOW)
    with pytest.raises(WrongPassword):
        sign_in(copy, before.email, before.password, ADDRESS, NOW)


def test_doors_open_again_however_often_links_were_started(copy):
    """Each start takes another partner that has not started, and when there is none left, invites one."""
    for _ in range(5):
        doors = demonstration.renew_demonstration(copy, NOW)

        assert [State.INVITED, State.STARTED] == [state_of(copy, link) for link in doors.links]
        answering.enter(copy, token_of(doors.links[0]), "Ana", None, ADDRESS, NOW)


def test_the_doors_of_another_store_are_not_touched(portal, meridian, clock):
    people.add_person(portal, "admin@example.com", Role.ADMIN, "six brown foxes hum at noon", by="test", now=clock())
    before = portal.store.get(Person, "admin@example.com")

    assert not demonstration.is_demonstration(portal)
    with pytest.raises(NotAllowed):
        demonstration.renew_demonstration(portal, NOW)
    assert before == portal.store.get(Person, "admin@example.com")


def test_nobody_is_signed_in_after_loading(loaded):
    assert [] == list(loaded[0].store.ids(Session))


def test_every_company_always_answers_the_same(loaded):
    for company in companies():
        questionnaire = loaded[0].library.for_business_type(company.type)

        assert said(company, questionnaire) == said(company, questionnaire)


def said(company: Company, questionnaire: Questionnaire) -> list[object]:
    """Everything that a company answers."""
    answerer = Answerer(company, date(2026, 10, 1))
    return [
        (question.id, given)
        for section in questionnaire.sections
        for question, given, _ in answerer.section(section, {"business_type": company.type, "country": company.country})
    ]


def test_every_kind_of_question_can_be_answered():
    assert set(Kind) - {Kind.STATEMENT} == MAKERS.keys()


def test_the_bank_has_a_sentence_for_every_shortfall_of_every_scored_question(loaded):
    asked = {loaded[0].library.for_business_type(company.type).id for company in companies()}
    forms = [loaded[0].library.questionnaires[id] for id in asked]
    questions = [question for form in forms for question in form.questions if question.weight is not None]
    silent = [q.id for q in questions if not (word(q.id, "missing") and word(q.id, "action") and word(q.id, "who"))]

    assert [] == silent


def test_every_language_says_everything():
    assert {company.language for company in companies() if company.language} <= languages().keys()
    assert all({"met", "partly", "missing", "action"} <= said.keys() for said in languages().values())


def test_the_longest_beginning_of_an_id_decides_the_sentence():
    assert word("seals-vvtt-steps", "missing") == word("seals-vvtt", "missing")
    assert word("seals-unheard-of", "missing") == word("seals", "missing")
    assert "" == word("unheard-of", "missing")


def test_a_page_is_a_pdf_and_takes_any_script(tmp_path):
    page = page_of("Rules (with brackets) and \\ strokes", "金针 Golden Needle", "2026-10-01")

    assert "application/pdf" == EvidenceStore(tmp_path, 0).keep(BytesIO(page)).media_type


def test_a_picture_is_a_png_and_two_differ(tmp_path):
    assert "image/png" == EvidenceStore(tmp_path, 0).keep(BytesIO(picture_of("one"))).media_type
    assert picture_of("one") != picture_of("two")


def test_a_critical_question_fails_only_where_it_is_meant_to(loaded):
    portal, _ = loaded
    meant = {company.id: set(company.fails) for company in companies()}
    for id in portal.store.ids(Response):
        response = portal.store.get(Response, id)
        for question in portal.edition(response.edition).questions:
            answer = response.answers.get(question.id)
            option = question.option(str(answer.value)) if answer and question.critical else None
            if option and option.verdict is not Verdict.MET:
                assert question.id in meant[response.partner]


def test_there_can_be_as_many_as_somebody_wants_to_try_with():
    usual, many = companies(), cast(500)

    assert (usual, 500, 500) == (many[: len(usual)], len({one.id for one in many}), len({one.name for one in many}))
    assert all("(demo)" in one.name and one.email.endswith(".example.com") for one in many)
    assert Counter(one.state for one in usual).keys() == Counter(one.state for one in many[-len(usual) :]).keys()
    assert usual == cast(1)
