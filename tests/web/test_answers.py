"""One answer saved by a program: the public contract of PUT, and every way to break it."""

import json
from collections.abc import Callable

import pytest
from conftest import Browser, Clock
from msgspec.structs import replace
from usecases.filling import submitted
from werkzeug.test import TestResponse

from portal.core.records import Answer, Response, State
from portal.store.engine import FileStore
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .checking import check_answer

SURROGATE = '{"value": "\\ud800"}'
DEEP = '{"value": ' + "[" * 50_000 + "]" * 50_000 + "}"
RULES, COUNTRY, STAFF_COUNT, WORK = "cyber-rules", "company-country", "company-employees", "company-work"

# What is no answer at all: JSON that is not, or that says something else than an answer may say.
UNREADABLE = {
    "no body": "",
    "not JSON": "yes",
    "cut": '{"value": "yes"',
    "a list": "[]",
    "a text": '"yes"',
    "null": "null",
    "a number": '{"value": 1}',
    "NaN": '{"value": NaN}',
    "infinity": '{"value": "1", "version": Infinity}',
    "true": '{"value": true}',
    "an object": '{"value": {"a": "b"}}',
    "a list in a list": '{"value": [["a"]]}',
    "null in a list": '{"value": [null]}',
    "depth of 50,000": DEEP,
    "depth of objects": '{"value": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}",
    "half a surrogate pair": SURROGATE,
    "not UTF-8": b'{"value": "\xff\xfe"}',
    "UTF-16": '{"value": "yes"}'.encode("utf-16"),
    "version as text": '{"value": "yes", "version": "0"}',
    "version with a fraction": '{"value": "yes", "version": 0.5}',
    "version true": '{"value": "yes", "version": true}',
    "version of 5,000 digits": '{"value": "yes", "version": ' + "9" * 5000 + "}",
    "comment as list": '{"comment": ["a"]}',
    "comment null": '{"comment": null}',
    "other as object": '{"other": {}}',
    "action as text": '{"action": "soon"}',
    "action with more": '{"action": {"what": "x", "done": "yes"}}',
    "more than an answer": '{"value": "yes", "score": "5"}',
    "a role": '{"value": "yes", "role": "admin", "state": "submitted"}',
    "two values": '{"value": "yes", "value": "no"}',
    "two comments": '{"comment": "a", "\\u0063omment": "b"}',
    "two whats": '{"action": {"what": "a", "what": "b"}}',
    "two names in a row": '{"value": [{"a": "1", "a": "2"}]}',
    "text behind": '{"value": "yes"} {"value": "no"}',
    "a comment in it": '{"value": "yes" /* no */}',
    "single quotes": "{'value': 'yes'}",
}

