"""The demo's mailbox: the Maildir that its SMTP sink writes."""

import email.policy
import mailbox
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

MAILS_MAX = 60
BYTES_MAX = 2_000_000
HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Content-Language",
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One received mail. `key` finds it again; `html` and `text` are empty where the mail has no such part."""

    key: str
    sender: str
    to: str
    subject: str
    at: datetime | None
    html: str = ""
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def list_mails(folder: Path) -> list[Mail]:
    """The newest first, sixty at most, without their bodies. Empty where nothing has come yet."""
    if not (folder / "new").is_dir():
        return []
    box = mailbox.Maildir(folder, factory=None, create=False)
    newest = sorted(box.keys(), reverse=True)[:MAILS_MAX]  # names begin with the moment of receipt
    return [_read(box, key, is_whole=False) for key in newest]


def read_mail(folder: Path, key: str) -> Mail | None:
    """None where there is no such mail; a key is compared with those in the folder, never made into a path."""
    if not (folder / "new").is_dir():
        return None
    box = mailbox.Maildir(folder, factory=None, create=False)
    return _read(box, key, is_whole=True) if key in set(box.keys()) else None


def _read(box: mailbox.Maildir, key: str, *, is_whole: bool) -> Mail:
    raw = box.get_bytes(key)[:BYTES_MAX]
    mail = message_from_bytes(raw, policy=email.policy.default)
    return Mail(
        key=key,
        sender=str(mail["From"] or ""),
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        at=_moment(str(mail["Date"] or "")),
        html=_part(mail, "html") if is_whole else "",
        text=_part(mail, "plain") if is_whole else "",
        headers=tuple((name, str(mail[name])) for name in HEADERS if mail[name]) if is_whole else (),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
