"""Texts that carry their language: what becomes of the marks, by where they stand."""

import pytest

from portal.languages.marking import END, as_html, beside, in_other, parts, plain

ENGLISH = in_other("Leave", "en")
BOTH = beside("خروج", "Leave", "en")
SPAN = '<span lang="en" dir="ltr">Leave</span>'
SECOND = ' <span class="second" lang="en" dir="ltr">Leave</span>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (f"<p>{ENGLISH}</p>", f"<p>{SPAN}</p>"),
        (f"<p>{BOTH}</p>", f"<p>خروج{SECOND}</p>"),
        (f'<p title="{ENGLISH}">x</p>', '<p title="Leave">x</p>'),
        (f'<p title="{BOTH}">{BOTH}</p>', f'<p title="خروج">خروج{SECOND}</p>'),
        (f"<title>{BOTH} – A</title>", "<title>خروج – A</title>"),
        (f'<option value="x">{BOTH}</option>', '<option value="x">خروج / Leave</option>'),
        (
            f"<p>{in_other(f'Ask “{ENGLISH}” now', 'en')}</p>",
            f'<p><span lang="en" dir="ltr">Ask “{SPAN}” now</span></p>',
        ),
        (f'<p title="Ask {BOTH} now">x</p>', '<p title="Ask خروج now">x</p>'),
        (f"<p>{in_other('typed by somebody', '<b>')}</p>", "<p>typed by somebody</p>"),
        ("no mark <b>at</b> all", "no mark <b>at</b> all"),
        (f"a lone end {END} is nothing", "a lone end  is nothing"),
    ],
)
def test_a_mark_becomes_an_element_only_where_one_may_stand(page: str, expected: str) -> None:
    assert expected == as_html(page)


def test_a_program_gets_the_first_language_without_marks() -> None:
    assert ("Leave", "خروج", "as it is") == (plain(ENGLISH), plain(BOTH), plain("as it is"))
    assert "Ask خروج now" == plain(in_other(f"Ask {BOTH} now", "en"))


def test_a_text_is_taken_apart_by_language() -> None:
    assert [("خروج", "", False), ("Leave", "en", True)] == parts(BOTH)
