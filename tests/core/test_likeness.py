"""Two partners that may be the same company."""

import pytest

from portal.core.likeness import SAME_ADDRESS, SAME_DOMAIN, SAME_NAME, Company, Likeness, folded, similar


def company(id: str, name: str, **more: object) -> Company:
    return Company(**{"id": id, "name": name, "country": "VN", "email": f"{id}@{id}.example.com", **more})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Meridian Textiles Ltd.", "MERIDIAN TEXTILES"),
        ("Meridian Textiles Co., Ltd", "Meridian-Textiles"),
        ("Transportes del Norte, S.A. de C.V.", "transportes del norte"),
        ("Müller & Söhne GmbH", "Muller Sohne"),
        ("Đà Nẵng Dệt", "Da Nang Det"),
        ("Yıldız Tekstil A.Ş.", "Yildiz Tekstil"),
        ("PT Garuda Sepatu", "Garuda Sepatu"),
        ("O’Neill’s", "ONeills"),
        ("Lotus Cerâmica Ltda", "LOTUS CERAMICA LTDA."),
        ("深圳 电子", "深圳电子".replace("深圳", "深圳 ")),
    ],
)
def test_spellings_of_a_name_come_out_alike(one: str, other: str):
    assert folded(one) == folded(other)


@pytest.mark.parametrize("name", ["Ltd", "Co & Co", "S.A."])
def test_a_name_that_is_all_legal_form_stays_a_name(name: str):
    assert "" != folded(name)


def test_other_words_are_other_names():
    assert folded("Meridian Textiles") != folded("Meridian Trucking")
    assert not similar(folded("Meridian Textiles"), folded("Camino Real"))


@pytest.mark.parametrize("other", ["meridan textiles", "textiles meridian", "meridian textiles da nang"])
def test_names_nearly_the_same_are_similar(other: str):
    assert similar("meridian textiles", other)


def test_each_twin_comes_with_its_reasons():
    known = Likeness(
        [
            company("a", "Meridian Textiles Ltd"),
            company("b", "Meridian Textiles", country="TH"),
            company("c", "Song Han", identifiers={"MID": "VN-MER TEX 12"}),
            company("d", "Merdian Textiles", country="TH", email="sales@mill.example.com"),
            company("e", "Cedar", email="boss@mill.example.com"),
            company("f", "Delta", email="Ana@Mill.example.com"),
            company("g", "子午线", other_names=("Meridian Textiles Company",)),
        ]
    )
    new = company("new", "MERIDIAN TEXTILES", email="ana@mill.example.com", identifiers={"MID": "vnmertex12"})

    assert {twin.company.id: twin.reasons for twin in known.twins(new)} == {
        "a": (SAME_NAME,),
        "c": ("the same MID",),
        "d": (SAME_DOMAIN,),
        "f": (SAME_ADDRESS,),
        "g": (SAME_NAME,),
    }


def test_the_likeliest_comes_first_and_none_is_its_own_twin():
    known = Likeness([company("a", "Cedar Mill"), company("b", "Cedar Mill", email="x@y.example.com")])
    new = company("a", "Cedar Mill", email="x@y.example.com")

    assert ["b"] == [twin.company.id for twin in known.twins(new)]


def test_everybody_has_mail_at_large_providers():
    known = Likeness([company("a", "Cedar Mill", country="TH", email="cedar@gmail.com")])

    assert [] == known.twins(company("b", "Cedar Mills", email="mills@gmail.com"))
    assert [SAME_ADDRESS] == [
        reason for twin in known.twins(company("b", "Oak", email="Cedar@gmail.com")) for reason in twin.reasons
    ]
