"""Style sheets and scripts: read once, compressed once, served under an address that changes with their content."""

import gzip
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, abort, current_app, make_response, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

bp = Blueprint("assets", __name__)

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
A_YEAR = "public, max-age=31536000, immutable"


class Asset(Struct, frozen=True):
    """One file as it goes over the wire."""

    body: bytes
    packed: bytes
    media_type: str
    digest: str


class Assets:
    """Our own files by name: the look comes from `site/assets`, the rest lies beside this module."""

    def __init__(self, site: Path) -> None:
        files = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
        # Fewer requests: what only our pages need travels with the look, and the parts of a section's script as one.
        files["look.css"] = (site / "assets" / "look.css").read_bytes() + files.pop("portal.css")
        files["answers.js"] = b"".join(files.pop(f"{part}.js") for part in ("fields", "answers", "evidence"))
        self.by_name = {name: _asset(name, body) for name, body in files.items()}

    def address(self, name: str) -> str:
        """Where a file is served; the digest in it lets browsers keep it for good."""
        return f"/assets/{self.by_name[name].digest}/{name}"


def _asset(name: str, body: bytes) -> Asset:
    digest = sha256(body).hexdigest()[:12]
    return Asset(body, gzip.compress(body, 9, mtime=0), TYPES[Path(name).suffix], digest)


def address(name: str) -> str:
    """Where a file is served, for templates."""
    assets: Assets = current_app.extensions["assets"]
    return assets.address(name)


@bp.get("/assets/<string(length=12):digest>/<name>")
def asset(digest: str, name: str) -> ResponseReturnValue:
    """One file; an address with an old digest is not served as if it were new."""
    assets: Assets = current_app.extensions["assets"]
    found = assets.by_name.get(name)
    if found is None or found.digest != digest:
        abort(404)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    page = make_response(found.packed if packed else found.body)
    page.headers["Content-Type"] = found.media_type
    page.headers["Cache-Control"] = A_YEAR
    page.headers["Vary"] = "Accept-Encoding"
    if packed:
        page.headers["Content-Encoding"] = "gzip"
    return page
