"""What changed between two records, and what a history never says."""

import pytest

from portal.core.history import difference

BEFORE = {
    "name": "Meridian Textiles",
    "password": "old hash",
    "answers": {"gate": {"value": "no", "comment": ""}, "wall": {"value": "yes"}},
    "tags": ["new"],
}


def changed(**more):
    return {**BEFORE, **more}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BEFORE, {}),
        (changed(name="Meridian"), {"name": ("Meridian Textiles", "Meridian")}),
        (changed(tags=["new", "priority"]), {"tags": (["new"], ["new", "priority"])}),
        (changed(city="Hue"), {"city": (None, "Hue")}),
        (changed(city=None), {}),
        ({key: BEFORE[key] for key in ("password", "answers", "tags")}, {"name": ("Meridian Textiles", None)}),
        (
            changed(answers={"gate": {"value": "yes", "comment": ""}, "wall": {"value": "yes"}}),
            {"answers.gate.value": ("no", "yes")},
        ),
        (
            changed(answers={"gate": {"value": "no", "comment": ""}}),
            {"answers.wall": ({"value": "yes"}, None)},
        ),
        (
            changed(answers={**BEFORE["answers"], "roof": {"value": "no"}}),
            {"answers.roof": (None, {"value": "no"})},
        ),
        (changed(answers=None), {"answers": (BEFORE["answers"], None)}),
    ],
)
def test_only_what_differs_is_named_with_before_and_after(after, expected):
    assert expected == difference(BEFORE, after)


def test_a_new_record_differs_in_everything():
    assert {key: (None, value) for key, value in BEFORE.items()} == difference(None, BEFORE)


def test_a_removed_record_differs_in_everything():
    assert {key: (value, None) for key, value in BEFORE.items()} == difference(BEFORE, None)


@pytest.mark.parametrize("after", [changed(password="new hash"), changed(password=None)])
def test_a_private_field_is_named_as_changed_and_nothing_of_it_is_told(after):
    found = difference(BEFORE, after, frozenset({"password"}))

    assert {"password": ("(private)", "(private)")} == found


def test_a_private_field_of_a_new_record_is_not_told_either():
    found = difference(None, BEFORE, frozenset({"password", "answers"}))

    assert ("(private)", "(private)") == found["password"] == found["answers"]
    assert "old hash" not in str(found)


def test_nothing_inside_a_private_field_is_told():
    after = changed(answers={"gate": {"value": "yes", "comment": "secret words"}, "wall": {"value": "yes"}})
    found = difference(BEFORE, after, frozenset({"answers"}))

    assert {("(private)", "(private)")} == set(found.values())


def test_a_private_field_that_did_not_change_is_not_named():
    assert {} == difference(BEFORE, BEFORE, frozenset({"password"}))


def test_changes_come_in_the_same_order_every_time():
    """What is written down must not depend on the order in which Python keeps a set."""
    before, after = dict.fromkeys("zebra", 0), dict.fromkeys("quartz", 1)

    assert sorted("zebraqut") == list(difference(before, after))
