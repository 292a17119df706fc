"""The site shows nothing that the summary has no field for, and hostile names do no harm."""

from datetime import UTC, date, datetime
from types import UnionType
from typing import Any

import msgspec
import pytest

from portal.core.records import State
from portal.core.register import PartnerRow, ResponseRow
from portal.publish import publish
from portal.publish.pages import slug
from publish.cast import CARRIER, MAKER, SITE, files, partner, response, score, summary
from publish.reading import every, pages, parse, text

# What readers may see of the register's rows. Anything else, also what is added one day, is planted with a secret.
SHOWN = {
    PartnerRow: {"id", "name", "country", "business_type"},
    ResponseRow: {"partner", "questionnaire", "state", "due", "submitted", "score", "site", "group"},
}
MARK = "canary"
PLANTED: dict[Any, Any] = {
    str: f"{MARK}-text@example.com",
    tuple[str, ...]: (f"{MARK}-tag",),
    dict[str, str]: {f"{MARK}-key": f"{MARK}-value"},
    bool: True,
    int: 7654321,
    datetime: datetime(1907, 5, 6, 7, 8, 9, tzinfo=UTC),
    date: date(1907, 5, 6),
    tuple[date, ...]: (date(1907, 5, 6),),
}
TRACES = (MARK.encode(), b"7654321", b"1907")


def planted(row: Any) -> Any:
    """The row with a secret in every field that readers may not see."""
    secrets = {}
    for field in msgspec.structs.fields(row):
        if field.name not in SHOWN[type(row)]:
            optional = field.type.__args__[0] if isinstance(field.type, UnionType) else field.type
            secrets[field.name] = PLANTED[optional]
    return msgspec.structs.replace(row, **secrets)


def test_a_secret_planted_in_every_other_field_is_nowhere_in_what_is_published(tmp_path):
    states = (State.SUBMITTED, State.STARTED, State.INVITED)
    partners = tuple(planted(partner(state.value)) for state in states)
    given = tuple(planted(response(row, state)) for row, state in zip(partners, states, strict=True))
    verdicts = {"3.1": "met", MARK: "not-met", f"{MARK}-question": "not-met"}
    last = planted(response(partners[0], score=score(verdicts=verdicts), submitted=datetime(2026, 3, 1, tzinfo=UTC)))

    publish(summary(partners, (*given, last)), tmp_path / "site", site_folder=SITE)

    everything = files(tmp_path)
    assert 19 < len(everything)
    assert [] == [(name, trace) for name, content in everything.items() for trace in TRACES if trace in content]
    assert [] == [name for name in everything if MARK in name]


def test_the_secrets_were_really_planted():
    assert f"{MARK}-text@example.com" == planted(partner("x")).contact_email
    assert (f"{MARK}-tag",) == planted(partner("x")).tags
    assert f"{MARK}-text@example.com" == planted(response("x")).last_section
    assert 1907 == planted(response("x")).opened.year


HOSTILE = [
    "../../../escaped",
    "/etc/passwd",
    "C:\\x",
    "a%00b",
    "a/../b",
    "..",
    ".",
    "index.html",
    "CON",
    "x" * 300,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "]]></title></desc><script>",
    "<!--",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe",
    "Đồng Nai – Giày & Dép <b>“Việt”</b>",
]


def test_hostile_names_and_ids_are_shown_as_they_are_and_write_nowhere_else(tmp_path):
    partners = tuple(partner(name, name, business_type=(MAKER, CARRIER)[n % 2]) for n, name in enumerate(HOSTILE))
    unmet = score(verdicts={"3.1": "not-met"})
    given = tuple(response(row, score=unmet) for row in partners)

    publish(summary(partners, given), tmp_path / "site", site_folder=SITE)

    assert {"site", "site.publications"} == {path.name for path in tmp_path.iterdir()}
    assert len(HOSTILE) == len(list((tmp_path / "site/partners").iterdir())) - 1
    headings = {text(every(tree, "h1")[0]) for path, tree in pages(tmp_path / "site/partners")}
    assert {*HOSTILE, "Partners"} == headings
    for path, tree in pages(tmp_path / "site"):
        scripts = [one.get("src") for one in every(tree, "script")]
        assert scripts in ([], ["../assets/site.js"]), path
        assert [] == every(tree, "img") + every(tree, "b"), path
        assert [] == [key for one in tree.iter() for key in one.attrib if key.startswith("on")], path


@pytest.mark.parametrize("place", ["country", "business_type"])
def test_other_fields_are_escaped_as_well(tmp_path, place):
    publish(summary((partner("x", **{place: "<script>1</script>"}),), ()), tmp_path / "site", site_folder=SITE)

    tree = parse((tmp_path / "site/partners/x/index.html").read_bytes())

    assert [] == every(tree, "script")
    assert "<script>1</script>" in text(tree)


@pytest.mark.parametrize("id", ["meridian", "3.10", "a-b.c", "x" * 40])
def test_a_plain_id_is_its_own_folder(id):
    assert id == slug(id)


@pytest.mark.parametrize("id", [*HOSTILE[:10], "", "-a", "a.", "A", "a\n", "a\ud800"])
def test_any_other_id_is_replaced_by_a_digest(id):
    assert slug(id).startswith("x-")
    assert slug(id).isascii()
    assert 26 == len(slug(id))


def test_the_importers_name_is_escaped_too(tmp_path):
    publish(
        msgspec.structs.replace(summary(), importer="<i>Pine</i>"),
        tmp_path / "site",
        site_folder=SITE,
    )

    for path, tree in pages(tmp_path / "site"):
        assert [] == every(tree, "i"), path
