"""The look: every documented class is there, small, ready for right-to-left, readable in light and in dark."""

import gzip
import re

import pytest

from publish.cast import SITE

CSS = (SITE / "assets/look.css").read_text("utf-8")
LIGHT, REST = CSS.split("@media screen and (prefers-color-scheme: dark)")
DARK = REST.split("}")[0]
SIDES = re.compile(r"[;{]\s*(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom)\s*:")
TEXT_ON = {
    "ink": ("paper", "surface", "wash", "accent-wash"),
    "soft": ("paper", "surface", "wash", "accent-wash"),
    "accent": ("paper", "surface", "wash", "accent-wash"),
    "on-accent": ("accent", "accent-deep"),
    "on-bar": ("bar",),
    "red-ink": ("paper", "surface", "red-wash"),
    "green-ink": ("paper", "surface", "green-wash"),
    "lime-ink": ("lime-wash",),
    "amber-ink": ("amber-wash",),
    "grey-ink": ("grey-wash",),
}
PARTS_ON = dict.fromkeys(("green", "lime", "amber", "red", "grey", "accent", "edge", "focus"), ("surface",))


def colours(scheme: str) -> dict[str, str]:
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", LIGHT))
    return {**found, **dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", DARK))} if scheme == "dark" else found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_class_that_the_readme_names_is_in_the_style_sheet():
    table = (SITE / "README.md").read_text("utf-8").split("## The look")[1].split("## The published files")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}

    assert len(named) > 50
    assert set() == {name for name in named if not re.search(rf"\.{name}(?![\w-])", CSS)}


def test_the_style_sheet_stays_under_5_kilobytes_on_the_wire():
    assert len(gzip.compress(CSS.encode(), 9)) < 5 * 1024


@pytest.mark.parametrize("name", ["look.css", "site.css"])
def test_nothing_is_tied_to_left_or_right_or_loaded_from_elsewhere(name):
    css = (SITE / "assets" / name).read_text("utf-8")

    assert [] == SIDES.findall(css)
    assert "url(" not in css
    assert "@import" not in css


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 4.5), (PARTS_ON, 3.0)], ids=["text", "parts of drawings"])
def test_colours_keep_their_contrast(scheme, pairs, least):
    known = colours(scheme)
    weak = [(one, on) for one, grounds in pairs.items() for on in grounds if contrast(known[one], known[on]) < least]

    assert [] == weak
