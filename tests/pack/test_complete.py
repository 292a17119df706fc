"""A pack of twenty partners is compared with the store, item by item; it reads and links from a disk."""

import json
from collections.abc import Iterator
from hashlib import sha256

import pytest
from msgspec.structs import replace
from web.checking import head_and_headings, ids_and_references, labels, nothing_inline

from portal.core.asking import asked_in
from portal.core.questionnaire import Kind
from portal.core.records import Partner, Response
from portal.core.rownames import as_asked
from portal.core.telling import value_text
from portal.sheets.read import read_table
from portal.usecases.exporting import ANSWER_COLUMNS, exported
from portal.usecases.mailing import mails_about
from portal.usecases.partner_lines import response_rows
from portal.usecases.portal import Portal, score_of

from .cast import MARKUP, PLANTED
from .reading import Opened, links, place, plain, target, text, under


def responses(portal: Portal, partners: tuple[str, ...]) -> Iterator[Response]:
    for row in response_rows(portal):
        if row.partner in partners:
            response = portal.store.get(Response, row.id)
            told = as_asked(portal.edition(response.edition).sections, response.answers)
            yield replace(response, answers=dict(told))


def lacking(place, texts: list[str]) -> list[str]:
    said = text(place)
    return [one for one in texts if plain(one) not in said]


def test_every_answer_with_its_comment_and_action_is_on_the_partners_page(filled: Portal, twenty, pack: Opened):
    compared = 0
    for response in responses(filled, twenty):
        tree, questionnaire = pack.tree(f"partner-{response.partner}/index.html"), filled.edition(response.edition)
        for id, answer in response.answers.items():
            question, action = questionnaire.question(id), answer.action
            said = [question.ask, answer.other, answer.comment, answer.by]
            said += value_text(question, answer.value).split("\n")
            said += [action.what, action.who, f"{action.due or ''}"] if action else []
            assert [] == lacking(place(tree, f"r-{response.id}-q-{id}"), said), (response.id, id)
            compared += 1
    assert compared > 1500


def test_every_question_that_is_asked_is_there_as_worded_also_unanswered(filled: Portal, twenty, pack: Opened):
    for response in responses(filled, twenty):
        tree = pack.tree(f"partner-{response.partner}/index.html")
        for question in asked_in(filled.edition(response.edition), response).questions.values():
            if question.kind is not Kind.STATEMENT:
                assert [] == lacking(place(tree, f"r-{response.id}-q-{question.id}"), [question.ask, question.label])


def test_every_report_on_an_action_is_there_with_its_proof(filled: Portal, twenty, pack: Opened):
    compared = 0
    for response in responses(filled, twenty):
        tree = pack.tree(f"partner-{response.partner}/index.html")
        for id, reports in response.reports.items():
            there = place(tree, f"r-{response.id}-a-{id}")
            for report in reports:
                files = response.files_for(id, report.id)
                said = [report.text, report.state.value, report.by, *(one.sha256 for one in files)]
                assert [] == lacking(there, said)
                compared += 1
    assert compared > 2


def test_every_file_is_there_with_its_bytes_its_hash_its_name_and_its_date(filled: Portal, twenty, pack: Opened):
    compared = 0
    for response in responses(filled, twenty):
        folder = f"partner-{response.partner}"
        tree = pack.tree(f"{folder}/index.html")
        for item in response.evidence:
            [path] = [name for name in pack.names if name.startswith(f"{folder}/evidence/{item.sha256}.")]
            mine = [one.id for one in response.findings for step in one.steps if item.id in step.evidence]
            where = f"f-{mine[0]}" if mine else f"{'a' if item.report else 'q'}-{item.question}"
            at = place(tree, f"r-{response.id}-{where}")
            with filled.evidence.open(item.sha256) as file:
                assert file.read() == pack.files[path]
            assert [] == lacking(at, [item.name, item.sha256, f"{item.added:%Y-%m-%d}", item.by])
            assert path.removeprefix(f"{folder}/") in links(at)
            compared += 1
    assert compared > 40


