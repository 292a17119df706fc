"""The site as a Flask application: it looks up the page of an address and draws it from the page's own value."""

import mimetypes
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from pathlib import Path

from flask import Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from portal.content.markdown import to_html
from portal.core.summary import Summary
from portal.publish.data import to_csv, to_json
from portal.publish.pages import Page, pages_of, slug
from portal.publish.words import FILTERS

ASSETS, TEMPLATES = "assets", "templates"
# Address, and the template that draws it; a page without a template is made by a function of DATA.
RULES = {
    "overview": ("/", "overview.html"),
    "partners": ("/partners/", "partners.html"),
    "partner": ("/partners/<folder>/", "partner.html"),
    "criteria": ("/criteria/", "criteria.html"),
    "criterion": ("/criteria/<folder>/", "criterion.html"),
    "method": ("/method/", "method.html"),
    "partners_json": ("/data/partners.json", ""),
    "partners_csv": ("/data/partners.csv", ""),
}
DATA: dict[str, Callable[..., str | bytes]] = {"partners_json": to_json, "partners_csv": to_csv}


def create_site(summary: Summary, site_folder: Path) -> Flask:
    """The site of a summary, drawn with the templates, pages and assets of a folder."""
    return site_of(pages_of(summary, site_folder), summary.importer, site_folder)


def site_of(pages: Mapping[str, Page], importer: str, site_folder: Path) -> Flask:
    """The application that serves exactly these pages and the folder's assets."""
    folder = site_folder.resolve()
    app = Flask(
        "portal.publish",
        template_folder=str(folder / TEMPLATES),
        static_folder=str(folder / ASSETS),
        static_url_path=f"/{ASSETS}",
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    app.jinja_env.filters.update(FILTERS, slug=slug, markdown=lambda text: Markup(to_html(text)))  # noqa: S704 - cleaned
    app.jinja_env.globals.update(importer=importer, fragment=_fragments(app.jinja_env))
    app.extensions["pages"] = pages
    for endpoint in dict.fromkeys(page.endpoint for page in pages.values()):
        app.add_url_rule(RULES[endpoint][0], endpoint, _show)
    return app


def _fragments(environment: Environment) -> Callable[[str, Hashable, str], Markup]:
    """Draws a small template from a value and remembers the result: many pages share the same rows."""

    @cache
    def fragment(template: str, one: Hashable, root: str) -> Markup:
        return Markup(environment.get_template(template).render(one=one, root=root))  # noqa: S704 - escaped in there

    return fragment


def _show(folder: str = "") -> ResponseReturnValue:
    page = current_app.extensions["pages"].get(request.path)
    if page is None:
        abort(404)
    template = RULES[page.endpoint][1]
    if not template:
        return DATA[page.endpoint](page.shows), {"Content-Type": _media_type(page.file)}
    # How many folders deep the page lies decides how its links begin: cheaper than asking url_for for each of them.
    return render_template(template, page=page.shows, root="../" * page.file.count("/"), here=page.endpoint)


def _media_type(file: str) -> str:
    """The type that any web server will guess from the file's name."""
    return mimetypes.guess_type(file)[0] or "application/octet-stream"
