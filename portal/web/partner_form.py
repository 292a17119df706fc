"""The form of a partner: what is typed once, and lists of rows with a few empty ones to go on in."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, Form, FormField, SelectField, StringField, TextAreaField

from portal.core.partner_fields import MOST_ROWS, ROWS, TEXTS, Given
from portal.core.partners import Certificate, Contact, Site, Supplier
from portal.core.records import Partner

EMPTY_ROWS = 2
SEPARATED = {"tags": "; ", "other_names": "\n", "further_types": "\n"}


class SiteForm(Form):
    """A site."""

    name = StringField("Name")
    address = StringField("Address")


class ContactForm(Form):
    """Somebody besides the main contact."""

    name = StringField("Name")
    email = StringField("E-mail address")
    phone = StringField("Phone")
    role = StringField("Role")
    deputy = BooleanField("Deputy of the main contact")


class IdentifierForm(Form):
    """What others call the partner."""

    name = StringField("Of what sort (MID, SCAC, DUNS …)")
    value = StringField("Identifier")


class CertificateForm(Form):
    """A certificate; when it was looked up last is a button's work."""

    programme = StringField("Programme (CTPAT, AEO …)")
    number = StringField("Number")
    valid_until = StringField("Valid until")


class SupplierForm(Form):
    """A company that works for the partner."""

    name = StringField("Name")
    country = SelectField("Country", validate_choice=False)
    supplies = StringField("What it supplies")


class PartnerRecordForm(Form):
    """All that is kept of a partner. What the fields may hold is in `partner_fields`, the same for every way in."""

    name = StringField("Name of the company")
    other_names = TextAreaField("Other names")
    country = SelectField("Country", validate_choice=False)
    city = StringField("City")
    address = TextAreaField("Address")
    business_type = SelectField("Business type", validate_choice=False)
    further_types = SelectField("Further business types", validate_choice=False)
    looked_after_by = SelectField("Looked after by", validate_choice=False)
    tags = StringField("Tags")
    contact_name = StringField("Name of the contact")
    contact_email = StringField("E-mail address of the contact")
    contacts = FieldList(FormField(ContactForm), max_entries=MOST_ROWS + EMPTY_ROWS)
    sites = FieldList(FormField(SiteForm), max_entries=MOST_ROWS + EMPTY_ROWS)
    identifiers = FieldList(FormField(IdentifierForm), max_entries=MOST_ROWS + EMPTY_ROWS)
    certificates = FieldList(FormField(CertificateForm), max_entries=MOST_ROWS + EMPTY_ROWS)
    suppliers = FieldList(FormField(SupplierForm), max_entries=MOST_ROWS + EMPTY_ROWS)


def form_of(partner: Partner) -> PartnerRecordForm:
    """The form as it opens: what is kept, and empty rows."""
    kept: dict[str, Any] = {name: getattr(partner, name) for name in TEXTS}
    for name, between in SEPARATED.items():
        kept[name] = between.join(kept[name])
    kept["contacts"] = [_row(one) for one in partner.contacts]
    kept["sites"] = [_row(one) for one in partner.sites]
    kept["certificates"] = [_row(one) for one in partner.certificates]
    kept["suppliers"] = [_row(one) for one in partner.suppliers]
    kept["identifiers"] = [{"name": name, "value": value} for name, value in partner.identifiers.items()]
    form = PartnerRecordForm(data=kept)
    for rows in (form.contacts, form.sites, form.identifiers, form.certificates, form.suppliers):
        for _ in range(EMPTY_ROWS):
            rows.append_entry()
    return form


def _row(one: Contact | Site | Certificate | Supplier) -> dict[str, Any]:
    """A row as its fields are typed."""
    return {name: value for name in one.__struct_fields__ if (value := getattr(one, name)) is not None}


def typed(formdata: MultiDict[str, str]) -> tuple[PartnerRecordForm, Given]:
    """The form as it was sent, and what it says in the words of `partner_fields`."""
    form = PartnerRecordForm(formdata)
    given: dict[str, Any] = {name: form[name].data or "" for name in TEXTS}
    given["further_types"] = ";".join(formdata.getlist("further_types"))
    for name in ROWS:
        given[name] = [{part: _as_text(value) for part, value in row.items()} for row in form[name].data]
    return form, given


def _as_text(value: object) -> str:
    return {True: "yes", False: ""}.get(value, "") if isinstance(value, bool) else str(value or "")