def test_messages_notes_scores_and_histories_are_those_of_the_store(filled: Portal, twenty, pack: Opened):
    told = {"messages": 0, "notes": 0, "earlier": 0}
    for response in responses(filled, twenty):
        tree, own = pack.tree(f"partner-{response.partner}/index.html"), f"r-{response.id}"
        messages = [one.text for thread in response.threads.values() for one in thread]
        notes = [one.note for one in response.alternatives.values()]
        notes += [answer.comment for answer in response.review_answers.values()]
        judged = score_of(filled.store.get(Response, response.id), filled.edition(response.edition))
        steps = filled.store.history(Response, response.id)

        assert [] == lacking(under(tree, f"{own}-messages"), messages)
        assert [] == lacking(under(tree, f"{own}-notes"), notes)
        if judged.certified is None and judged.percent is not None:
            assert f"{judged.percent} of 100" in text(under(tree, f"{own}-score"))
        assert len(steps) == len(list(under(tree, f"{own}-history").iter("tr"))) - 1
        if response.receipt:
            assert response.receipt in text(under(tree, f"{own}-receipt")).replace(" ", "")
        told["messages"] += len(messages)
        told["notes"] += len(notes)
        told["earlier"] += "None." not in text(under(tree, f"{own}-earlier"))
    assert all(told.values()), told


def test_findings_rounds_decisions_events_and_mails_are_those_of_the_store(filled: Portal, twenty, pack: Opened):
    compared = 0
    for response in responses(filled, twenty):
        tree, own = pack.tree(f"partner-{response.partner}/index.html"), f"r-{response.id}"
        for one in response.findings:
            if one.sent is None:
                assert plain(one.seen) not in text(place(tree, own))
                continue
            said = [
                one.seen,
                one.cause,
                one.required,
                one.criterion,
                one.severity.value.capitalize(),
                one.state.value,
                one.by,
            ]
            for step in one.steps:
                said += [step.move.value, step.text, step.who, step.by]
                said += [item.sha256 for item in response.evidence if item.id in step.evidence]
            assert [] == lacking(place(tree, f"{own}-f-{one.id}"), said)
            compared += 1
        for one in response.rounds:
            said = [one.message, one.by, *one.notes.values()]
            assert [] == lacking(place(tree, f"{own}-round-{one.number}"), said)
            compared += 1
        for one in response.decisions:
            assert [] == lacking(place(tree, f"{own}-d-{one.id}"), [one.letter, one.reason, one.by])
            compared += 1
        events = [part for one in response.happenings for part in (one.text, one.event, one.by)]
        mails = [one.to for one in mails_about(filled, response)]
        assert [] == lacking(under(tree, f"{own}-events"), events)
        assert [] == lacking(under(tree, f"{own}-mails"), mails)
        compared += len(events) + len(mails)
    assert compared > 5


def test_the_partners_themselves_are_there(filled: Portal, twenty, pack: Opened):
    for id in twenty:
        partner = filled.store.get(Partner, id)
        said = [partner.name, partner.contact_name, partner.contact_email, partner.city, partner.id]
        assert [] == lacking(pack.tree(f"partner-{id}/index.html"), said)


def test_the_index_has_every_question_under_its_criterion(filled: Portal, twenty, pack: Opened):
    index, compared = pack.tree("index.html"), 0
    rows = {
        (section.get("aria-labelledby"), links(row)[0]): (text(group[0]), text(row))
        for section in index.iter("section")
        if section.get("class") == "criterion"
        for group in section.iter("tbody")
        for row in list(group)[1:]
    }
    for response in responses(filled, twenty):
        questionnaire = filled.edition(response.edition)
        for id, answer in response.answers.items():
            question = questionnaire.question(id)
            page = f"partner-{response.partner}/index.html#r-{response.id}-q-{id}"
            asked, said = rows[f"criterion-{question.criterion or 'none'}", page]
            wanted = [*value_text(question, answer.value).split("\n"), answer.comment]
            wanted += [one.sha256 for one in response.files_for(id)]
            assert plain(question.ask) in asked
            assert [] == [one for one in wanted if plain(one) not in said]
            compared += 1
    assert compared > 1500


def test_criteria_stand_in_their_order(pack: Opened):
    ids = [one.get("id") for one in pack.tree("index.html").iter("h2") if (one.get("id") or "").startswith("criterion")]
    numbers = [tuple(map(int, id.removeprefix("criterion-").split("."))) for id in ids[:-1]]

    assert "criterion-none" == ids[-1]
    assert sorted(numbers) == numbers
    assert len(set(ids)) == len(ids) > 50


