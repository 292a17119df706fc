"""Everything that readers of the summary site may see, put together from the register."""

from datetime import date

from portal.core.questionnaire import Questionnaire
from portal.core.register import ResponseRow
from portal.core.summarizing import summarize
from portal.core.summary import Summary
from portal.usecases.partner_lines import response_rows
from portal.usecases.partners import partner_rows
from portal.usecases.portal import Portal


def summary_of(portal: Portal, on: date) -> Summary:
    """The summary as of a day; no record is opened but the editions of questionnaires no longer in use."""
    partners = partner_rows(portal)
    active = {row.id for row in partners}
    responses = [row for row in response_rows(portal) if row.partner in active]
    return summarize(
        partners,
        responses,
        portal.library.catalogue,
        _questionnaires(portal, responses),
        portal.config.importer,
        on,
    )


def _questionnaires(portal: Portal, responses: list[ResponseRow]) -> list[Questionnaire]:
    """Those in use, and of those that were taken out of use, the edition of a response that remains."""
    found = dict(portal.library.questionnaires)
    for row in responses:
        if row.questionnaire not in found:
            found[row.questionnaire] = portal.edition(row.edition)
    return list(found.values())
