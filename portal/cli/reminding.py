"""`portal remind`: for a schedule, once a day or as often as one likes."""

import click

from portal.cli import edge
from portal.usecases.delivering import deliver
from portal.usecases.reminding import remind as remind_partners


@click.command(short_help="Remind partners whose answers are due, and hand waiting mails over.")
@click.option("--json", "wants_json", is_flag=True, help="As JSON rows of partner, response, step, to.")
def remind(*, wants_json: bool) -> None:
    """Queue today's reminders, as PORTAL_REMINDERS says, and hand over every mail that waits.

    Made for cron. It is safe to run twice: each partner is reminded once at each step. What was missed in the last
    three days is made up for, older steps are left out. Nobody is reminded who has sent the answers or asked for
    silence. Mails that a server does not take stay in the queue.
    """
    portal = edge.portal()
    reminded = remind_partners(portal, by=edge.operator(), now=edge.now())
    gone = deliver(portal, edge.now)
    if wants_json:
        edge.as_json(reminded)
        return
    for one in reminded:
        edge.say(f"{one.partner}  {one.step}  {one.to}")
    edge.say(f"{len(reminded)} reminders queued, {gone} mails handed over.")