def test_the_blank_questionnaire_is_there_as_worded(filled: Portal, twenty, pack: Opened):
    for response in responses(filled, twenty):
        page = f"partner-{response.partner}/index.html"
        [blank] = {
            target(page, href)[0]
            for href in links(place(pack.tree(page), f"r-{response.id}"))
            if "questionnaires/" in href
        }
        said = text(pack.tree(blank))
        for question in asked_in(filled.edition(response.edition), response).questions.values():
            wanted = [] if question.kind is Kind.STATEMENT else [question.ask, *(one.label for one in question.options)]
            assert [] == [one for one in wanted if plain(one) not in said]


def test_the_tables_say_what_the_export_says(filled: Portal, twenty, pack: Opened):
    rows = [row for row in response_rows(filled) if row.partner in twenty]
    expected = {
        (answer.response, answer.question): (answer.answer, answer.comment)
        for one in exported(filled, [row.id for row in rows])
        for answer in one.answers
    }
    for name in ("answers.csv", "answers.xlsx"):
        table = read_table(pack.files[name], name)
        found = {(row.cells["response"], row.cells["question"]): row.cells for row in table.rows}
        assert ANSWER_COLUMNS == table.columns
        assert {key: (plain(a), plain(b)) for key, (a, b) in expected.items()} == {
            key: (plain(cells["answer"]), plain(cells["comment"])) for key, cells in found.items()
        }
    assert {row.id for row in rows} == {one["score"]["response"] for one in json.loads(pack.files["answers.json"])}


def test_every_file_has_its_hash_in_the_lists(pack: Opened):
    sums = dict(reversed(line.split("  ")) for line in pack.files["SHA256SUMS"].decode().splitlines())
    manifest = json.loads(pack.files["manifest.json"])
    found = {name: sha256(data).hexdigest() for name, data in pack.files.items()}

    assert {name: digest for name, digest in found.items() if name != "SHA256SUMS"} == sums
    assert {one["path"]: (one["sha256"], one["size"]) for one in manifest["files"]} == {
        name: (digest, len(pack.files[name]))
        for name, digest in found.items()
        if name not in ("SHA256SUMS", "manifest.json")
    }
    assert len(set(pack.names)) == len(pack.names)


def test_the_list_names_all_evidence_with_its_date(filled: Portal, twenty, pack: Opened):
    manifest = json.loads(pack.files["manifest.json"])
    kept = {
        (response.id, item.question, item.report, item.sha256, item.name, item.added.isoformat()[:19])
        for response in responses(filled, twenty)
        for item in response.evidence
    }

    assert kept == {
        (one["response"], one["question"], one["report"], one["sha256"], one["name"], one["added"][:19])
        for one in manifest["evidence"]
    }
    assert ("dara@example.com", [], sorted(twenty)) == (
        manifest["made_by"], manifest["lacking"], sorted(one["id"] for one in manifest["partners"]),
    )  # fmt: skip


def test_pages_are_whole_and_hold_nothing_but_words(pack: Opened):
    rules = (head_and_headings, ids_and_references, labels, nothing_inline)

    assert [] == [(name, wrong) for name, tree in pack.pages() for rule in rules for wrong in rule(tree)]
    assert [] == [name for name, tree in pack.pages() for tag in ("script", "img") if list(tree.iter(tag))]


def test_every_link_leads_somewhere_in_the_pack(pack: Opened):
    ids = {name: {one.get("id") for one in tree.iter()} for name, tree in pack.pages()}
    broken = []
    for name, tree in pack.pages():
        for href in links(tree):
            path, anchor = target(name, href)
            if not href.startswith("https://") and (path not in pack.files or (anchor and anchor not in ids[path])):
                broken.append((name, href))

    assert [] == broken


def test_what_was_typed_as_markup_is_text_everywhere(filled: Portal, twenty, pack: Opened):
    [response] = [one for one in responses(filled, twenty) if one.threads.get(PLANTED)]
    page = f"partner-{response.partner}/index.html"

    assert plain(MARKUP) in text(place(pack.tree(page), f"r-{response.id}-q-{PLANTED}"))
    assert [] == [name for name, data in pack.files.items() if name.endswith(".html") and b"<script" in data]


def test_the_address_of_a_file_is_ours_whatever_the_sender_called_it(pack: Opened):
    assert [] == [name for name in pack.names if name.startswith("/") or ".." in name or "script" in name]


@pytest.mark.parametrize("name", ["index.html", "style.css"])
def test_the_pack_asks_nothing_of_the_internet(name: str, pack: Opened):
    assert b"url(" not in pack.files[name]
    assert b"@import" not in pack.files[name]
