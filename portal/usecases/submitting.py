"""Handing a response over, the first time and again after it was asked back."""

from datetime import datetime

from portal.core import lifecycle
from portal.core.receipts import sealed
from portal.core.records import Response, State
from portal.core.returning import answered_round
from portal.languages.tongues import ENGLISH
from portal.usecases.answering import Access
from portal.usecases.portal import Portal
from portal.usecases.secrets import new_reference


def submit(portal: Portal, access: Access, *, now: datetime, language: str = ENGLISH) -> Response:
    """Hand the response over, or Refused with everything that is lacking; twice is once."""
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_whole(response, access.link, now)
        if response.state is State.SUBMITTED:
            return response
        questionnaire = portal.edition(response.edition)
        reference = new_reference()
        sent = lifecycle.submit(response, questionnaire, reference=reference, now=now, language=language)
        submitted = sealed(answered_round(response, sent, now))
        records.put(submitted, "submitted" if response.state is State.STARTED else "submitted again")
    return submitted
