"""Markdown as safe HTML: what authors and staff wrote is rendered, then reduced to harmless elements."""

from functools import lru_cache

import nh3
from markdown import Markdown

ELEMENTS = {"p", "ul", "ol", "li", "strong", "em", "code", "pre", "h2", "h3", "h4", "a", "br", "blockquote", "hr"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
ADDRESSES = {"https", "mailto"}


@lru_cache(maxsize=4096)
def to_html(text: str) -> str:
    """The text as HTML that holds no script, style, image or address other than https and mailto."""
    html = Markdown(extensions=["tables", "sane_lists"], output_format="html").convert(text)
    return nh3.clean(html, tags=ELEMENTS | TABLES, attributes={"a": {"href"}}, url_schemes=ADDRESSES)