# What is an answer, but not one to this question.
WRONG = {
    "an option that is not offered": (RULES, {"value": "perhaps"}, RULES),
    "an option of another question": (RULES, {"value": "weekly"}, RULES),
    "the label in place of the id": (RULES, {"value": "Yes"}, RULES),
    "an option that this question leaves out": (RULES, {"value": "not-applicable"}, RULES),
    "several where one is asked": (RULES, {"value": ["yes", "no"]}, RULES),
    "one in a list": (RULES, {"value": ["yes"]}, RULES),
    "none with another": ("cyber-protection", {"value": ["none", "firewall"]}, "cyber-protection"),
    "the same twice": ("cyber-protection", {"value": ["firewall", "firewall"]}, "cyber-protection"),
    "unknown among several": ("cyber-protection", {"value": ["firewall", "moat"]}, "cyber-protection"),
    "a list where text is asked": (WORK, {"value": ["sewing"]}, WORK),
    "rows where text is asked": (WORK, {"value": [{"what": "sewing"}]}, WORK),
    "a word where a number is asked": (STAFF_COUNT, {"value": "many"}, STAFF_COUNT),
    "NaN as text": (STAFF_COUNT, {"value": "NaN"}, STAFF_COUNT),
    "infinity as text": (STAFF_COUNT, {"value": "-Infinity"}, STAFF_COUNT),
    "an exponent": (STAFF_COUNT, {"value": "1e9"}, STAFF_COUNT),
    "a million digits": (STAFF_COUNT, {"value": "1" * 100_000}, STAFF_COUNT),
    "hexadecimal": (STAFF_COUNT, {"value": "0x10"}, STAFF_COUNT),
    "under the limit": (STAFF_COUNT, {"value": "0"}, STAFF_COUNT),
    "over the limit": (STAFF_COUNT, {"value": "1000001"}, STAFF_COUNT),
    "a fraction of a person": (STAFF_COUNT, {"value": "1.5"}, STAFF_COUNT),
    "a country that is none": (COUNTRY, {"value": "XX"}, COUNTRY),
    "a country by name": (COUNTRY, {"value": "Norway"}, COUNTRY),
    "no e-mail address": ("company-person-email", {"value": "ana"}, "company-person-email"),
    "two e-mail addresses": ("company-person-email", {"value": "a@example.com, b@example.com"}, "company-person-email"),
    "a header in an address": (
        "company-person-email",
        {"value": "a@example.com\nBcc: x@x.org"},
        "company-person-email",
    ),
    "a day that is none": ("seals-rules-review", {"value": "2026-02-30"}, "seals-rules-review"),
    "a day to come": ("seals-rules-review", {"value": "2026-03-03"}, "seals-rules-review"),
    "a day in words": ("seals-rules-review", {"value": "yesterday"}, "seals-rules-review"),
    "one character too many": (WORK, {"value": "x" * 2001}, WORK),
    "a comment too long": (RULES, {"comment": "x" * 4001}, f"{RULES}-comment"),
    "a control character": (WORK, {"value": "a\x00b"}, WORK),
    "an escape": (RULES, {"comment": "\x1b[31m"}, f"{RULES}-comment"),
    "a carriage": (WORK, {"value": "a\x0bb"}, WORK),
    "an action too long": (RULES, {"action": {"what": "x" * 4001}}, f"{RULES}-action"),
    "an action without a day": (RULES, {"action": {"what": "x", "due": "soon"}}, f"{RULES}-action-due"),
    "rows as text": ("closing-incident-list", {"value": "theft"}, "closing-incident-list"),
    "rows as texts": ("closing-incident-list", {"value": ["theft"]}, "closing-incident-list"),
    "a column that is none": ("closing-incident-list", {"value": [{"harm": "x"}]}, "closing-incident-list"),
    "too many rows": ("closing-incident-list", {"value": [{"what": "x"}] * 21}, "closing-incident-list"),
    "a wrong day in a row": ("closing-incident-list", {"value": [{"date": "x"}]}, "closing-incident-list"),
    "another agreement": ("closing-declaration", {"value": "on"}, "closing-declaration"),
    "a question that is none": ("no-such-question", {"value": "yes"}, "no-such-question"),
    "a question of another questionnaire": ("company-fleet", {"value": "3"}, "company-fleet"),
    "markup for a question": ("%3Cscript%3E", {"value": "3"}, "<script>"),
}


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}/answers"


@pytest.fixture
def put(ana: Browser, base: str, section_page: str) -> Callable[..., TestResponse]:
    """Saves as the script on Ana's page does."""
    return lambda question, body: ana.put(f"{base}/{question}", body, page=section_page)


@pytest.fixture
def put_raw(ana: Browser, base: str, section_page: str) -> Callable[..., TestResponse]:
    """Sends these bytes as an answer."""

    def send(body: str | bytes, question: str = RULES) -> TestResponse:
        headers = {"X-CSRF-Token": ana.token(section_page), "Content-Type": "application/json"}
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        return check_answer(ana.client.put(f"{base}/{question}", data=data, headers=headers))

    return send


