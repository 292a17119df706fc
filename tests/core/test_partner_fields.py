"""What may be typed about a partner."""

from datetime import date

import pytest

from portal.core.partner_fields import Known, checked_fields, rows_in
from portal.core.partners import Certificate, Contact

KNOWN = Known({"exporter": "Exporter", "highway_carrier": "Highway carrier"}, frozenset({"dara@example.com"}))


def problems(**given: object) -> list[str]:
    return [problem.where for problem in checked_fields(given, KNOWN)[1]]


def test_only_what_is_given_is_returned():
    assert ({"city": "Huế"}, []) == checked_fields({"city": " Huế "}, KNOWN)


def test_business_types_are_told_by_id_or_name_once_each():
    fields, _ = checked_fields({"further_types": "Exporter; highway-carrier\nexporter"}, KNOWN)

    assert ("exporter", "highway_carrier") == fields["further_types"]


def test_a_cell_of_a_table_holds_several_rows():
    fields, wrong = checked_fields(
        {
            "contacts": rows_in("contacts", "Linh | linh@example.com | +84 1 | Security | deputy; Minh"),
            "certificates": rows_in("certificates", "AEO | VN 7 | 2026-12-31"),
            "identifiers": rows_in("identifiers", "MID | VNMERTEX; DUNS | 12-345"),
        },
        KNOWN,
    )

    assert [] == wrong
    assert fields["contacts"] == (
        Contact(name="Linh", email="linh@example.com", phone="+84 1", role="Security", deputy=True),
        Contact(name="Minh"),
    )
    assert (Certificate(programme="AEO", number="VN 7", valid_until=date(2026, 12, 31)),) == fields["certificates"]
    assert {"MID": "VNMERTEX", "DUNS": "12-345"} == fields["identifiers"]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"contacts": [{"name": "Linh"}, {"name": "Minh", "email": "x"}]}, "contacts-1-email"),
        ({"contacts": [{"email": "linh@example.com"}]}, "contacts-0-name"),
        ({"certificates": [{"programme": "AEO", "valid_until": "31.12.2026"}]}, "certificates-0-valid_until"),
        ({"suppliers": [{"name": "Dyeing", "country": "Atlantis"}]}, "suppliers-0-country"),
        ({"identifiers": [{"name": "MID", "value": ""}]}, "identifiers-0-value"),
        ({"sites": [{"name": str(number)} for number in range(41)]}, "sites"),
        ({"looked_after_by": "nobody@example.com"}, "looked_after_by"),
        ({"further_types": "witchcraft"}, "further_types"),
        ({"name": "two\nlines"}, "name"),
        ({"address": "x" * 501}, "address"),
        ({"other_names": "\x00"}, "other_names"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(given: dict, where: str):
    assert [where] == problems(**given)


def test_rows_in_which_only_a_box_is_ticked_are_empty():
    assert ({"contacts": ()}, []) == checked_fields({"contacts": [{"deputy": "yes"}, {"name": " "}]}, KNOWN)
