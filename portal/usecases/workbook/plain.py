"""Markdown as text without marks, for cells, which show none."""

import html
import re

from portal.content.markdown import to_html

ITEM = re.compile(r"<li>\s*(<p>)?")
END = re.compile(r"</(p|li|h\d|tr|blockquote|pre)>|<br>")
ELEMENT = re.compile(r"<[^>]+>")
BLANKS = re.compile(r"[ \t]+")
LINES = re.compile(r" ?\n[ \n]*")


def plain_text(text: str) -> str:
    """The text as people read it: lists with dots, paragraphs on lines of their own."""
    marked = END.sub("\n", ITEM.sub("• ", to_html(text).replace("\n", " ")))
    return LINES.sub("\n", BLANKS.sub(" ", html.unescape(ELEMENT.sub("", marked)))).strip()
