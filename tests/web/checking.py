"""What every answer of the portal must be, whichever test asked for it: `Browser` holds each one to this."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
# The sources that browsers know, and the only ones that a page of ours may name.
POLICY = {
    "default-src": {"'none'"},
    "style-src": {"'self'"},
    "script-src": {"'self'"},
    "img-src": {"'self'"},
    "connect-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
    "require-trusted-types-for": {"'script'"},
}
FILE_POLICY = {"default-src": {"'none'"}, "sandbox": set()}

TOKEN = re.compile(r'(name="csrf_token" value|name="csrf-token" content)="[^"]*"')
# Ids and secrets, which are others in each test though the page is the same.
ALWAYS_NEW = re.compile(r"(?<=/)([0-9a-f]{16}|[\w-]{43})(?![\w-])")
NEVER = frozenset({"style", "iframe", "object", "embed", "base", "font", "center"})
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "for")
LABELLED = frozenset({"input", "select", "textarea"})
UNLABELLED_TYPES = frozenset({"hidden", "submit", "button"})


def check_answer(page: TestResponse) -> TestResponse:
    """The same response, once its headers, cookies and, where it is a page, its HTML were found in order."""
    wrong = [*mistakes_in_headers(page)]
    shown = page.mimetype == "text/html" and not 300 <= page.status_code < 400
    if shown and page.data and "Content-Encoding" not in page.headers:
        staff = page.request.path.startswith(("/staff", "/sign-in", "/forgotten", "/entry"))
        wrong += mistakes_in_page(ALWAYS_NEW.sub("…", TOKEN.sub(r'\1="…"', page.text)), staff)
    if wrong:
        raise AssertionError("\n".join([f"{page.request.method} {page.request.path}: {page.status_code}", *wrong]))
    return page


def mistakes_in_headers(page: TestResponse) -> Iterator[str]:
    """What is wrong with a response's headers."""
    headers = page.headers
    yield from (f"{name}: {headers.get(name)}" for name, value in ALWAYS.items() if headers.get(name) != value)
    policy = policy_of(headers.get("Content-Security-Policy", ""))
    if policy not in (POLICY, FILE_POLICY):
        yield f"another policy: {policy}"
    keeping = headers.get("Cache-Control", "")
    asset = page.request.path.startswith("/assets/") and page.status_code == 200
    if ("immutable" not in keeping) if asset else (keeping != "no-store"):
        yield f"Cache-Control: {keeping}"
    if "Server" in headers:
        yield "the server's make"
    yield from (f"a header of several lines: {name}" for name, value in headers if not value.isprintable())
    yield from mistakes_in_cookies(headers.getlist("Set-Cookie"))


def mistakes_in_cookies(cookies: list[str]) -> Iterator[str]:
    """What is wrong with the cookies that are set; one that is taken away needs no such care."""
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        if not parts >= {"httponly", "samesite=lax", "path=/"} and "max-age=0" not in parts:
            yield f"an open cookie: {cookie.split('=')[0]} {sorted(parts)}"


def policy_of(text: str) -> dict[str, set[str]]:
    """A Content-Security-Policy as directive to sources."""
    parts = [directive.split() for directive in text.split(";") if directive.strip()]
    return {name: set(sources) for name, *sources in parts}


@cache
def mistakes_in_page(html: str, staff: bool) -> tuple[str, ...]:
    """What is wrong with a page, from which all that is always new was taken, so that the same is looked at once."""
    try:
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    except ParseError as error:
        return (f"not HTML: {error}",)
    return tuple(mistake for rule in RULES for mistake in rule(tree)) + tuple(() if staff else title_of(tree))


def words(element: Element) -> str:
    """The text of an element, its blanks made one."""
    return " ".join("".join(element.itertext()).split())


def first_words(element: Element) -> str:
    """The text of an element without what stands in a second language."""
    second = " ".join(words(one) for one in element.iter("span") if one.get("class") == "second")
    return words(element).removesuffix(second).strip()


def title_of(tree: Element) -> Iterator[str]:
    titles, headings = [words(one) for one in tree.iter("title")], [first_words(one) for one in tree.iter("h1")]
    if titles and headings and not titles[0].removeprefix("Error: ").startswith(headings[0]):
        yield f"the title “{titles[0]}” does not start with the heading “{headings[0]}”"


def head_and_headings(tree: Element) -> Iterator[str]:
    if not (tree.get("lang") and tree.get("dir")):
        yield "no language or direction"
    if not [one for one in tree.iter("meta") if one.get("name") == "viewport"]:
        yield "no viewport"
    for name in ("title", "h1", "main"):
        if len(found := list(tree.iter(name))) != 1 or not words(found[0]):
            yield f"{len(found)} of {name}"
    levels = [int(one.tag[1]) for one in tree.iter() if re.fullmatch("h[1-6]", str(one.tag))]
    if any(after > before + 1 for before, after in zip([1, *levels], levels, strict=False)):
        yield f"headings leave a level out: {levels}"


def ids_and_references(tree: Element) -> Iterator[str]:
    ids = Counter(one.get("id") for one in tree.iter() if one.get("id"))
    yield from (f"id {id} stands {count} times" for id, count in ids.items() if count > 1)
    for one in tree.iter():
        names = [name for attribute in REFERENCES for name in (one.get(attribute) or "").split()]
        href = one.get("href") or ""
        names += [href[1:]] if href.startswith("#") else []
        yield from (f"{one.tag} leads to no id {name}" for name in names if name not in ids)


def labels(tree: Element) -> Iterator[str]:
    labelled = {one.get("for") for one in tree.iter("label") if words(one)}
    wrapped = {id(inner) for one in tree.iter("label") if words(one) for inner in one.iter()}
    for one in tree.iter():
        if one.tag in LABELLED and one.get("type") not in UNLABELLED_TYPES:
            named = one.get("aria-label") or one.get("aria-labelledby") or one.get("id") in labelled
            if not named and id(one) not in wrapped:
                yield f"no label: {one.tag} {one.get('name') or one.get('id')}"
        if one.tag in ("button", "a", "summary", "legend") and not (words(one) or one.get("aria-label")):
            yield f"an empty {one.tag}"
        if one.tag == "img" and one.get("alt") is None:
            yield "a picture without words"


def nothing_inline(tree: Element) -> Iterator[str]:
    for one in tree.iter():
        yield from (f"{one.tag} with {name}" for name in one.keys() if name == "style" or name.startswith("on"))  # noqa: SIM118
        if one.tag in NEVER or (one.tag == "script" and (not one.get("src") or words(one))):
            yield f"a {one.tag} that the policy forbids"


def addresses(tree: Element) -> Iterator[str]:
    for one in tree.iter():
        loaded = one.get("src") or (one.get("href") if one.tag == "link" else None)
        if loaded is not None and not loaded.startswith("/assets/"):
            yield f"something loaded from elsewhere: {loaded}"
        href = one.get("href") if one.tag == "a" else one.get("formaction")
        local = href is None or (href.startswith(("/", "#", "mailto:", "https://")) and not href.startswith("//"))
        if not local:
            yield f"a link to {href}"


def forms(tree: Element) -> Iterator[str]:
    for one in tree.iter("form"):
        if not (one.get("action") or "").startswith("/") or one.get("method") not in ("get", "post"):
            yield f"a form to {one.get('action')} by {one.get('method')}"
        guarded = [field for field in one.iter("input") if field.get("name") == "csrf_token"]
        if one.get("method") == "post" and len(guarded) != 1:
            yield f"a form without one token: {one.get('action')}"


RULES = (head_and_headings, ids_and_references, labels, nothing_inline, addresses, forms)
