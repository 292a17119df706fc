"""The receipt as a file that the partner keeps, so that it can be checked without us."""

import msgspec
from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.core.receipts import told
from portal.web.partner import mine

bp = Blueprint("receipts", __name__)


@bp.get("/partner/responses/<response_id>/receipt/file")
def download(response_id: str) -> ResponseReturnValue:
    """The receipt in JSON, as a download; where there is none yet, the page that says so."""
    response, _ = mine(response_id)
    if not response.receipt:
        return redirect(url_for("partner.receipt", response_id=response_id), code=303)
    data = msgspec.json.format(msgspec.json.encode(told(response)), indent=1)
    page = current_app.response_class(data, mimetype="application/json")
    page.headers.set("Content-Disposition", "attachment", filename=f"receipt-{response.reference}.json")
    return page
