"""The pages: exactly those that are expected, valid, linked only to each other, readable by everybody."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from portal.core.conditions import All, AnyOf, Not, Test
from portal.publish import create_site, publish
from portal.publish.words import condition_words, day, plural, share
from publish.cast import KANDY, MERIDIAN, PARTNERS, RESPONSES, SITE, files, response, score, summary
from publish.reading import SVG, every, pages, parse, text

SHOWN = ("3.1", "3.9", "3.10", "4.1", "4.2")


def page(site: Path, name: str):
    return parse((site / name).read_bytes())


def test_the_site_consists_of_exactly_these_files(site):
    expected = {
        "index.html",
        "partners/index.html",
        *(f"partners/{row.id}/index.html" for row in PARTNERS),
        "criteria/index.html",
        *(f"criteria/{id}/index.html" for id in SHOWN),
        "method/index.html",
        "data/partners.json",
        "data/partners.csv",
        *(f"assets/{path.name}" for path in (SITE / "assets").iterdir()),
    }

    assert expected == files(site).keys()


def test_assets_are_published_as_they_are(site):
    for path in (SITE / "assets").iterdir():
        assert path.read_bytes() == (site / "assets" / path.name).read_bytes()


def test_every_page_is_valid_and_has_one_main_heading_and_a_title_of_its_own(site):
    titles = set()
    for path, tree in pages(site):
        titles.add(text(every(tree, "title")[0]))

        assert 1 == len(every(tree, "h1")), path
        assert 1 == len(every(tree, "main")), path
        assert "en" == tree.get("lang")
        assert "" != text(every(tree, "h1")[0])

    assert len(list(pages(site))) == len(titles)


def test_headings_skip_no_level(site):
    for path, tree in pages(site):
        levels = [int(one.tag[-1]) for one in tree.iter() if re.search(r"}h[1-6]$", str(one.tag))]

        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_no_id_occurs_twice_and_every_reference_to_one_is_kept(site):
    for path, tree in pages(site):
        ids = [one.get("id") for one in tree.iter() if one.get("id")]
        named = [id for one in tree.iter() for id in (one.get("aria-labelledby") or one.get("for") or "").split()]

        assert len(set(ids)) == len(ids), path
        assert set() == set(named) - set(ids), path


def addresses(tree) -> list[str]:
    return [address for one in tree.iter() for key in ("href", "src") if (address := one.get(key)) is not None]


def test_every_link_is_relative_and_leads_to_a_file_of_the_site(site):
    root = site.resolve()
    for path, tree in pages(root):
        for address in addresses(tree):
            parts = urlsplit(address)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path

            assert ("", "") == (parts.scheme, parts.netloc), address
            assert not address.startswith("/"), address
            assert target.is_file(), (path, address)
            assert target.is_relative_to(root), address


def test_every_page_can_be_reached_from_the_first(site):
    root = site.resolve()
    seen, ahead = set(), [root / "index.html"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.suffix == ".html":
            ahead += [(path.parent / urlsplit(one).path).resolve() for one in addresses(parse(path.read_bytes()))]

    assert set() == {path for path in root.rglob("*") if path.is_file()} - seen - {root / "index.html#main"}


def test_every_page_forbids_what_it_does_not_need(site):
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
    )
    for _, tree in pages(site):
        metas = {one.get("http-equiv") or one.get("name"): one.get("content") for one in every(tree, "meta")}

        assert policy == metas["Content-Security-Policy"]
        assert "no-referrer" == metas["referrer"]
        assert "noindex" == metas["robots"]


def test_no_page_has_a_script_or_style_inside(site):
    for path, tree in pages(site):
        assert [] == every(tree, "style"), path
        assert all(one.get("src") and not text(one) for one in every(tree, "script")), path
        assert [] == [key for one in tree.iter() for key in one.attrib if key == "style" or key.startswith("on")], path


def test_only_the_partner_list_has_a_script_and_it_hides_nothing_without_it(site):
    with_script = [path.relative_to(site).as_posix() for path, tree in pages(site) if every(tree, "script")]
    tree = page(site, "partners/index.html")

    assert ["partners/index.html"] == with_script
    assert (
        sorted(row.name for row in PARTNERS) == [text(one) for one in every(tree, "a") if "/" in one.get("href")][-4:]
    )
    assert [] == [one for one in every(tree, "tr") if one.get("hidden") is not None]
    assert "" == every(tree, "form")[0].get("hidden")


def test_every_drawing_says_what_it_shows_and_has_a_table_with_the_same_numbers(site):
    drawn = 0
    for path, tree in pages(site):
        tables = " ".join(text(one) for one in every(tree, "table"))
        for drawing in every(tree, "svg", SVG):
            if drawing.get("aria-hidden") == "true":
                continue
            drawn += 1
            title, description = (text(every(drawing, name, SVG)[0]) for name in ("title", "desc"))

            assert "img" == drawing.get("role")
            assert "" not in (title, description)
            for part in description.rstrip(".").split("; "):
                assert all(words in tables for words in part.rsplit(": ", 1)), (path, part)
    assert 5 < drawn


def test_the_geometry_of_a_drawing_stays_inside_it(site):
    for path, tree in pages(site):
        for bar in every(tree, "rect", SVG):
            ends = float((bar.get("x") or "0").rstrip("%")) + float((bar.get("width") or "0").removesuffix("%"))

            assert bar.get("class") == "gap" or ends <= 100.01, path


def test_the_overview_shows_the_counts(site):
    said = text(every(page(site, "index.html"), "main")[0])

    for words in (
        "4 business partners in 4 countries, as of 31 Mar 2026.",
        "Assessed 2 of 4",
        "Mean score 78.8 of 100",
        "All musts met 1 of 2",
        "Overdue 1",
        "Strong 1 25 %",
        "Not assessed 2 50 %",
        "Mexico 1 1 62.5",
    ):
        assert words in said


def test_a_partners_page_shows_score_musts_and_unmet_criteria(site):
    said = text(every(page(site, "partners/norte/index.html"), "main")[0])

    for words in (
        "Transportes del Norte Highway carrier, Mexico",
        "62.5 of 100 Weak",
        "Musts met 0 of 2",
        "Shoulds met 1 of 1",
        "Submitted 3 Feb 2026",
        "Business Partners 50.0",
        "3.1 Topic 3.1 must Partly met 4.2 Topic 4.2 must Not met",
    ):
        assert words in said


def test_a_partner_that_is_not_assessed_has_no_number_that_could_be_taken_for_a_low_score(site):
    tree = page(site, "partners/delta/index.html")
    said = text(every(tree, "main")[0])

    assert "Not assessed" in said
    assert "State Started" in said
    assert "Due 1 Mar 2026 overdue" in said
    assert [] == every(tree, "svg", SVG)
    assert "of 100" not in said


def test_a_partner_that_meets_everything_is_told_so(site):
    assert "Every criterion that applies is met." in text(page(site, "partners/meridian/index.html"))


def test_a_partner_with_no_score_gets_a_page(tmp_path):
    nothing = score(None, rating="", rating_label="", colour="grey", must_result="", categories={}, verdicts={})
    publish(summary((MERIDIAN,), (response(MERIDIAN, score=nothing),)), tmp_path / "site", site_folder=SITE)

    said = text(page(tmp_path / "site", "partners/meridian/index.html"))

    assert "No score" in said
    assert "of 100" not in said


def test_a_criterions_page_shows_who_meets_it_and_who_does_not(site):
    said = text(every(page(site, "criteria/3.1/index.html"), "main")[0])

    for words in (
        "Asks 3.1.",
        "Why 3.1.",
        "Met 1 Partly met 1",
        "Not assessed 2 It applies to 4",
        "Highway carrier must",
    ):
        assert words in said
    assert said.endswith("Transportes del Norte Partly met Mexico Highway carrier")


def test_criteria_are_listed_in_natural_order_under_their_category(site):
    said = text(every(page(site, "criteria/index.html"), "tbody")[0])

    assert re.fullmatch(r"3\. Business Partners 3\.1 Topic.* 3\.9 Topic.* 3\.10 Topic.*", said)


def test_the_method_page_is_made_of_its_text_and_the_schemes_own_numbers(site):
    tree = page(site, "method/index.html")
    said = text(every(tree, "main")[0])

    assert "What you can read here" in [text(one) for one in every(tree, "h2")]
    assert "The score is what was earned." in said
    assert "must 3 should 1" in said
    assert "Met 1 Partly met 0.5 Not met 0" in said
    assert "Strong score: 90 or more All is well. 12 months" in said
    assert "Weak everything else –" in said


def test_a_site_without_partners_can_be_published(tmp_path):
    publish(summary((), ()), tmp_path / "site", site_folder=SITE)

    assert "0 business partners in 0 countries" in text(page(tmp_path / "site", "index.html"))
    assert 9 == len(list(pages(tmp_path / "site")))


def test_the_frozen_files_are_what_the_site_serves(site):
    client = create_site(summary(), SITE).test_client()

    assert (site / "method/index.html").read_bytes() == client.get("/method/").data
    assert 404 == client.get("/partners/nobody/").status_code


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (None, "everything else"),
        (Test(operator="at_most", operand=("0",), fact="musts_unmet"), "musts not met: none"),
        (Test(operator="at_most", operand=("2",), fact="musts_unmet"), "musts not met: at most 2"),
        (Test(operator="above", operand=("0",), fact="shoulds_unmet"), "shoulds not met: one or more"),
        (Test(operator="above", operand=("3",), fact="criticals_unmet"), "critical questions failed: more than 3"),
        (Test(operator="below", operand=("60",), fact="score.4"), "score in category 4: less than 60"),
        (Test(operator="is", operand=("high", "low"), fact="country_threat"), "country threat: high or low"),
        (Not(part=Test(operator="is", operand=("a",), fact="x")), "not (x: a)"),
    ],
)
def test_a_condition_reads_as_words(condition, words):
    assert words == condition_words(condition)


def test_joined_conditions_read_as_words():
    a, b = Test(operator="is", operand=("1",), fact="a"), Test(operator="is", operand=("2",), fact="b")

    assert "a: 1, and b: 2" == condition_words(All(parts=(a, b)))
    assert "(a: 1) or (b: 2)" == condition_words(AnyOf(parts=(a, b)))


def test_small_words():
    assert ("1 month", "2 months", "0 countries") == (
        plural(1, "month"),
        plural(2, "month"),
        plural(0, "x", "countries"),
    )
    assert ("4 Nov 2026", "–") == (day(date(2026, 11, 4)), day(None))
    assert ("33.33", "100", "0", "0") == (share(1, 3), share(3, 3), share(0, 3), share(1, 0))


def test_the_cast_has_a_partner_that_was_never_invited():
    """Several tests above rest on it."""
    assert KANDY.id not in {row.partner for row in RESPONSES}


def test_a_partner_with_several_sites_lists_each_and_says_which_score_counts(tmp_path):
    rows = [
        response(MERIDIAN, id="a", group="a", site="Hanoi <1>"),
        response(MERIDIAN, id="b", group="a", site="Hue", score=score("41.5", rating_label="Weak")),
    ]
    publish(summary((MERIDIAN,), rows), tmp_path / "site", site_folder=SITE)
    told = text(every(page(tmp_path / "site", "partners/meridian/index.html"), "main")[0])

    assert "The lowest score of the sites that have submitted stands for the partner" in told
    assert "Hanoi <1>" in told
    assert 2 == told.count("41.5")
