"""Where things are: every address of the portal, and every byte of its data folder."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from flask import Flask
from msgspec import Struct
from werkzeug.routing import Rule

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36",
    "Mozilla/5.0 (compatible; Microsoft SafeLinks; +https://example.com/bot)",
    "BarracudaCentral/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://example.com/robots)",
    "WhatsApp/2.23.20.0",
)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Door(Struct, frozen=True):
    """One method at one address, and the endpoint that answers there."""

    endpoint: str
    method: str
    address: str

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def contents(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in a folder, by its path; locks hold nothing."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "lock" not in path.name)
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def without_sessions(files: Mapping[str, str]) -> dict[str, str]:
    """The files but those of sessions and throttles, which remember that somebody came."""
    return {path: digest for path, digest in files.items() if not re.search(r"(^|/)(session|bucket)s?/", path)}


def rules(app: Flask) -> list[Rule]:
    """Every route."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def address(app: Flask, rule: Rule, values: Mapping[str, str]) -> str:
    """The address of a route, its places filled in; KeyError where a new place has no value yet."""
    with app.test_request_context():
        found: str = app.url_map.bind("127.0.0.1:8000").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}
        )
    return found


def doors(app: Flask, values: Mapping[str, str]) -> Iterator[Door]:
    """Every route with every method it takes, but the two that Flask adds by itself."""
    for rule in rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Door(rule.endpoint, method, address(app, rule, values))
