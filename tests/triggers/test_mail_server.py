"""EMAIL_URL: what it may say, and a clear word where it cannot be read."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from triggers.channels.email.server import MailServer, mail_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", MailServer("127.0.0.1", 2525)),
        ("smtp://mail.example.com", MailServer("mail.example.com", 25)),
        ("smtp://[::1]:25", MailServer("::1", 25)),
        (
            "smtp://ann%40example.com:p%3A%2Fw@mail.example.com:587?tls=true",
            MailServer("mail.example.com", 587, "ann@example.com", "p:/w", starts_tls=True),
        ),
        ("smtps://u:p@mail.example.com", MailServer("mail.example.com", 465, "u", "p", is_tls=True)),
    ],
)
def test_url_names_a_server(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com",
        "http://u:secret@mail.example.com",
        "smtp://u:secret@",
        "smtp://u:secret@mail.example.com:99999",
        "smtp://u:secret@mail.example.com?tls=perhaps",
        "smtp://u:secret@mail.example.com?ssl=true",
    ],
)
def test_url_that_cannot_be_read_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="Set it like EMAIL_URL=smtp://") as refused:
        mail_server(url)
    assert "secret" not in str(refused.value)
