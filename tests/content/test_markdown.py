"""Markdown becomes HTML that cannot harm, whoever wrote it."""

import re

import pytest

from portal.content.markdown import to_html

SHOWN = [
    ("Some *help*.", "<p>Some <em>help</em>.</p>"),
    ("**Must**", "<p><strong>Must</strong></p>"),
    ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
    ("## Head", "<h2>Head</h2>"),
    ("`MID`", "<p><code>MID</code></p>"),
    ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
    ("[CBP](https://example.org/a)", '<p><a href="https://example.org/a" rel="noopener noreferrer">CBP</a></p>'),
    ("[Ana](mailto:ana@example.com)", '<p><a href="mailto:ana@example.com" rel="noopener noreferrer">Ana</a></p>'),
    ("5 < 7 & 8 > 3", "<p>5 &lt; 7 &amp; 8 &gt; 3</p>"),
    ("", ""),
]
HARMFUL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![picture](https://example.org/track.gif)",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    "[click](http://example.org)",
    "<a href='https://example.org' onclick='alert(1)' style='color:red'>x</a>",
    "<svg><script>alert(1)</script></svg>",
    "<style>body{display:none}</style>",
    "<iframe src='https://example.org'></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form action='https://example.org'><input name=password></form>",
    "<b onmouseover=alert(1)>bold</b>",
    "<h1>Head</h1>",
    "<div class='banner'>x</div>",
    "`` <script>alert(1)</script> ``",
]
ALLOWED = {
    "p", "ul", "ol", "li", "strong", "em", "code", "pre", "h2", "h3", "h4", "a", "br", "blockquote", "hr", "table",
    "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@pytest.mark.parametrize(("text", "html"), SHOWN)
def test_markdown_is_shown_as_html(text, html):
    assert html == to_html(text).strip()


@pytest.mark.parametrize("text", HARMFUL)
def test_what_could_harm_is_taken_out(text):
    html = to_html(text)

    assert {tag.lower() for tag in re.findall(r"<([a-zA-Z0-9]+)", html)} <= ALLOWED
    assert not re.search(r"<[^>]*\b(on\w+|style|src|class|id)\s*=", html)
    assert not re.search(r"<[^>]*(javascript|data|http):", html, re.I)


def test_a_table_is_shown_as_a_table():
    html = to_html("| a | b |\n| --- | --- |\n| 1 | 2 |")

    assert all(part in html for part in ("<table>", "<th>a</th>", "<td>2</td>"))
