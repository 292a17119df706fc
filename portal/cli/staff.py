"""`portal staff`: who may sign in."""

import sys

import click

from portal.cli import edge
from portal.core.records import Role
from portal.usecases import entering, people, second_factor
from portal.usecases.passwords import new_password


class Email(click.ParamType[str]):
    """An e-mail address, in lower case as the store knows it."""

    name = "email"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """The address without blanks around it."""
        return value.strip().lower()


ROLE = click.Choice([role.value for role in Role])
EMAIL = click.argument("email", metavar="EMAIL", type=Email())
STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; otherwise one is made and printed."
)


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    """The password to set, and whether it was made here and must be shown."""
    if not from_stdin:
        return new_password(), True
    return sys.stdin.readline().rstrip("\r\n"), False


def _show(password: str, *, made: bool) -> None:
    if made:
        edge.say(f"Password: {password}")
        edge.complain("It is shown this once. Change it after signing in.")


@click.group()
def staff() -> None:
    """Add, list and change the people who may sign in."""


@staff.command()
@EMAIL
@click.option("--role", type=ROLE, required=True, help="reader looks, reviewer works with partners, admin also here.")
@click.option(
    "--may-export/--no-export",
    default=None,
    help="May take out the answers of all partners at once; an admin may, unless --no-export is said.",
)
@STDIN
def add(email: str, role: str, *, may_export: bool | None, password_stdin: bool) -> None:
    """Add a person.

    Without --password-stdin a strong random password is made and printed once.
    """
    password, made = _password(from_stdin=password_stdin)
    by, now = edge.operator(), edge.now()
    # Whoever has this command has all the data anyway, so an admin need not be given the right in a second step.
    exports = role == Role.ADMIN if may_export is None else may_export
    person = people.add_person(edge.portal(), email, Role(role), password, may_export=exports, by=by, now=now)
    edge.say(f"{person.id} can sign in as {person.role.value}.")
    _show(password, made=made)


@staff.command("list")
@click.option("--json", "wants_json", is_flag=True, help="As JSON rows.")
def list_(*, wants_json: bool) -> None:
    """List everybody who can sign in."""
    found = people.people(edge.portal())
    if wants_json:
        edge.as_json(
            {"email": one.id, "name": one.name, "role": one.role, "disabled": one.disabled, "added": one.added}
            for one in found
        )
        return
    rows = ((one.id, one.role.value, "disabled" if one.disabled else "", f"{one.added:%Y-%m-%d}") for one in found)
    edge.as_table(("email", "role", "", "added"), rows)


@staff.command()
@EMAIL
def disable(email: str) -> None:
    """Shut a person out; their sessions end at once."""
    people.set_disabled(edge.portal(), email, True, by=edge.operator(), now=edge.now())
    edge.say(f"{email} can no longer sign in.")


@staff.command()
@EMAIL
def enable(email: str) -> None:
    """Let a person in again."""
    people.set_disabled(edge.portal(), email, False, by=edge.operator(), now=edge.now())
    edge.say(f"{email} can sign in again.")


@staff.command("may-export")
@EMAIL
@click.argument("may", type=click.Choice(["yes", "no"]))
def may_export(email: str, may: str) -> None:
    """Let a person take out the answers of all partners at once, or no longer."""
    people.set_may_export(edge.portal(), email, may == "yes", by=edge.operator(), now=edge.now())
    edge.say(f"{email} {'may' if may == 'yes' else 'may no longer'} export all answers.")


@staff.command()
@EMAIL
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="reader looks, reviewer works with partners, admin also here.")
@click.option("--may-export", is_flag=True, help="May take out the answers of all partners at once.")
def invite(email: str, name: str, role: str, *, may_export: bool) -> None:
    """Mail a person the link by which they choose their own password; it is also printed, once."""
    by, now = edge.operator(), edge.now()
    made = entering.invite_person(edge.portal(), email, name, Role(role), may_export=may_export, by=by, now=now)
    edge.say(made.link)
    edge.complain(f"It works once, until {made.expires:%Y-%m-%d %H:%M} UTC." + ("" if made.mailed else " Not mailed."))


@staff.command()
@EMAIL
@click.argument("role", type=ROLE)
def role(email: str, role: str) -> None:
    """Give a person another role; their sessions end at once."""
    people.change_role(edge.portal(), email, Role(role), by=edge.operator(), now=edge.now())
    edge.say(f"{email} is {role} now.")


@staff.command()
@EMAIL
@STDIN
def password(email: str, *, password_stdin: bool) -> None:
    """Give a person a new password; their sessions end at once."""
    new, made = _password(from_stdin=password_stdin)
    people.set_password(edge.portal(), email, new, by=edge.operator(), now=edge.now())
    edge.say(f"{email} has a new password.")
    _show(new, made=made)


@staff.command("forget-second-factor", short_help="For somebody who has lost the phone.")
@EMAIL
def forget_second_factor(email: str) -> None:
    """Take a person's second factor away; their sessions end at once, and they can set up another."""
    second_factor.forget(edge.portal(), email, by=edge.operator(), now=edge.now())
    edge.say(f"{email} signs in with the password alone until another second factor is set up.")
