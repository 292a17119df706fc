"""The first sheet of the workbook: what it is, whose it is, and how to fill it in and send it."""

from portal.core.days import day_text
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.words import Words
from portal.sheets.form import FormCell, FormColumn, FormLine, FormSheet
from portal.usecases.workbook.cells import CODES

HOW_TO = (
    "Fill in the yellow cells on the pages of this workbook. All other cells are locked, so that the form can be read "
    "when it comes back.",
    "Where a cell offers a list, choose from it. Where several answers may apply, put an x beside each that does.",
    "A question that says “Only if” can be left empty where that does not hold.",
    "You need not fill in everything at once, and colleagues can fill in other pages in copies of their own.",
    "An empty cell changes nothing: what was answered on the web page stays. To delete an answer, write a hyphen (-) "
    "in its cell.",
    "Photos and other files cannot be sent in this workbook. Add them on the web page.",
    "Save the workbook as .xlsx. Then open the link in your invitation, choose “Work without internet” and send the "
    "workbook there. Before anything is taken, the page shows what would change.",
)


def start_sheet(response: Response, questionnaire: Questionnaire, words: Words, importer: str) -> FormSheet:
    """The sheet, in the reader's language."""
    said = words.said
    due = day_text(response.due, words.language.replace("-", "_")) if response.due else ""
    facts = {
        said("Company"): str(response.facts.get("name", "")),
        said("Asked by"): importer,
        said("Edition"): questionnaire.edition,
        said("Please send it by"): due or said("no fixed date"),
    }
    lines = [FormLine("", {1: FormCell(value=said(questionnaire.title), look="title", across=2)})]
    lines += [
        FormLine("", {1: FormCell(value=name, look="strong"), 2: FormCell(value=text)}) for name, text in facts.items()
    ]
    lines.append(FormLine("", {1: FormCell(value=said("How to fill in this workbook"), look="subtitle", across=2)}))
    lines += [
        FormLine("", {1: FormCell(value=str(number), look="soft"), 2: FormCell(value=said(text))})
        for number, text in enumerate(HOW_TO, 1)
    ]
    columns = [FormColumn(CODES[0], "", 0), FormColumn("", "", 24), FormColumn("", "", 100)]
    return FormSheet(name=said("How to"), columns=columns, lines=lines)