class TestSaving:
    def test_an_answer_is_acknowledged_once_it_is_on_disk(
        self, put: Callable, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        """Contract: 200 with version and time; another process reads it from the disk."""
        page = put(RULES, {"value": "no", "comment": "Not yet", "version": 0})
        elsewhere = FileStore(portal.config.store, lambda record: None).get(Response, invitation.response)
        answer = elsewhere.answers[RULES]

        assert (200, 1) == (page.status_code, page.json["version"])
        assert clock().isoformat() == page.json["saved"]
        assert ("no", "Not yet", "Ana", 1) == (answer.value, answer.comment, answer.by, answer.version)

    def test_the_same_save_again_is_harmless(self, put: Callable, stored: Callable) -> None:
        """Section 4: a save that is repeated because the line broke gets the same version and writes nothing."""
        first = put(RULES, {"value": "no", "comment": "Not yet", "version": 0})
        before = stored()
        again = put(RULES, {"value": "no", "comment": "Not yet", "version": 0})

        assert (200, 1, first.json["saved"]) == (again.status_code, again.json["version"], again.json["saved"])
        assert before == stored()

    def test_what_is_left_out_stays(self, put: Callable, meridian_response: Callable) -> None:
        put(
            RULES, {"value": "no", "comment": "Not yet", "action": {"what": "Write them", "who": "Bruno"}, "version": 0}
        )
        put(RULES, {"value": "partly", "version": 1})
        answer = meridian_response().answers[RULES]

        assert ("partly", "Not yet", "Write them", 2) == (
            answer.value, answer.comment, answer.action.what, answer.version,
        )  # fmt: skip

    def test_an_answer_can_be_taken_back(self, put: Callable, meridian_response: Callable) -> None:
        put(RULES, {"value": "yes", "version": 0})
        for nothing in (None, ""):
            page = put(RULES, {"value": nothing, "version": 1})

            assert 200 == page.status_code
        assert None is meridian_response().answers[RULES].value

    def test_every_kind_of_answer_is_kept_as_it_was_meant(self, put: Callable, meridian_response: Callable) -> None:
        given = {
            "cyber-protection": (["updates", "antivirus"], ("antivirus", "updates")),
            STAFF_COUNT: ("007", "7"),
            COUNTRY: ("NO", "NO"),
            WORK: ("  Sewing\r\nand packing – 縫う  ", "Sewing\nand packing – 縫う"),
            "seals-rules-review": ("2026-03-02", "2026-03-02"),
            "closing-incident-list": (
                [{"what": "Theft", "date": "2026-01-10", "outcome": ""}, {"what": " "}],
                ({"what": "Theft", "date": "2026-01-10"},),
            ),
            "closing-declaration": ("agreed", "agreed"),
            "closing-signature": ("Ana Trần", "Ana Trần"),
        }
        statuses = [put(question, {"value": value}).status_code for question, (value, _) in given.items()]
        answers = meridian_response().answers

        assert [200] * len(given) == statuses
        assert {question: kept for question, (_, kept) in given.items()} == {
            id: one.value for id, one in answers.items()
        }

    def test_the_reply_tells_what_is_asked_now(self, put: Callable) -> None:
        page = put(RULES, {"value": "no", "version": 0})
        more = put("cyber-remote", {"value": "yes", "version": 0})

        assert {"comment": "required", "evidence": "allowed", "action": "required"} == page.json["asks"]
        assert "cyber-remote-secure" not in page.json["shown"]
        assert "cyber-remote-secure" in more.json["shown"]
        assert 2 == more.json["answered"]

    def test_the_reply_tells_no_score(self, put: Callable) -> None:
        """A24: how an answer is judged stays with the importer."""
        page = put(RULES, {"value": "no", "version": 0})

        assert not {"score", "credit", "weight", "verdict", "rating"} & set(
            json.dumps(page.json).replace('"', " ").split()
        )

    def test_a_hidden_answer_may_still_be_saved(self, put: Callable, meridian_response: Callable) -> None:
        """A page that is a little old loses nothing: the text is kept, and not counted."""
        page = put("cyber-remote-secure", {"value": "yes", "version": 0})

        assert 200 == page.status_code
        assert "yes" == meridian_response().answers["cyber-remote-secure"].value


class TestTwoPeople:
    def test_the_second_to_save_is_told_what_the_first_said(
        self, put: Callable, bruno: Browser, base: str, section_page: str, kept: Callable
    ) -> None:
        """R06, contract: 409 with the stored answer, which stays."""
        bruno.put(f"{base}/{RULES}", {"value": "no", "comment": "Bruno knows", "version": 0}, page=section_page)
        before = kept()
        page = put(RULES, {"value": "yes", "comment": "Ana thinks", "version": 0})

        assert 409 == page.status_code
        assert ("no", "Bruno knows", "Bruno", 1) == tuple(
            page.json["stored"][name] for name in ("value", "comment", "by", "version")
        )
        assert page.json["errors"]
        assert before == kept()

    def test_having_seen_it_the_second_may_save(
        self, put: Callable, bruno: Browser, base: str, section_page: str
    ) -> None:
        bruno.put(f"{base}/{RULES}", {"value": "no", "version": 0}, page=section_page)
        version = put(RULES, {"value": "yes", "version": 0}).json["stored"]["version"]

        assert (200, 2) == (
            (page := put(RULES, {"value": "yes", "version": version})).status_code,
            page.json["version"],
        )

    def test_both_saying_the_same_is_no_conflict(
        self, put: Callable, bruno: Browser, base: str, section_page: str
    ) -> None:
        bruno.put(f"{base}/{RULES}", {"value": "yes", "version": 0}, page=section_page)
        page = put(RULES, {"value": "yes", "version": 0})

        assert (200, 1) == (page.status_code, page.json["version"])

    def test_different_questions_never_collide(
        self, put: Callable, bruno: Browser, base: str, section_page: str, meridian_response: Callable
    ) -> None:
        bruno.put(f"{base}/cyber-sharing", {"value": "no", "version": 0}, page=section_page)
        page = put(RULES, {"value": "yes", "version": 0})

        assert 200 == page.status_code
        assert {"cyber-sharing": "Bruno", RULES: "Ana"} == {
            id: one.by for id, one in meridian_response().answers.items()
        }

    @pytest.mark.parametrize("version", [-1, 1, 99, 10**15, 10**400])
    def test_a_version_that_never_was_is_stale(self, version: int, put: Callable, kept: Callable) -> None:
        put(RULES, {"value": "no", "version": 0})
        put(RULES, {"value": "partly", "version": 1})
        before = kept()

        assert 409 == put(RULES, {"value": "yes", "version": version}).status_code
        assert before == kept()


class TestRefusals:
    @pytest.mark.parametrize("why", UNREADABLE)
    def test_what_is_no_answer_is_refused(self, why: str, put: Callable, put_raw: Callable, kept: Callable) -> None:
        """A31, A32, M17: 422 with errors, never 500, nothing stored."""
        put(RULES, {"value": "no", "version": 0})
        before = kept()
        page = put_raw(UNREADABLE[why])

        assert 422 == page.status_code, page.text
        assert page.json["errors"][0]
        assert before == kept()

    @pytest.mark.parametrize("why", WRONG)
    def test_what_does_not_fit_the_question_is_refused(self, why: str, put: Callable, kept: Callable) -> None:
        """A26: 422 with the field and a sentence, nothing stored."""
        question, body, field = WRONG[why]
        before = kept()
        page = put(question, {**body, "version": 0})

        assert 422 == page.status_code, page.text
        assert [field] == [error["field"] for error in page.json["errors"]]
        assert len(page.json["errors"][0]["message"]) > 10
        assert before == kept()

    def test_one_wrong_part_keeps_the_others_out_too(self, put: Callable, meridian_response: Callable) -> None:
        """A28: an answer is kept whole or not at all."""
        put(RULES, {"value": "yes", "comment": "x" * 4001})

        assert {} == meridian_response().answers

    def test_an_answer_of_more_than_256_kb_is_not_read(self, put_raw: Callable, kept: Callable) -> None:
        """T12: the limit of one answer sent by a program."""
        before = kept()
        page = put_raw(json.dumps({"comment": "x" * (256 * 1024)}))

        assert 422 == page.status_code
        assert "256 KB" in page.json["errors"][0]
        assert before == kept()

    @pytest.mark.parametrize("token", ["", "wrong"])
    def test_without_a_valid_token_nothing_is_read(
        self, token: str, ana: Browser, base: str, stored: Callable, section_page: str
    ) -> None:
        """Contract: 403 without a valid token, whatever the body is."""
        before = stored()
        for body in ('{"value": "yes"}', DEEP, ""):
            page = check_answer(ana.client.put(f"{base}/{RULES}", data=body, headers={"X-CSRF-Token": token}))

            assert (403, "application/json") == (page.status_code, page.mimetype)
            assert page.json["errors"]
        assert before == stored()

    def test_without_a_session_nobody_saves(self, browser: Callable, base: str, kept: Callable) -> None:
        one = browser()
        before = kept()
        page = one.put(f"{base}/{RULES}", {"value": "yes"}, page="/sign-in")

        assert 403 == page.status_code
        assert before == kept()

    def test_after_submission_nothing_changes(
        self, portal: Portal, ana: Browser, base: str, invitation: Invitation, clock: Clock, kept: Callable
    ) -> None:
        """A27: a step that the state does not allow is 409."""
        submitted(portal, invitation, clock())
        before = kept()
        page = ana.put(f"{base}/{RULES}", {"value": "no"}, page=base.replace("answers", "copy"))

        assert 409 == page.status_code
        assert "submitted" in page.json["errors"][0]
        assert "stored" not in page.json
        assert before == kept()

    def test_before_start_no_answer_is_taken(
        self, portal: Portal, put: Callable, invitation: Invitation, clock: Clock, kept: Callable
    ) -> None:
        """A27: also when a session is there and the response was never started."""
        with portal.store.transaction((Response, invitation.response), by="test", at=clock()) as records:
            records.put(replace(records.get(Response, invitation.response), state=State.INVITED), "set back")
        before = kept()

        assert 409 == put(RULES, {"value": "yes"}).status_code
        assert before == kept()

    def test_the_error_is_json_and_shows_nothing_that_runs(self, put: Callable) -> None:
        """T08: an error text is an output channel."""
        page = put("%3Cimg%20src=x%20onerror=alert(1)%3E", {"value": "x"})

        assert ("application/json", "nosniff") == (page.mimetype, page.headers["X-Content-Type-Options"])

    def test_the_stored_answer_shows_nothing_of_the_reviewer(
        self, put: Callable, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        """A24: the stored answer has the fields of an answer and the page's mark, no more."""
        put(RULES, {"value": "no", "version": 0})
        page = put(RULES, {"value": "yes", "version": 0})

        assert {*Answer.__struct_fields__, "mark"} >= set(page.json["stored"])
