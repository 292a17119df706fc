"""Limits on tries, kept in the store so that neither a restart nor a second process empties them."""

from datetime import datetime, timedelta

from msgspec import Struct

from portal.core.errors import PortalError, Problem
from portal.core.records import Bucket
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed


class TooMany(PortalError):
    """Too many tries; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        minutes = str(max(1, round(seconds / 60)))
        why = Problem("", "Too many tries. Wait %(minutes)s min and try again.", {"minutes": minutes})
        super().__init__(why.message)
        self.seconds, self.problems = seconds, (why,)


class Limit(Struct, frozen=True):
    """At most `tries` within `window`."""

    tries: int
    window: timedelta


# README lists this table; a test holds the two together.
LIMITS: dict[str, Limit] = {
    "wrong passwords for one account": Limit(6, timedelta(minutes=1)),
    "wrong passwords from one address": Limit(30, timedelta(minutes=10)),
    "unknown links from one address": Limit(30, timedelta(minutes=10)),
    "fresh links for one response": Limit(3, timedelta(hours=1)),
    "requests for fresh links from one address": Limit(10, timedelta(hours=1)),
    "password links for one account": Limit(3, timedelta(hours=1)),
    "requests for password links from one address": Limit(10, timedelta(hours=1)),
    "workbooks sent to one response": Limit(60, timedelta(hours=1)),
}


def _bucket_id(limit: str, source: str) -> str:
    return hashed(f"{limit}:{source}")


def check(portal: Portal, limit: str, source: str, now: datetime) -> None:
    """TooMany where the limit is reached; looking counts nothing."""
    bucket = portal.store.find(Bucket, _bucket_id(limit, source))
    recent = _recent(bucket, LIMITS[limit], now)
    if len(recent) >= LIMITS[limit].tries:
        raise TooMany(int((recent[0] + LIMITS[limit].window - now).total_seconds()) + 1)


def count(portal: Portal, limit: str, source: str, now: datetime) -> None:
    """Note one try."""
    id = _bucket_id(limit, source)
    with portal.store.transaction((Bucket, id), by="throttle", at=now) as records:
        recent = _recent(records.find(Bucket, id), LIMITS[limit], now)
        records.put(Bucket(id=id, tries=(*recent, now)[-LIMITS[limit].tries :]), "try counted")


def _recent(bucket: Bucket | None, limit: Limit, now: datetime) -> tuple[datetime, ...]:
    """The tries that still count. A time ahead of the clock, after it was set back, counts as long ago."""
    return tuple(tried for tried in (bucket.tries if bucket else ()) if now - limit.window < tried <= now)
