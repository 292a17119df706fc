"""Files of strangers: taken by the form, shown by name, handed out as downloads that cannot run."""

import re
from collections.abc import Callable
from email.message import Message
from io import BytesIO
from urllib.parse import unquote

import pytest
from conftest import Browser, Clock
from evidence.samples import docx, jpeg, pdf, png
from usecases.filling import entered, submitted
from werkzeug.test import TestResponse

from portal.core.records import Response
from portal.evidence.limits import FILE_BYTES
from portal.usecases import answering, inviting
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .checking import FILE_POLICY, check_answer, policy_of
from .filling import element, send, send_file, text_at, words
from .places import contents

RULES = "cyber-rules"

LIES = {
    "a page called PDF": ("rules.pdf", b"<!doctype html><script>alert(1)</script>"),
    "a drawing that runs": ("gate.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "a program": ("rules.pdf.exe", b"MZ\x90\x00" + b"\0" * 200),
    "a script": ("rules.js", b"alert(1)"),
    "an archive": ("rules.zip", b"PK\x05\x06" + b"\0" * 18),
    "nothing": ("rules.pdf", b""),
    "a text": ("rules.txt", b"just text"),
    "a picture of another sort": ("gate.gif", b"GIF89a" + b"\0" * 40),
    "the test virus": ("eicar.pdf", rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"),
}

NAMES = {
    "报告.pdf": "报告.pdf",
    'a "quoted" one.pdf': 'a "quoted" one.pdf',
    "C:\\Users\\ana\\gate.pdf": "gate.pdf",
    "nul\x00.pdf": "nul.pdf",
    "half \ud83d.pdf": "half .pdf",
    "": "file.pdf",
    "it's; filename=evil.html; x.pdf": "it's; filename=evil.html; x.pdf",
    "line\r\nSet-Cookie: a=b.pdf": "lineSet-Cookie: a=b.pdf",
    "fdp.\u202eexe.pdf": "fdp.exe.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "x" * 300 + ".pdf": "x" * 146 + ".pdf",
    "a\x1bb.pdf": "ab.pdf",
    "😀 ünïcödé.pdf": "😀 ünïcödé.pdf",
    "rules.html": "rules.html.pdf",
    "rules.PDF": "rules.PDF",
    "rules": "rules.pdf",
    ".pdf": ".pdf",
    "%2e%2e%2fx.pdf": "%2e%2e%2fx.pdf",
}


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


def with_files(who: Browser, page: TestResponse, *files: tuple[str, bytes], **changes: str) -> TestResponse:
    """Press Save with files chosen for the first question."""
    return send(who, page, changes, [(f"{RULES}-evidence", name, data) for name, data in files])


def name_in(header: str) -> str:
    """The file name that a browser reads from a Content-Disposition."""
    message = Message()
    message["Content-Disposition"] = header
    encoded = re.search(r"filename\*=UTF-8''([^;]+)", header)
    return unquote(encoded[1]) if encoded else str(message.get_filename())


class TestAdding:
    def test_files_come_with_the_form(
        self, ana: Browser, section_page: str, meridian_response: Callable, base: str
    ) -> None:
        """Several at once, no JavaScript, the answers of the page saved with them."""
        files = (("rules.pdf", pdf()), ("gate.jpg", jpeg()), ("plan.png", png()), ("list.docx", docx()))
        saved = with_files(ana, ana.get(section_page), *files, **{RULES: "yes"})
        evidence = meridian_response().evidence
        page = ana.get(section_page)

        assert 303 == saved.status_code
        assert "yes" == meridian_response().answers[RULES].value
        assert [name for name, _ in files] == [item.name for item in evidence]
        assert {("Ana", RULES)} == {(item.by, item.question) for item in evidence}
        for item, (name, data) in zip(evidence, files, strict=True):
            assert name in words(page, f"question-{RULES}")
            assert data == ana.get(f"{base}/evidence/{item.id}").data

    def test_the_same_file_twice_is_one(self, ana: Browser, section_page: str, meridian_response: Callable) -> None:
        for _ in range(2):
            with_files(ana, ana.get(section_page), ("rules.pdf", pdf()), ("again.pdf", pdf()))

        assert ["rules.pdf"] == [item.name for item in meridian_response().evidence]

    def test_one_that_is_refused_leaves_the_others_and_the_answers_kept(
        self, ana: Browser, section_page: str, meridian_response: Callable
    ) -> None:
        page = with_files(
            ana,
            ana.get(section_page),
            ("rules.pdf", pdf()),
            ("evil.pdf", b"<script>"),
            **{RULES: "no", f"{RULES}-comment": "See the file"},
        )

        assert 422 == page.status_code
        assert f'href="#{RULES}-evidence"' in page.text
        assert "See the file" == text_at(page, f"{RULES}-comment")
        assert ["rules.pdf"] == [item.name for item in meridian_response().evidence]
        assert "no" == meridian_response().answers[RULES].value

    @pytest.mark.parametrize("lie", LIES)
    def test_a_lie_is_refused_and_leaves_nothing_on_the_disk(
        self, lie: str, ana: Browser, base: str, section_page: str, portal: Portal, kept: Callable
    ) -> None:
        """T09: by both ways in; what is refused is not kept anywhere."""
        before = kept()
        by_form = with_files(ana, ana.get(section_page), LIES[lie])
        name, data = LIES[lie]
        by_script = send_file(ana, f"{base}/answers/{RULES}", name, data)

        assert (422, 422) == (by_form.status_code, by_script.status_code)
        assert by_script.json["errors"][0]
        assert before == kept()
        assert {} == contents(portal.config.evidence)

    def test_a_file_for_a_question_that_is_none_is_not_taken(self, ana: Browser, base: str, portal: Portal) -> None:
        assert 404 == send_file(ana, f"{base}/answers/no-such-question", "x.pdf", pdf()).status_code
        assert {} == contents(portal.config.evidence)

    def test_a_file_of_25_mb_and_a_byte_is_refused_and_the_answers_are_kept(
        self, ana: Browser, section_page: str, meridian_response: Callable, portal: Portal
    ) -> None:
        """R13, A42: a page of ours that says the limit; the text on it is saved."""
        large = pdf() + b"\n" * (FILE_BYTES + 1 - len(pdf()))
        page = with_files(ana, ana.get(section_page), ("large.pdf", large), **{RULES: "partly"})

        assert 422 == page.status_code
        assert "larger than 25 MB" in words(page, "errors")
        assert "partly" == meridian_response().answers[RULES].value
        assert {} == contents(portal.config.evidence)

    def test_a_request_that_is_too_large_gets_a_page_of_ours(
        self, ana: Browser, section_page: str, kept: Callable
    ) -> None:
        """R13: 413 from the announced length, before the body is read."""
        before = kept()
        page = ana.get(section_page)
        large = with_files(ana, page, ("large.pdf", b"\n" * (27 * 1024 * 1024)))
        announced = check_answer(
            ana.client.post(
                section_page,
                content_type="multipart/form-data; boundary=x",
                environ_overrides={"CONTENT_LENGTH": str(10**10)},
                headers={"X-CSRF-Token": ana.token(section_page)},
            )
        )

        assert (413, 413) == (large.status_code, announced.status_code)
        assert "That is too large" in large.text
        assert "25 MB" in large.text
        assert before == kept()

    def test_as_many_as_fit_and_no_more(
        self, ana: Browser, section_page: str, meridian_response: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A42: 200 files a response; here two, to be quick."""
        monkeypatch.setattr(answering, "RESPONSE_FILES", 2)
        files = [(f"{size}.png", png(size, 2)) for size in (2, 3, 4)]
        page = with_files(ana, ana.get(section_page), *files)

        assert 422 == page.status_code
        assert "At most 2 files fit." in words(page, "errors")
        assert 2 == len(meridian_response().evidence)

    def test_all_together_have_a_limit_too(
        self, ana: Browser, section_page: str, meridian_response: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A42: 1 GB a response; here a little."""
        monkeypatch.setattr(answering, "RESPONSE_BYTES", len(png(2, 2)) + 1)
        page = with_files(ana, ana.get(section_page), ("a.png", png(2, 2)), ("b.png", png(3, 2)))

        assert 422 == page.status_code
        assert "together are too large" in words(page, "errors")
        assert ["a.png"] == [item.name for item in meridian_response().evidence]

    def test_on_a_nearly_full_disk_files_wait_and_answers_go_on(
        self, ana: Browser, section_page: str, meridian_response: Callable, portal: Portal,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """A42: uploads leave a reserve to the text."""
        monkeypatch.setattr(portal.evidence, "_disk_floor", 10**18)
        page = with_files(ana, ana.get(section_page), ("rules.pdf", pdf()), **{RULES: "yes"})

        assert 422 == page.status_code
        assert "no room for files" in words(page, "errors")
        assert "yes" == meridian_response().answers[RULES].value
        assert () == meridian_response().evidence


class TestHandingOut:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_name_is_handed_out_as_text(
        self,
        name: str,
        ana: Browser,
        invitation: Invitation,
        base: str,
        section_page: str,
        portal: Portal,
        clock: Clock,
    ) -> None:
        """A47, T10: one line, RFC 6266, no folder, no direction signs, an ending that fits the bytes."""
        access = entered(portal, invitation, clock())
        item = answering.add_evidence(portal, access, RULES, name, BytesIO(pdf()), now=clock())
        page = ana.get(f"{base}/evidence/{item.id}")
        header = page.headers["Content-Disposition"]

        assert header.startswith("attachment; filename")
        assert header.isascii()
        assert header.isprintable()
        assert NAMES[name] == name_in(header)
        assert pdf() == page.data
        assert 200 == ana.get(section_page).status_code

    def test_a_name_in_any_script_comes_back_as_it_was_sent(
        self, ana: Browser, invitation: Invitation, upload: Callable, base: str, section_page: str
    ) -> None:
        """A47: the original name is kept as data and shown."""
        id = upload(ana, invitation.response, name="报告.pdf")
        header = ana.get(f"{base}/evidence/{id}").headers["Content-Disposition"]

        assert "filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf" in header
        assert "报告.pdf" in words(ana.get(section_page), f"question-{RULES}")

    def test_the_headers_of_a_download_let_nothing_run(
        self, ana: Browser, invitation: Invitation, upload: Callable, base: str
    ) -> None:
        """T09, A50: attachment, nosniff, sandbox, our own origin only, never kept."""
        page = ana.get(f"{base}/evidence/{upload(ana, invitation.response)}")
        headers = page.headers

        assert ("application/pdf", str(len(pdf()))) == (page.mimetype, headers["Content-Length"])
        assert FILE_POLICY == policy_of(headers["Content-Security-Policy"])
        assert ("nosniff", "same-origin", "no-store") == (
            headers["X-Content-Type-Options"], headers["Cross-Origin-Resource-Policy"], headers["Cache-Control"],
        )  # fmt: skip

    def test_the_type_comes_from_the_bytes_not_from_the_sender(
        self, ana: Browser, invitation: Invitation, base: str
    ) -> None:
        """T09: neither the name nor the type that the sender chose is believed."""
        page = send_file(ana, f"{base}/answers/{RULES}", "page.html", png(), media_type="text/html")
        handed_out = ana.get(page.json["files"][0]["address"])

        assert "image/png" == handed_out.mimetype
        assert 'attachment; filename="page.html.png"' == handed_out.headers["Content-Disposition"].replace(
            "filename=page.html.png", 'filename="page.html.png"'
        )

    def test_the_disk_knows_hashes_only(
        self, ana: Browser, invitation: Invitation, upload: Callable, portal: Portal
    ) -> None:
        """T10, A46: no name of the sender's is a name on the disk."""
        for name in ("../../x.pdf", "/etc/x.pdf", "C:\\x.pdf", "a%00b.pdf", "x" * 300):
            upload(ana, invitation.response, name=name, data=pdf(inside=f"% {len(name)}".encode()))

        assert all(re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{64}", path) for path in contents(portal.config.evidence))

    def test_a_file_that_is_gone_from_the_disk_is_not_there(
        self, ana: Browser, invitation: Invitation, upload: Callable, base: str, portal: Portal, section_page: str
    ) -> None:
        id = upload(ana, invitation.response)
        for path in portal.config.evidence.rglob("*"):
            if path.is_file():
                path.unlink()

        assert 404 == ana.get(f"{base}/evidence/{id}").status_code
        assert 200 == ana.get(section_page).status_code

    def test_nobody_without_a_session_gets_it(
        self, ana: Browser, invitation: Invitation, upload: Callable, base: str, browser: Callable
    ) -> None:
        """Decision 10: never served to anyone without a session."""
        id = upload(ana, invitation.response)

        assert 403 == browser().get(f"{base}/evidence/{id}").status_code

    def test_it_is_over_with_the_link(
        self, ana: Browser, invitation: Invitation, upload: Callable, base: str, portal: Portal, clock: Clock
    ) -> None:
        id = upload(ana, invitation.response)
        inviting.withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())

        assert 410 == ana.get(f"{base}/evidence/{id}").status_code


class TestTakingAway:
    def test_the_button_on_the_page_removes_it(
        self, ana: Browser, invitation: Invitation, upload: Callable, section_page: str, meridian_response: Callable
    ) -> None:
        """Without JavaScript: the form goes to the button's address and comes back to the question."""
        upload(ana, invitation.response)
        button, _ = element(ana.get(section_page), f"question-{RULES}").iter("button")
        page = ana.post(button.get("formaction"), page=section_page)

        assert 303 == page.status_code
        assert page.headers["Location"].endswith(f"sections/cybersecurity?done=removed#question-{RULES}")
        assert "The file is removed." in ana.get(page.headers["Location"]).text
        assert () == meridian_response().evidence

    def test_what_was_typed_on_the_page_is_kept_along_with_it(
        self, ana: Browser, invitation: Invitation, upload: Callable, section_page: str, meridian_response: Callable
    ) -> None:
        """Without JavaScript the button sends the whole form."""
        upload(ana, invitation.response)
        button, _ = element(ana.get(section_page), f"question-{RULES}").iter("button")
        typed = {"cyber-backup": "monthly", "cyber-backup-comment": "On two disks."}
        ana.post(button.get("formaction"), typed, page=section_page)
        answer = meridian_response().answers["cyber-backup"]

        assert ("monthly", "On two disks.") == (answer.value, answer.comment)
        assert () == meridian_response().evidence

    def test_the_bytes_stay_for_the_history(
        self, ana: Browser, invitation: Invitation, upload: Callable, base: str, portal: Portal
    ) -> None:
        id = upload(ana, invitation.response)
        ana.post(f"{base}/evidence/{id}/remove", page=base)

        assert 1 == len(contents(portal.config.evidence))
        assert 404 == ana.get(f"{base}/evidence/{id}").status_code
        assert 404 == ana.post(f"{base}/evidence/{id}/remove", page=base).status_code

    def test_a_script_gets_json(self, ana: Browser, invitation: Invitation, upload: Callable, base: str) -> None:
        id = upload(ana, invitation.response)
        page = ana.post(f"{base}/evidence/{id}/remove", page=base, headers={"Accept": "application/json"})

        assert {"removed": id} == page.json

    def test_after_submission_files_stay_and_none_is_added(
        self, ana: Browser, invitation: Invitation, upload: Callable, base: str, portal: Portal, clock: Clock,
        kept: Callable,
    ) -> None:  # fmt: skip
        """A27: the state decides, for files as for answers."""
        id = upload(ana, invitation.response)
        submitted(portal, invitation, clock())
        before = kept()
        added = send_file(ana, f"{base}/answers/{RULES}", "x.png", png(), page=f"{base}/copy")
        removed = ana.post(f"{base}/evidence/{id}/remove", page=f"{base}/copy")

        assert (409, 409) == (added.status_code, removed.status_code)
        assert before == kept()
        assert 200 == ana.get(f"{base}/evidence/{id}").status_code
        assert id in {item.id for item in portal.store.get(Response, invitation.response).evidence}
