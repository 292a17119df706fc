"""Passwords: what a new one must be, how it is hashed, and ones that are made for somebody, to be shown and changed."""

import re
import secrets

from argon2 import PasswordHasher

from portal.core.errors import Problem, Refused
from portal.usecases.portal import Portal
from portal.usecases.secrets import READABLE

SHORTEST, LONGEST = 15, 128
# OWASP's floor for Argon2id: 19 MiB, two passes, one lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
COMMON = (
    "password", "123456", "qwerty", "letmein", "iloveyou", "admin", "welcome", "abc123", "monkey", "dragon",
    "football", "baseball", "sunshine", "princess", "master", "shadow", "superman", "trustno1", "passw0rd",
)  # fmt: skip
GROUPS, SIGNS = 5, 4


def new_password() -> str:
    """A password that nobody can guess and everybody can type: 20 signs in groups, 98 random bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(SIGNS)) for _ in range(GROUPS))


def check_new_password(portal: Portal, password: str, email: str) -> None:
    """Refused where a password is too short, too long, or made of words that anybody would try first."""
    if not SHORTEST <= len(password) <= LONGEST:
        text = "Choose a password of %(shortest)s to %(longest)s characters. A sentence is easy to remember."
        raise Refused([Problem("password", text, {"shortest": str(SHORTEST), "longest": str(LONGEST)})])
    bare = password.lower()
    for word in (*COMMON, email.split("@")[0], "portal", *re.findall(r"\w+", portal.config.importer.lower())):
        if len(word) > 2:
            bare = bare.replace(word, "")
    if len(set(bare)) < 6 or len(bare) < SHORTEST // 2:
        raise Refused([Problem("password", "This password is too easy to guess. Use four or five unrelated words.")])
