"""Secrets of links and sessions: made here, and only their hashes are kept."""

import secrets
from hashlib import sha256

BITS = 256
# No 0, 1, I, L, O or U: a reference is read over the phone.
READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_secret() -> str:
    """256 random bits as text that may stand in an address or a cookie."""
    return secrets.token_urlsafe(BITS // 8)


def hashed(secret: str) -> str:
    """The SHA-256 of a secret in hexadecimal; the only form in which it is kept."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_id() -> str:
    """An id that says nothing and cannot be guessed."""
    return secrets.token_hex(8)


def new_reference() -> str:
    """A reference number that a person can read out, such as K7M2-QD4X."""
    signs = "".join(secrets.choice(READABLE) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"
