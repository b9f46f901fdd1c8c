"""A message as a mail: headers, an equal text part, and HTML."""

import re
import textwrap
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from django.conf import settings
from django.utils.text import capfirst

from shop.models import Store
from triggers.channels.email.goods import goods_as_html, goods_as_text, note_of
from triggers.channels.email.layout import Shape, html_frame, text_frame
from triggers.channels.email.wording import language_of, values_of
from triggers.channels.outcome import Letter, NotWritten
from triggers.checks import Case
from triggers.models import Purpose
from triggers.placeholders import fill
from triggers.unsubscribe import unsubscribe_url

TEXT_WIDTH = 76


def write_mail(case: Case) -> Letter:
    """The mail that says the message. Raises NotWritten where it can not be said."""
    message, store = case.message, case.message.store
    # The step's text was written in the store's language; what stands around it follows the customer's.
    spoken = values_of(case, language=language_of(store))
    language = language_of(store, message.customer)
    values = _values(case, spoken, language=language)
    shape = _shape(case, values, language=language)
    paragraphs = [
        part for part in re.split(r"\n\s*\n", message.step.body.replace("\r\n", "\n").strip()) if part
    ]
    try:
        mail = _headers(case, values, shape)
        mail.set_content(_text(paragraphs, spoken, values | goods_as_text(case, language=language), shape))
        goods = goods_as_html(case, language=language)
        mail.add_alternative(_html(paragraphs, spoken, values, goods, shape), subtype="html")
        mail["Content-Language"] = (
            shape.language
        )  # at the end, for the body's making takes away headers of that name
        return Letter(
            sender=_sender(store), address=_ascii(case.address), content=mail.as_bytes(policy=policy.SMTP)
        )
    except (ValueError, UnicodeError, MessageError) as error:
        raise NotWritten(type(error).__name__) from error


def _values(case: Case, spoken: dict[str, str], *, language: str) -> dict[str, str]:
    """What the frame's fields stand for, as text; `spoken` are the placeholders' values in the store's language."""
    message, store = case.message, case.message.store
    own = spoken if language == language_of(store) else values_of(case, language=language)
    values = {
        **own,
        "offer": capfirst(own["offer"]),
        "note": note_of(case, language=language, values=own),
        "subject": " ".join(fill(message.step.subject, spoken).split()),
        "shop_url": f"https://{store.domain}/",
        "postal_address": store.postal_address,
        "unsubscribe_url": unsubscribe_url(message),
    }
    values["preview"] = values["note"] or values["offer"] or values["subject"]
    return values


def _shape(case: Case, values: dict[str, str], *, language: str) -> Shape:
    message = case.message
    return Shape(
        language=language,
        has_coupon=message.coupon is not None,
        has_button=bool(message.store.domain),
        is_marketing=message.purpose == Purpose.MARKETING,
        has_items=bool(case.facts.items),
        has_note=bool(values["note"]),
        has_fillers=bool(case.facts.fillers),
        has_gift=case.facts.gift is not None,
    )


def _headers(case: Case, values: dict[str, str], shape: Shape) -> EmailMessage:
    """Raises ValueError for a value with a line end: email's policy refuses it in any header."""
    store = case.message.store
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(display_name=values["shop"], addr_spec=_sender(store))
    mail["To"] = Address(display_name=values["name"], addr_spec=_ascii(case.address))
    mail["Reply-To"] = Address(display_name=values["shop"], addr_spec=_sender(store))
    mail["Subject"] = values["subject"]
    mail["Date"] = format_datetime(case.at)
    mail["Message-ID"] = case.message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if shape.is_marketing:
        mail["List-Unsubscribe"] = f"<{values['unsubscribe_url']}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def _text(paragraphs: list[str], spoken: dict[str, str], values: dict[str, str], shape: Shape) -> str:
    body = "\n\n".join(_wrap(fill(paragraph, spoken)) for paragraph in paragraphs)
    return text_frame(shape).fill({**values, "body": body})


def _wrap(paragraph: str) -> str:
    return "\n".join(
        textwrap.fill(line, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in paragraph.splitlines()
    )


def _html(
    paragraphs: list[str],
    spoken: dict[str, str],
    values: dict[str, str],
    goods: dict[str, str],
    shape: Shape,
) -> str:
    """`goods` is HTML already, every other value text."""
    body = "".join(
        f'<p style="margin:0 0 14px">{fill(paragraph, spoken, escape=_escape)}</p>'
        for paragraph in paragraphs
    )
    escaped = {name: escape(value) for name, value in values.items()}
    return html_frame(shape).fill({**escaped, **goods, "body": body})


def _escape(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _sender(store: Store) -> str:
    return store.mail_from or settings.DEFAULT_FROM_EMAIL


def _ascii(address: str) -> str:
    """The address with its domain in the form that every mail server takes."""
    local, _, domain = address.strip().rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"
