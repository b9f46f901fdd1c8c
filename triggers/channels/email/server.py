"""Which mail server EMAIL_URL names."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

EXAMPLE = "EMAIL_URL=smtp://user:password@mail.example.com:587?tls=true"
PORTS = {"smtp": 25, "smtps": 465}
YES = frozenset({"1", "true", "yes"})
NO = frozenset({"0", "false", "no"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """`is_tls`: encrypted from the first byte; `starts_tls`: switched on before log-in, refused where it cannot be."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    is_tls: bool = False
    starts_tls: bool = False


def mail_server(url: str) -> MailServer:
    """Raises ImproperlyConfigured; its text does not repeat the URL, which holds a password."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        tls = options.pop("tls", ["false"])[-1].lower()
    except (ValueError, KeyError):
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read. Set it like {EXAMPLE}.") from None
    if not parts.hostname or options or tls not in YES | NO:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read. Set it like {EXAMPLE}.")
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        starts_tls=parts.scheme == "smtp" and tls in YES,
    )
