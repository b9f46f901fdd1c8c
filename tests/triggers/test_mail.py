"""What a mail says, to people and to their mail programs."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from loyalty.models import OfferVersion
from shop.models import Store
from tests.triggers.smtp_server import Mailbox
from tests.triggers.stage import DOCUMENT, NOW, Stage, set_stage
from triggers.channels.email.layout import html_frame
from triggers.models import Message, Step
from triggers.send import send_due
from triggers.tick import find_due

pytestmark = pytest.mark.django_db


def sent(mailbox: Mailbox) -> EmailMessage:
    find_due(at=NOW)
    send_due(at=NOW)
    return mailbox.only()


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_both_parts_say_offer_code_end_shop_and_address(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    mail = sent(mailbox)
    coupon = Message.objects.get().coupon
    assert coupon is not None
    for text in (part(mail, "plain"), part(mail, "html")):
        for expected in (
            "Hello Ann Lee,",
            "Here is 10 % off your order of £20 or more",
            coupon.code,
            "Valid until the end of 9 June 2026",
            "https://candles.example/",
            "You get this mail because you agreed to receive offers from Candle House.",
            "Candle House, 1 Wick Lane, London N1 1AA",
        ):
            assert expected in text
    assert mail["From"] == "Candle House <hello@candles.example>"
    assert mail["Reply-To"] == "Candle House <hello@candles.example>"
    assert mail["Date"] == "Sun, 10 May 2026 09:00:00 +0000"
    assert mail["Content-Language"] == "en"
    assert mailbox.envelopes[0][0] == "hello@candles.example"
    assert "@@" not in mail.as_string(), "a mark of the template was left"


def test_mail_needs_no_picture_and_nothing_from_elsewhere(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    html = part(sent(mailbox), "html")
    for sign in ("<img", "<script", "<link", "@import", "url("):
        assert sign not in html
    assert len(html) < 100_000, "mail programs cut longer ones"


def test_last_day_is_the_shops_day(mailbox: Mailbox) -> None:
    """Auckland is half a day ahead: its 9 June ends while London's is at noon (openmage 4409)."""
    set_stage("kiwi", time_zone="Pacific/Auckland").customer()
    mail = sent(mailbox)
    coupon = Message.objects.get().coupon
    assert coupon is not None
    assert coupon.ends_at.isoformat() == "2026-06-09T12:00:00+00:00"
    assert "until the end of 9 June 2026" in part(mail, "plain")


