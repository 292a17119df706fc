"""`portal invite`: a secret link for each partner."""

from datetime import UTC, date, datetime

import click

from portal.cli import edge
from portal.usecases import inviting
from portal.usecases.partner_lines import partner_lines
from portal.usecases.portal import Portal


def _not_passed(ctx: click.Context, option: click.Parameter, given: datetime | None) -> date | None:
    if given is None:
        return None
    if given.date() < datetime.now(UTC).date():
        raise click.BadParameter(f"{given:%Y-%m-%d} has passed")
    return given.date()


def _everybody(portal: Portal) -> list[str]:
    """The partners that have neither an open invitation nor answers, as far as there is a questionnaire for them."""
    return [
        line.partner.id
        for line in partner_lines(portal, edge.now())
        if line.can_invite and line.score is None and portal.library.for_business_type(line.partner.business_type)
    ]


@click.command(short_help="Make a secret link for each partner.")
@click.argument("partners", metavar="[PARTNER…]", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="All that have neither an open invitation nor answers.")
@click.option(
    "--due",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_not_passed,
    help="Answers are due on this day, YYYY-MM-DD.",
)
@click.option(
    "--language", metavar="CODE", default="en", help="The invitation opens in this language, such as es or ar."
)
@click.option("--site", "sites", metavar="NAME", multiple=True, help="A site with a response of its own; give several.")
@click.option("--json", "wants_json", is_flag=True, help="As JSON rows of partner, response, link, expires.")
def invite(
    partners: tuple[str, ...],
    *,
    everybody: bool,
    due: date | None,
    language: str,
    sites: tuple[str, ...],
    wants_json: bool,
) -> None:
    """Invite partners: open a response for each PARTNER (its id) and print its secret link.

    With --site the partner gets a response for each site, all on one link.

    A link is shown this once; only its hash is kept. All are invited or none. With --all those are left out for
    whose business type there is no questionnaire.
    """
    if bool(partners) == everybody:
        raise click.UsageError("Name partners, or give --all.")
    portal = edge.portal()
    asked = _everybody(portal) if everybody else partners
    made = inviting.invite(portal, asked, by=edge.operator(), now=edge.now(), due=due, language=language, sites=sites)
    if wants_json:
        edge.as_json(made)
        return
    for one in made:
        click.echo(f"{one.partner}  {one.link}")
    if not made:
        edge.complain("There is nobody left to invite.")
