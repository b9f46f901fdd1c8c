"""Mails over one SMTP connection, and an exact account of what became of each."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

from triggers.channels.email.server import MailServer, mail_server
from triggers.channels.outcome import Fate, Letter, Outcome, Unreachable

OK = 250
CLOSING = 421
PERMANENT = 500
_ENHANCED = re.compile(rb"^[245]\.\d{1,3}\.\d{1,3}\b")


@contextmanager
def connect() -> Iterator["SmtpConnection"]:
    """A connection to the server that EMAIL_URL names, closed at the end. Raises Unreachable."""
    connection = SmtpConnection(mail_server(settings.EMAIL_URL))
    connection.open()
    try:
        yield connection
    finally:
        connection.close()


class SmtpConnection:
    """Reopens itself, once for each mail, where the server has hung up between two."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        try:
            self._smtp = _log_in(self._server)
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from None
        return self._smtp

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def send(self, letter: Letter) -> Outcome:
        """Raises Unreachable where the server takes no mail from this sender now, or cannot be reached."""
        refusal = self._address(letter)
        return refusal or self._hand_over(letter.content)

    def _address(self, letter: Letter) -> Outcome | None:
        """Envelope sender and recipient. Nothing has been handed over yet, so a lost connection is only opened anew."""
        was_open = self._smtp is not None
        try:
            return self._envelope(self._smtp or self.open(), letter)
        except (OSError, smtplib.SMTPException):
            self._drop()
            if not was_open:
                raise Unreachable("connection lost") from None
        return self._address(letter)

    def _envelope(self, smtp: smtplib.SMTP, letter: Letter) -> Outcome | None:
        code, answer = smtp.mail(letter.sender)
        if code == CLOSING:
            raise smtplib.SMTPServerDisconnected
        if code != OK:
            self._reset(smtp)
            raise Unreachable(_detail(code, answer))  # no mail of this sender would be taken
        code, answer = smtp.rcpt(letter.address)
        if code == CLOSING:
            raise smtplib.SMTPServerDisconnected
        if code in (OK, 251):
            return None
        self._reset(smtp)
        return _refusal(code, answer)

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Forget the envelope, so that a refused address says nothing about the next mail."""
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _hand_over(self, content: bytes) -> Outcome:
        assert self._smtp is not None, "the envelope has been taken"
        try:
            code, answer = self._smtp.data(content)
        except smtplib.SMTPDataError as error:  # refused before the first byte
            return _refusal(error.smtp_code, _bytes(error.smtp_error))
        except (OSError, smtplib.SMTPException):
            self._drop()
            return Outcome(Fate.UNKNOWN, "no answer")
        if code == OK:
            return Outcome(Fate.SENT, _detail(code, answer))
        if code == CLOSING:
            self._drop()
        return _refusal(code, answer)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _log_in(server: MailServer) -> smtplib.SMTP:
    own_name = "localhost"  # given, so that no name server is asked on each connection
    wait = settings.EMAIL_TIMEOUT
    smtp: smtplib.SMTP
    if server.is_tls:
        safe = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=wait, context=safe)
    else:
        smtp = smtplib.SMTP(server.host, server.port, own_name, timeout=wait)
    try:
        if server.starts_tls:
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except (OSError, smtplib.SMTPException):
        smtp.close()
        raise
    return smtp


def _refusal(code: int, answer: bytes) -> Outcome:
    """A reply outside SMTP's ranges counts as temporary: nothing was promised."""
    fate = Fate.REFUSED if PERMANENT <= code < PERMANENT + 100 else Fate.LATER
    return Outcome(fate, _detail(code, answer))


def _detail(code: int, answer: bytes) -> str:
    """The two codes. The text may repeat the address, and is left out."""
    enhanced = _ENHANCED.match(answer)
    return f"{code} {enhanced[0].decode()}" if enhanced else str(code)


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()
