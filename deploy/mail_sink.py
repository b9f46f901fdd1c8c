"""An SMTP server that delivers nothing: each mail becomes a file of a Maildir, for the panel to show."""

import argparse
import asyncio
import os
import signal
import time
from email.utils import formatdate
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
BYTES_MAX = 10 * 1024 * 1024
MAILS_MAX = 5000
FORGET_EVERY = 100
_numbers = count(1)


class Keep:
    """aiosmtpd's handler."""

    def __init__(self, mailbox: Path) -> None:
        self._mailbox = mailbox
        for folder in ("tmp", "new", "cur"):
            (mailbox / folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        try:
            self._store(envelope)
        except OSError as error:
            return f"452 cannot keep the mail: {error.strerror}"
        return "250 kept"

    def _store(self, envelope: Envelope) -> None:
        """Written aside, synced and renamed: whoever lists `new` finds whole mails only."""
        number = next(_numbers)
        name = f"{time.time():017.6f}.{os.getpid()}_{number}.reprise"
        content = envelope.content or b""
        body = content if isinstance(content, bytes) else content.encode()
        heading = [f"X-Envelope-To: {address}" for address in envelope.rcpt_tos]
        heading = [f"Return-Path: <{envelope.mail_from}>", *heading, f"X-Received-At: {formatdate()}"]
        temporary = self._mailbox / "tmp" / name
        with temporary.open("xb") as file:
            file.write("".join(f"{line}\r\n" for line in heading).encode() + body)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(self._mailbox / "new" / name)
        if number % FORGET_EVERY == 0:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        mails = sorted((self._mailbox / "new").iterdir())
        for mail in mails[: max(0, len(mails) - MAILS_MAX)]:
            mail.unlink(missing_ok=True)


async def serve(*, port: int, mailbox: Path) -> None:
    """Until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    handler = Keep(mailbox)
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=BYTES_MAX, enable_SMTPUTF8=True, hostname="localhost"),
        HOST,
        port,
    )
    async with server:
        await ending.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.mail_sink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mailbox", type=Path, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(port=arguments.port, mailbox=arguments.mailbox))


if __name__ == "__main__":
    main()
