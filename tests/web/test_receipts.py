"""The receipt on the partner's pages and the staff's: shown, kept as a file, compared."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest
from conftest import Browser, Clock
from msgspec.structs import replace
from usecases.filling import submitted

from portal.core.receipts import in_fours, receipt_of
from portal.core.records import Answer, Response
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .filling import words


@pytest.fixture
def sent(portal: Portal, invitation: Invitation, ana: Browser, clock: Clock) -> Response:
    return submitted(portal, invitation, clock(), {"cyber-rules": "no"})


def change_behind_our_back(portal: Portal, response: Response) -> None:
    """Somebody with access to the store writes another answer."""
    answers = {**response.answers, "cyber-rules": Answer(value="yes")}
    with portal.store.transaction((Response, response.id), by="nobody", at=response.invited) as records:
        records.put(replace(response, answers=answers), "answers saved")


def test_the_receipt_and_the_copy_carry_the_digest_and_every_file(ana: Browser, sent: Response) -> None:
    base = f"/partner/responses/{sent.id}"

    assert receipt_of(sent).digest == sent.receipt
    for page in (ana.get(f"{base}/receipt"), ana.get(f"{base}/copy")):
        assert in_fours(sent.receipt) in page.text
        assert sent.evidence
        for item in sent.evidence:
            assert item.sha256 in page.text


def test_the_partner_keeps_the_receipt_as_a_file_that_can_be_checked_without_us(ana: Browser, sent: Response) -> None:
    page = ana.get(f"/partner/responses/{sent.id}/receipt/file")
    kept = json.loads(page.data)
    plain = json.dumps(kept["receipt"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert f"attachment; filename=receipt-{sent.reference}.json" == page.headers["Content-Disposition"]
    assert sent.receipt == sha256(plain.encode()).hexdigest()
    assert "no" == kept["said"]["cyber-rules"]["value"]


def test_before_sending_there_is_no_receipt_to_keep(ana: Browser, invitation: Invitation) -> None:
    base = f"/partner/responses/{invitation.response}"

    assert f"{base}/receipt" == ana.get(f"{base}/receipt/file").headers["Location"]
    assert "Digest" not in ana.get(f"{base}/copy").text


def test_staff_see_whether_what_is_kept_is_what_was_sent(portal: Portal, dara: Browser, sent: Response) -> None:
    before = dara.get(f"/staff/responses/{sent.id}")
    change_behind_our_back(portal, sent)
    after = dara.get(f"/staff/responses/{sent.id}")

    assert "Receipt matches" in words(before, "receipt")
    assert "Receipt does not match" in words(after, "receipt")


def test_staff_compare_the_digest_that_a_partner_sends(dara: Browser, sent: Response) -> None:
    def compared(typed: str) -> str:
        return words(dara.get(f"/staff/responses/{sent.id}", query_string={"compare": typed}), "compared")

    assert compared(in_fours(sent.receipt)).startswith("Matches")
    assert compared("0" * 64).startswith("Does not match")
    assert compared("<b>K7M2</b>").startswith("This is not a digest")


def test_before_sending_staff_have_nothing_to_compare(
    dara: Browser, ana: Browser, meridian_response: Callable[[], Response]
) -> None:
    assert "Compare a receipt" not in dara.get(f"/staff/responses/{meridian_response().id}").text