def test_customer_without_a_name_is_greeted_gracefully(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer(name="")
    mail = sent(mailbox)
    assert mail["Subject"] == "We have missed you"
    assert mail["To"] == "c17850@example.com"
    assert part(mail, "plain").startswith("Hello,\n")
    assert "None" not in part(mail, "plain")


def test_text_of_the_store_and_frame_of_the_customer(mailbox: Mailbox) -> None:
    stage = set_stage("svechi", name="Дом свечей", currency="RUB", time_zone="Europe/Moscow", language="ru")
    Step.objects.update(subject="Мы по вам скучали, {name}", body="Здравствуйте, {name}! До {until}.")
    stage.customer(name="Анна", language="en-gb")
    mail = sent(mailbox)
    assert mail["Subject"] == "Мы по вам скучали, Анна"
    assert mail["Content-Language"] == "en"
    assert "Здравствуйте, Анна! До 9 июня 2026." in part(mail, "plain")
    assert "Valid until the end of 9 June 2026" in part(mail, "plain")


def test_language_that_we_do_not_speak_falls_back_to_the_stores(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer(language="tlh")
    assert sent(mailbox)["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"benefits": [{"kind": "percent_off", "rate_bp": 1250}]}, "12.5 % off your order of £20 or more"),
        (
            {"benefits": [{"kind": "amount_off", "amount": 550}], "conditions": []},
            "£5.50 off your order",
        ),
        ({"benefits": [{"kind": "delivery_fixed_price"}]}, "Free delivery for your order of £20 or more"),
        (
            {
                "benefits": [{"kind": "delivery_fixed_price"}],
                "conditions": [{"kind": "quantity_at_least", "quantity": 3}],
            },
            "Free delivery for your order of 3 items or more",
        ),
        (
            {
                "benefits": [
                    {"kind": "percent_off", "rate_bp": 500, "target": {"kind": "in_groups", "groups": ["x"]}}
                ]
            },
            "10 % off your next order",
        ),
    ],
)
def test_offer_is_said_in_words(stage: Stage, mailbox: Mailbox, terms: dict[str, object], words: str) -> None:
    OfferVersion.objects.create(offer=stage.offer, number=2, document=DOCUMENT | terms, in_force_at=NOW)
    stage.customer()
    assert f"\n{words}\n" in part(sent(mailbox), "plain")


def test_names_and_shop_cannot_inject_headers(mailbox: Mailbox) -> None:
    stage = set_stage(name="Candle\r\nBcc: spam@example.com\r\nHouse")
    stage.customer(name="Ann\r\nBcc: victim@example.com\r\n\r\n<h1>Hi</h1>\u2028")
    mail = sent(mailbox)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "We have missed you, Ann Bcc: victim@example.com <h1>Hi</h1>"
    assert mailbox.addresses() == {"c17850@example.com": 1}


def test_line_end_in_a_saved_subject_does_not_become_a_header(stage: Stage, mailbox: Mailbox) -> None:
    Step.objects.update(subject="Hello\r\nBcc: victim@example.com")
    stage.customer()
    mail = sent(mailbox)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: victim@example.com"


def test_sender_that_is_no_address_fails_the_message_clearly(mailbox: Mailbox) -> None:
    stage = set_stage(mail_from="hello@candles.example\r\nBcc: victim@example.com")
    stage.customer()
    find_due(at=NOW)
    send_due(at=NOW)
    assert stage.statuses() == [("failed", "not_written")]
    assert mailbox.mails == []


def test_html_shows_what_people_wrote_as_text(stage: Stage, mailbox: Mailbox) -> None:
    Step.objects.update(body="<b>Hi</b> {name} & co\nsecond line")
    stage.customer(name='<script>alert("x")</script> @@code@@ {code}')
    mail = sent(mailbox)
    html = part(mail, "html")
    assert (
        "&lt;b&gt;Hi&lt;/b&gt; &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; @@code@@ {code} &amp; co<br>second"
        in html
    )
    assert "<script" not in html
    assert '<b>Hi</b> <script>alert("x")</script> @@code@@ {code} & co\nsecond line' in part(mail, "plain")


def test_address_in_another_script_reaches_its_server(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer(email="ann@пример.рф")
    find_due(at=NOW)
    send_due(at=NOW)
    assert mailbox.addresses() == {"ann@xn--e1afmkfd.xn--p1ai": 1}


def test_dots_and_long_lines_arrive_as_they_were_written(stage: Stage, mailbox: Mailbox) -> None:
    body = ".\n..hidden\n" + "x" * 3000 + "\n" + "ё" * 500
    Step.objects.update(body=body)
    stage.customer()
    mail = sent(mailbox)
    assert part(mail, "plain").startswith(body)
    raw = mail.as_bytes(policy=policy.SMTP)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert message_from_bytes(raw)["Message-ID"] == mail["Message-ID"]


def test_shop_without_a_site_has_no_button(mailbox: Mailbox) -> None:
    set_stage(domain="").customer()
    mail = sent(mailbox)
    assert "Go to" not in part(mail, "plain")
    assert "Go to" not in part(mail, "html")


def test_template_is_compiled_once_for_all_messages(stage: Stage, mailbox: Mailbox) -> None:
    html_frame.cache_clear()
    stage.customers(5)
    find_due(at=NOW)
    send_due(at=NOW)
    assert html_frame.cache_info().misses == 1
    assert html_frame.cache_info().hits == 4


def test_store_without_a_sender_uses_the_installations(mailbox: Mailbox) -> None:
    set_stage(mail_from="").customer()
    assert sent(mailbox)["From"] == "Candle House <reprise@localhost>"
    assert Store.objects.get().mail_from == ""
