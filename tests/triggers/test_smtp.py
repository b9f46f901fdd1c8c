"""What mail servers do to us, and what a message ends as."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.triggers.smtp_server import Mailbox, smtp_server
from tests.triggers.stage import NOW, Stage
from triggers.models import Delivery, Message, Purpose, Step, Trigger
from triggers.recover import recover
from triggers.send import send_due
from triggers.tick import find_due

pytestmark = pytest.mark.django_db


def test_one_rejected_address_does_not_repeat_the_mail_to_all_others(stage: Stage, mailbox: Mailbox) -> None:
    """mautic 7226: the batch was sent again, to everybody, because one address in it was refused."""
    stage.customers(5)
    mailbox.answers["c3@example.com"] = "550 5.1.1 <c3@example.com> unknown"
    find_due(at=NOW)
    for minutes in range(5):
        send_due(at=NOW + timedelta(minutes=minutes))
    assert mailbox.addresses() == {f"c{number}@example.com": 1 for number in (1, 2, 4, 5)}
    assert stage.statuses() == [("sent", "")] * 2 + [("failed", "rejected")] + [("sent", "")] * 2
    assert Delivery.objects.get(outcome="failed").detail == "550 5.1.1", "the answer's address is not kept"
    assert mailbox.connections == 1, "one connection for the whole batch"


def test_address_refused_for_now_is_tried_again_later(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    mailbox.answers["c17850@example.com"] = "450 4.2.1 greylisted"
    find_due(at=NOW)
    send_due(at=NOW)
    assert stage.statuses() == [("due", "")]
    mailbox.answers.clear()
    assert send_due(at=NOW + timedelta(seconds=59)) == 0
    assert send_due(at=NOW + timedelta(seconds=60)) == 1
    assert mailbox.addresses() == {"c17850@example.com": 1}
    assert Message.objects.get().attempts == 2


def test_address_refused_for_now_for_ever_fails_before_it_is_too_late(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    mailbox.answers["c17850@example.com"] = "450 4.2.1 greylisted"
    find_due(at=NOW)
    hours = 0
    while stage.statuses() == [("due", "")] and hours < 24 * 8:
        send_due(at=NOW + timedelta(hours=hours))
        hours += 6
    assert stage.statuses() == [("failed", "gave_up")]
    assert hours <= 24 * 7 + 6


def test_server_that_hangs_up_without_an_answer_leaves_it_unknown(stage: Stage, mailbox: Mailbox) -> None:
    stage.customers(3)
    mailbox.hangs_up.add("c2@example.com")
    find_due(at=NOW)
    for minutes in range(5):
        send_due(at=NOW + timedelta(minutes=minutes))
    assert stage.statuses() == [("sent", ""), ("unknown", "no_answer"), ("sent", "")]
    assert mailbox.addresses() == {f"c{number}@example.com": 1 for number in (1, 2, 3)}
    assert mailbox.connections == 2


def test_service_message_without_an_answer_is_repeated_under_its_message_id(
    stage: Stage, mailbox: Mailbox
) -> None:
    Trigger.objects.update(purpose=Purpose.SERVICE)
    stage.customer()
    mailbox.hangs_up.add("c17850@example.com")
    find_due(at=NOW)
    send_due(at=NOW)
    mailbox.hangs_up.clear()
    send_due(at=NOW + timedelta(minutes=1))
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert stage.statuses() == [("sent", "")]


def test_messages_wait_for_a_mail_server_that_is_down(stage: Stage, settings: Settings) -> None:
    stage.customers(2)
    find_due(at=NOW)
    with smtp_server() as gone:
        settings.EMAIL_URL = gone.url
    assert send_due(at=NOW) == 0
    assert stage.statuses() == [("due", "")] * 2
    with smtp_server() as back:
        settings.EMAIL_URL = back.url
        assert send_due(at=NOW + timedelta(days=2)) == 2
        assert sum(back.addresses().values()) == 2


def test_server_that_refuses_the_sender_loses_no_message(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is the store's setting to mend, not the customers' fault."""
    stage.customers(3)
    find_due(at=NOW)

    async def refuse(*_: object) -> str:
        return "553 5.7.1 not your address"

    monkeypatch.setattr(Mailbox, "handle_MAIL", refuse, raising=False)
    for minutes in range(3):
        send_due(at=NOW + timedelta(minutes=minutes))
    assert {status for status, _ in stage.statuses()} == {"due"}
    monkeypatch.undo()
    send_due(at=NOW + timedelta(days=1))
    assert stage.statuses() == [("sent", "")] * 3


def test_connection_closed_between_two_mails_is_opened_anew(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.customers(3)
    find_due(at=NOW)
    keep = Mailbox.handle_RCPT
    seen: list[str] = []

    async def close_once(self: Mailbox, server, session, envelope, address, options) -> str:  # type: ignore[no-untyped-def]
        if address == "c2@example.com" and address not in seen:
            seen.append(address)
            server.transport.abort()
        return await keep(self, server, session, envelope, address, options)

    monkeypatch.setattr(Mailbox, "handle_RCPT", close_once)
    send_due(at=NOW)
    assert mailbox.addresses() == {f"c{number}@example.com": 1 for number in (1, 2, 3)}
    assert mailbox.connections == 2


def test_message_for_a_channel_that_does_not_exist_expires(stage: Stage, mailbox: Mailbox) -> None:
    Step.objects.update(channel="pigeon")
    stage.customer()
    find_due(at=NOW)
    assert send_due(at=NOW) == 0
    assert recover(at=NOW + timedelta(days=7)) == 1
    assert stage.statuses() == [("expired", "too_late")]
