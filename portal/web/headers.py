"""What every page carries: headers that shut doors, and compression for people on bad lines."""

import gzip

from flask import Flask, request
from flask import Response as HttpResponse

from portal.web import here

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
A_YEAR = "max-age=31536000; includeSubDomains"
PACKED_FROM = 600
PACKABLE = ("text/", "application/json", "image/svg+xml")


def install(app: Flask) -> None:
    """Put them on every page, errors included."""
    app.after_request(shut_doors)
    app.after_request(pack)


def shut_doors(page: HttpResponse) -> HttpResponse:
    """Add the headers that are not there yet; a page may set a stricter one of its own."""
    for name, value in HEADERS.items():
        page.headers.setdefault(name, value)
    page.headers.setdefault("Cache-Control", "no-store")
    if here.portal().config.https:
        page.headers.setdefault("Strict-Transport-Security", A_YEAR)
    page.headers.pop("Server", None)
    return page


def pack(page: HttpResponse) -> HttpResponse:
    """Compress text for browsers that take it."""
    if (
        page.direct_passthrough
        or page.content_encoding
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or not (page.mimetype or "").startswith(PACKABLE)
    ):
        return page
    body = page.get_data()
    if len(body) >= PACKED_FROM:
        page.set_data(gzip.compress(body, 4, mtime=0))
        page.headers["Content-Encoding"] = "gzip"
        page.vary.add("Accept-Encoding")
    return page
