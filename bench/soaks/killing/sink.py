"""The other side: an SMTP server that is never killed, and writes down what it takes."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.soaks.killing.judge import Accepted, fate_of

# As slow as a mail server in the same town, so that kills find somebody at work.
ANSWER_SECONDS = 0.004


@dataclass
class Sink:
    """`on_mail` is called with the number of mails taken so far and the purpose of this one, after it was taken and
    before that is said. `longest_gap` is between two of the `first` mails, in seconds: later ones wait until a dead
    sender has been silent for long enough."""

    on_mail: Callable[[int, str], None]
    first: int
    url: str = ""
    accepted: list[Accepted] = field(default_factory=list)
    last_at: float = 0.0
    longest_gap: float = 0.0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if fate_of(address) == "refused":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        purpose = "marketing" if "List-Unsubscribe" in mail else "service"
        await asyncio.sleep(ANSWER_SECONDS)
        self.accepted.append(Accepted(envelope.rcpt_tos[0], purpose, str(mail["Message-ID"])))
        self._note_gap()
        self.on_mail(len(self.accepted), purpose)
        return "250 2.0.0 kept"

    def seconds_of_quiet(self) -> float:
        """Since the last mail; 0 before the first one."""
        return time.monotonic() - self.last_at if self.last_at else 0.0

    def _note_gap(self) -> None:
        now = time.monotonic()
        if self.last_at and len(self.accepted) <= self.first:
            self.longest_gap = max(self.longest_gap, now - self.last_at)
        self.last_at = now


@contextmanager
def running_sink(on_mail: Callable[[int, str], None], *, first: int) -> Iterator[Sink]:
    """On a port of the loopback that the system chooses, in a thread of its own."""
    sink = Sink(on_mail, first)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    # All of it happens in that thread: whoever calls may have a loop of their own that runs, as browser tests do.
    starting = loop.create_server(lambda: SMTP(sink, hostname="localhost", loop=loop), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    sink.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
