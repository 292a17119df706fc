"""What people type, parsed and checked by WTForms; drawn by our own macros, since drawing is what costs time."""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Form, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields import Field, SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.answering import MOST_ROWS, Given
from portal.core.errors import Problem, Refused
from portal.core.questionnaire import Kind, Question
from portal.core.records import Answer, Role
from portal.core.rownames import NAMED, is_filled

PARTS = ("other", "comment", "action", "action-who", "action-due")
NOTHING = Answer()
ROLES = [SelectChoice(role.value, role.value) for role in Role]


class Typed(Struct, frozen=True):
    """What a form says about one question.

    `version` is the version it was changed from, None where the form names none; where the person chose their own
    text over another's, it is the version of the one they were shown. `touched` is false where the person left
    everything as the page had it.
    """

    given: Given
    version: int | None
    touched: bool
    take: str = ""


def fingerprint(answer: Answer | None) -> str:
    """A short mark of what an answer says, by which a form tells whether the person changed it."""
    said = answer or NOTHING
    action = said.action
    parts = (said.value, said.other, said.comment, action and (action.what, action.who, str(action.due or "")))
    return f"{zlib.crc32(msgspec.json.encode(parts)):08x}"


def version_mark(answer: Answer | None) -> str:
    """What a page carries along with an answer: its version and its fingerprint."""
    return f"{answer.version if answer else 0}.{fingerprint(answer)}"


def given_version(mark: str) -> int | None:
    """The version in such a mark; None where it names none."""
    version = mark.partition(".")[0]
    return int(version) if version.isdecimal() and len(version) < 9 else None


class AnswerField(Field):
    """Everything that a form says about one question, under the names that the contract gives them."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question
        self.data: Typed | None = None

    def process(self, formdata: Any, data: object = None, extra_filters: object = None) -> None:  # noqa: ARG002
        """Read the parts; a question of which the form says nothing stays None."""
        self.process_errors = []
        if formdata is None:
            return
        mark = _first(formdata, f"{self.name}-version") or ""
        parts = {part: _first(formdata, f"{self.name}-{part}") for part in PARTS}
        value = self._value(formdata, on_page=bool(mark))
        if not mark and value is UNSET and all(text is None for text in parts.values()):
            return
        version, _, print_then = mark.partition(".")
        take = _first(formdata, f"{self.name}-take") or ""
        if take == "mine":
            version = _first(formdata, f"{self.name}-seen") or ""
        given = Given(
            value=value,
            **{part.replace("-", "_"): UNSET if text is None else text for part, text in parts.items()},
        )
        self.data = Typed(
            given,
            given_version(version),
            touched=not print_then or print_then != self._print_now(given),
            take=take,
        )

    def _value(
        self, formdata: MultiDict[str, str], on_page: bool
    ) -> str | tuple[str | dict[str, str], ...] | UnsetType | None:
        """The value typed. What a browser leaves out, such as an unticked box, is a cleared value on its page."""
        cleared = None if on_page else UNSET
        match self.question.kind:
            case Kind.CHOICES:
                chosen = tuple(text for text in formdata.getlist(self.name) if text)
                return chosen or (None if self.name in formdata else cleared)
            case Kind.ROWS if self.question.named_rows:
                return self._named_rows(formdata) or UNSET
            case Kind.ROWS:
                return self._rows(formdata) or cleared
            case Kind.FILES | Kind.STATEMENT:
                return UNSET
            case _:
                texts = formdata.getlist(self.name)
                # A name given twice is passed on whole, to be refused: one answer is expected.
                return tuple(texts) if len(texts) > 1 else texts[0] if texts else cleared

    def _rows(self, formdata: MultiDict[str, str]) -> tuple[dict[str, str], ...]:
        columns = [column.id for column in self.question.columns]
        rows = []
        for number in range(self.question.most + 1):
            row = {column: _first(formdata, f"{self.name}-{number}-{column}") or "" for column in columns}
            if any(text.strip() for text in row.values()):
                rows.append(row)
        return tuple(rows)

    def _named_rows(self, formdata: MultiDict[str, str]) -> tuple[dict[str, str], ...]:
        """The rows as their names stood on the page, empty ones too: they say that what was typed there is gone."""
        columns, rows = [NAMED, *(column.id for column in self.question.columns)], []
        for number in range(MOST_ROWS):
            row = {column: _first(formdata, f"{self.name}-{number}-{column}") or "" for column in columns}
            if not row[NAMED]:
                break
            rows.append(row)
        return tuple(rows)

    def _print_now(self, given: Given) -> str:
        """The fingerprint of what was typed, with blanks and line ends made as they are kept."""
        texts = (given.action, given.action_who, given.action_due)
        what, who, due = (tidied(text) for text in texts)
        action = (what, who, due) if what or who or due else None
        value = given.value
        if isinstance(value, str):
            value = tidied(value) or None
        if isinstance(value, tuple) and self.question.kind is Kind.ROWS:
            value = (
                tuple(
                    {column: tidied(text) for column, text in row.items() if text.strip()}
                    for row in value
                    if isinstance(row, dict) and is_filled(row)
                )
                or None
            )
        parts = (None if value is UNSET else value, tidied(given.other), tidied(given.comment), action)
        return f"{zlib.crc32(msgspec.json.encode(parts)):08x}"


def _first(formdata: MultiDict[str, str], name: str) -> str | None:
    """The first text of a name. Asking a MultiDict for what it has not got is slow, and a form has many such names."""
    found = formdata.getlist(name)
    return found[0] if found else None


def tidied(text: str | UnsetType) -> str:
    """Typed text as it is kept."""
    return "" if text is UNSET else str(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def section_form(questions: Iterable[Question], formdata: MultiDict[str, str]) -> dict[str, Typed]:
    """What a section's form says, by question id; questions that it does not mention are left out."""
    fields = {question.id: _unbound(question) for question in questions}
    form = BaseForm(fields)
    form.process(formdata)
    return {name: field.data for name, field in form._fields.items() if field.data is not None}


