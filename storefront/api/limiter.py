"""One atomic counter for every limit: in Valkey, and in the database while Valkey is away."""

import hashlib
import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

# Counts and starts the window in one step, so that no crash between two leaves a counter that never ends.
COUNT = """
local n = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) left = tonumber(ARGV[2]) end
return {n, left}
"""
GIVE_BACK = "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECRBY', KEYS[1], ARGV[1]) end"

COUNT_SQL = """
INSERT INTO storefront_throttlecount AS t (key, used, ends_at) VALUES (%(key)s, %(cost)s, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET
    used = CASE WHEN t.ends_at <= %(at)s THEN excluded.used ELSE t.used + excluded.used END,
    ends_at = CASE WHEN t.ends_at <= %(at)s THEN excluded.ends_at ELSE t.ends_at END
RETURNING used, ends_at
"""
GIVE_BACK_SQL = (
    "UPDATE storefront_throttlecount SET used = greatest(used - %(cost)s, 0) "
    "WHERE key = %(key)s AND ends_at > %(at)s"
)

ANSWER_WITHIN_SECONDS = 0.25
REST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in `seconds`, counted in windows that begin with the first one."""

    name: str
    count: int
    seconds: int


def limit_named(name: str) -> Limit:
    """One of the settings' API_LIMITS, written "count/seconds"."""
    count, seconds = settings.API_LIMITS[name].split("/")
    return Limit(name, int(count), int(seconds))


def take(limit: Limit, subject: str, *, cost: int = 1) -> int:
    """Count `cost` for `subject` (who: hashed, for it may be an address). 0 if allowed, else the seconds to wait."""
    key = _key(limit, subject)
    used, left_seconds = _count_in_valkey(key, limit, cost) or _count_in_database(key, limit, cost)
    return 0 if used <= limit.count else max(1, math.ceil(left_seconds))


def give_back(limit: Limit, subject: str, *, cost: int = 1) -> None:
    """Take back what turned out not to count."""
    key = _key(limit, subject)
    if not _give_back_in_valkey(key, cost):
        _run(GIVE_BACK_SQL, {"key": key, "cost": cost, "at": timezone.now()})


def _key(limit: Limit, subject: str) -> str:
    return f"limit:{limit.name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def _count_in_valkey(key: str, limit: Limit, cost: int) -> tuple[int, float] | None:
    """None while Valkey does not answer."""
    if _rest.is_on():
        return None
    try:
        used, left_ms = _valkey(settings.REDIS_URL).eval(COUNT, 1, key, cost, limit.seconds * 1000)
    except (redis.RedisError, OSError):
        _rest.begin()
        return None
    return int(used), int(left_ms) / 1000


def _give_back_in_valkey(key: str, cost: int) -> bool:
    if _rest.is_on():
        return False
    try:
        _valkey(settings.REDIS_URL).eval(GIVE_BACK, 1, key, cost)
    except (redis.RedisError, OSError):
        _rest.begin()
        return False
    return True


def _count_in_database(key: str, limit: Limit, cost: int) -> tuple[int, float]:
    """If this fails too, the error goes on: nobody tries codes while nobody counts."""
    at = timezone.now()
    values: dict[str, str | int | datetime] = {
        "key": key,
        "cost": cost,
        "at": at,
        "ends_at": at + timedelta(seconds=limit.seconds),
    }
    used, ends_at = _run(COUNT_SQL, values) or (limit.count + 1, at)
    return used, (ends_at - at).total_seconds()


def _run(sql: str, values: dict[str, str | int | datetime]) -> tuple[int, datetime] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None


@cache
def _valkey(url: str) -> redis.Redis:
    """One pool a process. A counter that does not answer at once is not waited for."""
    return redis.Redis.from_url(
        url, socket_timeout=ANSWER_WITHIN_SECONDS, socket_connect_timeout=ANSWER_WITHIN_SECONDS
    )


class _Rest:
    """After a failure Valkey is left alone for a while, so that requests do not each wait for it."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + REST_SECONDS

    def is_on(self) -> bool:
        return time.monotonic() < self._until


_rest = _Rest()
