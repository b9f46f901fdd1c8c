"""The link in a mail: reading it changes nothing, one POST is enough, and a second does no harm."""

from email.message import EmailMessage

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shop.models import Consent
from tests.triggers.smtp_server import Mailbox
from tests.triggers.stage import NOW, Stage
from triggers.models import Suppression
from triggers.send import send_due
from triggers.suppress import address_hash, suppress
from triggers.tick import find_due
from triggers.unsubscribe import unsubscribe

pytestmark = [pytest.mark.django_db, pytest.mark.urls("storefront.pages.urls")]


@pytest.fixture
def mail(stage: Stage, mailbox: Mailbox) -> EmailMessage:
    stage.customer()
    find_due(at=NOW)
    send_due(at=NOW)
    return mailbox.only()


def path_of(mail: EmailMessage) -> str:
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert link.startswith("https://club.candles.example/unsubscribe/")
    return link.removeprefix("https://club.candles.example")


def test_mail_carries_what_one_click_asks_for(mail: EmailMessage) -> None:
    """RFC 8058."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert path_of(mail) in body.get_content()


def test_scanners_that_follow_the_link_unsubscribe_nobody(client: Client, mail: EmailMessage) -> None:
    """Rock 7034."""
    for ask in (client.get, client.head, client.get):
        assert ask(path_of(mail)).status_code == 200
    assert not Consent.objects.filter(is_given=False).exists()
    assert not Suppression.objects.exists()


def test_other_methods_are_refused(client: Client, mail: EmailMessage) -> None:
    assert client.put(path_of(mail)).status_code == 405
    assert client.delete(path_of(mail)).status_code == 405


def test_mail_program_unsubscribes_with_one_post(mail: EmailMessage, stage: Stage) -> None:
    """No log-in, no cookie, no CSRF token."""
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(path_of(mail), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.content.decode()
    said = Consent.objects.get(is_given=False)
    assert (said.purpose, said.channel, said.source) == ("marketing", "email", "mail")
    assert bytes(Suppression.objects.get().address_hash) == address_hash(stage.store, "c17850@example.com")


def test_second_click_is_fine_and_changes_nothing(client: Client, mail: EmailMessage) -> None:
    answers = [client.post(path_of(mail)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.content for answer in answers}) == 1
    assert Consent.objects.filter(is_given=False).count() == 1
    assert Suppression.objects.count() == 1


def test_page_asks_before_and_confirms_after(client: Client, mail: EmailMessage) -> None:
    before = client.get(path_of(mail)).content.decode()
    client.post(path_of(mail))
    after = client.get(path_of(mail)).content.decode()
    assert 'method="post"' in before
    assert "No more offers?" in before
    assert 'method="post"' not in after
    assert "You are unsubscribed" in after


def test_page_keeps_its_address_to_itself(client: Client, mail: EmailMessage) -> None:
    answer = client.get(path_of(mail))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert "script-src 'none'" in answer["Content-Security-Policy"]


def test_page_tells_no_personal_data(client: Client, mail: EmailMessage) -> None:
    page = client.get(path_of(mail)).content.decode()
    assert "Ann" not in page
    assert "example.com" not in page


@pytest.mark.parametrize("token", ["1", "1~wrong", "~", "x" * 5000, "%00", "1~%00", "1~я"])
def test_link_that_is_not_ours_is_answered_clearly(client: Client, mail: EmailMessage, token: str) -> None:
    for ask in (client.get, client.post):
        answer = ask(f"/unsubscribe/{token}/")
        assert answer.status_code == 404
        assert "This link is not whole" in answer.content.decode()
    assert not Consent.objects.filter(is_given=False).exists()


def test_link_of_one_customer_does_not_fit_another(client: Client, mail: EmailMessage, stage: Stage) -> None:
    other = stage.customer("2")
    signature = path_of(mail).partition("~")[2]
    assert client.post(f"/unsubscribe/{other.pk}~{signature}").status_code == 404


def test_unsubscribed_customer_gets_no_further_mail(
    client: Client, mail: EmailMessage, stage: Stage, mailbox: Mailbox
) -> None:
    client.post(path_of(mail))
    stage.trigger.steps.create(ordinal=2, subject="Again", body="Again")
    find_due(at=NOW)
    send_due(at=NOW)
    mailbox.only()
    assert stage.statuses()[-1] == ("suppressed", "no_consent")


def test_new_address_of_an_unsubscribed_customer_is_not_written_to_either(
    mail: EmailMessage, stage: Stage, mailbox: Mailbox
) -> None:
    token = path_of(mail).split("/")[2]
    customer = unsubscribe(token, at=NOW).customer
    customer.person.email = "new@example.com"
    customer.person.save()
    stage.trigger.steps.create(ordinal=2, subject="Again", body="Again")
    find_due(at=NOW)
    send_due(at=NOW)
    mailbox.only()


def test_later_consent_lifts_an_unsubscribing_but_not_a_bounce(
    mail: EmailMessage, stage: Stage, mailbox: Mailbox
) -> None:
    holder = unsubscribe(path_of(mail).split("/")[2], at=NOW)
    bounced = stage.customer("2")
    suppress(stage.store, "c2@example.com", reason="bounced", at=NOW)
    for customer in (holder.customer, bounced):
        stage.consent(customer, is_given=True, at=NOW.replace(hour=10))
    stage.trigger.steps.create(ordinal=2, subject="Welcome back", body="Welcome back")
    find_due(at=NOW.replace(hour=11))
    send_due(at=NOW.replace(hour=11))
    assert [str(mail["Subject"]) for mail in mailbox.mails[1:]] == ["Welcome back"]
    assert mailbox.addresses() == {"c17850@example.com": 2}


def test_address_is_suppressed_once(stage: Stage) -> None:
    suppress(stage.store, "a@example.com", reason="bounced", at=NOW)
    suppress(stage.store, "A@example.com ", reason="unsubscribed", at=NOW)
    assert Suppression.objects.get().reason == "bounced"
    row = Suppression.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="triggers_suppression_once"), transaction.atomic():
        row.save()