def _unbound(question: Question) -> Any:  # WTForms' unbound fields have no type of their own
    return AnswerField(question)


class SignInForm(Form):
    """Who signs in."""

    email = StringField("E-mail address", [InputRequired("Write your e-mail address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Write your password."), Length(max=1000)])
    code = StringField("Code", [Length(max=20)])


class CodeForm(Form):
    """The first code of a second factor."""

    secret = StringField("Secret", [InputRequired("The secret is missing; open the page again."), Length(max=64)])
    code = StringField("Code", [InputRequired("Type the six digits that the app shows."), Length(max=12)])


class ConfirmForm(Form):
    """The password again."""

    password = PasswordField("Password", [InputRequired("Write your password."), Length(max=1000)])


class PasswordForm(Form):
    """A new password."""

    current = PasswordField("Your password now", [InputRequired("Write your password."), Length(max=1000)])
    new = PasswordField("New password", [InputRequired("Write the new password."), Length(max=1000)])


class PartnerForm(Form):
    """A partner added by hand; what the fields may hold is checked by the use case, the same for every way in."""

    id = StringField("Id (left empty: we make one)")
    name = StringField("Name of the company")
    country = SelectField("Country", validate_choice=False)
    city = StringField("City")
    business_type = SelectField("Business type", validate_choice=False)
    contact_name = StringField("Name of the contact")
    contact_email = StringField("E-mail address of the contact")
    tags = StringField("Tags, separated by semicolons")


class DueForm(Form):
    """A due date."""

    due = DateField("Due", [InputRequired("Give a date.")])


class VisitForm(Form):
    """The plan of a visit; what its parts may hold is checked by the core."""

    planned_from = DateField("First day", [InputRequired("Give the first day.")])
    planned_until = DateField("Last day", [Optional()])
    team = StringField("Who goes", [Length(max=4000)])
    musts_only = BooleanField("Only musts")


class ColleagueForm(Form):
    """A colleague who gets some sections; which ones is checked by the use case."""

    name = StringField("Name")
    note = StringField("Note")
    due = DateField("Due", [Optional()])


class ForgottenForm(Form):
    """Whose password is forgotten."""

    email = StringField("E-mail address", [InputRequired("Write your e-mail address."), Length(max=254)])


class ChosenForm(Form):
    """A password, chosen by link."""

    password = PasswordField("Password", [InputRequired("Write a password."), Length(max=1000)])


class PersonForm(Form):
    """Somebody who may sign in."""

    name = StringField("Name", [InputRequired("Write the name of the person."), Length(max=1000)])
    email = StringField("E-mail address", [InputRequired("Write an e-mail address."), Length(max=254)])
    role = SelectField("Role", choices=ROLES)
    may_export = BooleanField("May export")


class RoleForm(Form):
    """Another role."""

    role = SelectField("Role", choices=ROLES)


class DisabledForm(Form):
    """Whether somebody is shut out."""

    disabled = BooleanField("Disabled")


class ExportForm(Form):
    """Whether somebody may take out the answers of all partners."""

    may_export = BooleanField("May export")


class SearchForm(Form):
    """What is searched for in the history."""

    who = StringField("Who", [Length(max=254)])
    what = StringField("What", [Length(max=200)])
    kind = StringField("Sort", [Length(max=20)])
    record = StringField("Id begins with", [Length(max=254)])
    since = DateField("From", [Optional()])
    until = DateField("Until", [Optional()])
    page = IntegerField("Page", [Optional(), NumberRange(1, 1000)])


def problems_of(form: Form) -> Mapping[str, list[str]]:
    """Field to messages, only where there are any."""
    return {name: [str(message) for message in messages] for name, messages in form.errors.items() if name}


def checked(form: Form) -> None:
    """Refused where a form's fields are not filled in as they must be."""
    if not form.validate():
        raise Refused([Problem(name, text) for name, texts in problems_of(form).items() for text in texts])
