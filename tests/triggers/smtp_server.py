"""A real SMTP server that keeps mails in memory and misbehaves on demand."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Lock, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """`answers`: what RCPT TO says for an address; `hangs_up`: addresses whose mail is kept, and then no answer."""

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hangs_up: set[str] = field(default_factory=set)
    connections: int = 0
    _lock: Lock = field(default_factory=Lock)

    def addresses(self) -> Counter[str]:
        """How many mails each address got."""
        return Counter(address for _, addresses in self.envelopes for address in addresses)

    def only(self) -> EmailMessage:
        assert len(self.mails) == 1, f"{len(self.mails)} mails instead of one"
        return self.mails[0]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        with self._lock:
            self.mails.append(mail)
            self.envelopes.append((str(envelope.mail_from), tuple(envelope.rcpt_tos)))
        if self.hangs_up.intersection(envelope.rcpt_tos):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 2.0.0 kept"


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """On a port that the system chooses, in a thread of its own."""
    mailbox = Mailbox()
    loop = asyncio.new_event_loop()
    starting = loop.create_server(lambda: SMTP(mailbox, hostname="localhost", loop=loop), "127.0.0.1", 0)
    server = loop.run_until_complete(starting)
    mailbox.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield mailbox
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
