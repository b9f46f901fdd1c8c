"""Notices a worker that is alive but deaf (seen after restarts of a broker): no periodic work gets done."""

import http.client
import json

DEAF_SECONDS = 120.0
LOOK_SECONDS = 30.0


class Ear:
    """Looks at /readyz now and then. After each restart the worker gets its time again."""

    def __init__(self, port: int, *, since: float) -> None:
        self._port = port
        self._looked_at = self._since = since

    def is_deaf(self, *, now: float) -> bool:
        """`now` is the monotonic clock's, in seconds, as `since` was."""
        if now - self._looked_at < LOOK_SECONDS or now - self._since < DEAF_SECONDS:
            return False
        self._looked_at = now
        age = tick_age(self._port)
        if age is None or age < DEAF_SECONDS:
            return False
        self._since = now
        return True


def tick_age(port: int) -> float | None:
    """Seconds since periodic work last ran, or None where nobody can say."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5.0)
    try:
        connection.request("GET", "/readyz")
        found = json.loads(connection.getresponse().read(65536))
        return float(found["tick_age_seconds"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()
