"""A file of evidence sent in pieces."""

from collections.abc import Callable

import pytest
from conftest import Browser
from evidence.samples import pdf

from portal.evidence.limits import FILE_BYTES
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal


@pytest.fixture
def piece(invitation: Invitation) -> Callable:
    """Sends a piece as the script on the page does."""

    def send(
        who: Browser, at: int, data: bytes, size: int, upload: str = "u1", question: str = "cyber-rules", **more: str
    ):
        base = f"/partner/responses/{invitation.response}"
        headers = {"X-CSRF-Token": who.token(base), "X-File-Name": "r%C3%A8gles.pdf", **more}
        return who.client.put(
            f"{base}/answers/{question}/evidence/{upload}?at={at}&size={size}", data=data, headers=headers
        )

    return send


def test_a_file_in_pieces_is_one_file(ana: Browser, piece: Callable, meridian_response: Callable, portal: Portal):
    data = pdf()
    first = piece(ana, 0, data[:100], len(data))
    again = piece(ana, 0, data[:100], len(data))
    last = piece(ana, 100, data[100:], len(data))
    (item,) = meridian_response().evidence

    assert (200, {"received": 100}) == (first.status_code, first.json)
    assert (409, {"received": 100}) == (again.status_code, again.json)
    assert (200, ["règles.pdf"]) == (last.status_code, [file["name"] for file in last.json["files"]])
    assert ("cyber-rules", "Ana", len(data)) == (item.question, item.by, item.size)
    with portal.evidence.open(item.sha256) as kept:
        assert data == kept.read()
    assert [] == list(portal.config.pieces.iterdir())


def test_a_whole_file_of_a_wrong_sort_is_refused_with_the_reason_and_forgotten(
    ana: Browser, piece: Callable, portal: Portal, meridian_response: Callable
):
    page = piece(ana, 0, b"<script>", 8)

    assert 422 == page.status_code
    assert "Accepted are" in page.json["errors"][0]
    assert ((), []) == (meridian_response().evidence, list(portal.config.pieces.iterdir()))


@pytest.mark.parametrize(
    ("at", "size", "status"),
    [(0, FILE_BYTES + 1, 422), (FILE_BYTES, FILE_BYTES, 422), (5, 9, 409), (-1, 9, 409), (0, -1, 404), (0, 0, 422)],
)
def test_more_than_a_file_may_have_never_reaches_the_disk(
    ana: Browser, piece: Callable, portal: Portal, at: int, size: int, status: int
):
    page = piece(ana, at, b"x" * min(max(size, 0), 1), size)

    assert status == page.status_code
    assert [] == [path for path in portal.config.pieces.glob("*") if path.stat().st_size]


def test_a_piece_for_nothing_of_ours_is_not_found(ana: Browser, piece: Callable, bruno: Browser):
    assert 404 == piece(ana, 0, b"x", 5, question="no-such").status_code
    assert 404 == piece(ana, 0, b"x", 5, upload="u" * 65).status_code


def test_a_piece_without_the_pages_token_is_refused(ana: Browser, piece: Callable, portal: Portal):
    assert 403 == piece(ana, 0, b"x", 5, **{"X-CSRF-Token": "wrong"}).status_code
    assert not portal.config.pieces.exists()


def test_two_colleagues_uploads_do_not_mix(ana: Browser, bruno: Browser, piece: Callable):
    """The same name of an upload at another question is another file."""
    piece(ana, 0, b"abc", 9)

    assert {"received": 2} == piece(bruno, 0, b"ab", 9, question="cyber-protection").json
