"""Passwords that are made for somebody, to be shown once and changed."""

import secrets

from portal.usecases.secrets import READABLE

GROUPS, SIGNS = 5, 4


def new_password() -> str:
    """A password that nobody can guess and everybody can type: 20 signs in groups, 98 random bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(SIGNS)) for _ in range(GROUPS))
