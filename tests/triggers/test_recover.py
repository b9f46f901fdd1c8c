"""A sender that dies, and what becomes of the message in its hands."""

from datetime import timedelta
from typing import Never

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from shop.models import Store
from tests.triggers.smtp_server import Mailbox
from tests.triggers.stage import NOW, Stage
from triggers.channels.outcome import Fate, Outcome
from triggers.models import Delivery, Message, Purpose, Trigger
from triggers.recover import SILENCE, recover
from triggers.send import conclude, send_due
from triggers.tick import find_due

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATER = NOW + SILENCE + SECOND


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


def die_after_the_server_took_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> Never:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("triggers.send.conclude", die)
        with pytest.raises(Killed):
            send_due(at=NOW)


def test_sender_killed_after_the_server_took_the_mail_does_not_send_it_twice(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.customers(3)
    find_due(at=NOW)
    die_after_the_server_took_it(monkeypatch)
    assert [status for status, _ in stage.statuses()] == ["sending", "due", "due"]
    for _ in range(3):
        find_due(at=LATER)
        send_due(at=LATER)
        recover(at=LATER)
    assert stage.statuses() == [("unknown", "interrupted"), ("sent", ""), ("sent", "")]
    assert set(mailbox.addresses().values()) == {1}
    assert sorted(Delivery.objects.values_list("outcome", flat=True)) == ["sent", "sent", "unknown"]


def test_service_message_of_a_killed_sender_is_said_again_under_its_message_id(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    Trigger.objects.update(purpose=Purpose.SERVICE)
    stage.customer()
    find_due(at=NOW)
    die_after_the_server_took_it(monkeypatch)
    recover(at=LATER)
    send_due(at=LATER)
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert stage.statuses() == [("sent", "")]


def test_sender_that_is_merely_slow_is_left_alone(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.customer()
    find_due(at=NOW)
    die_after_the_server_took_it(monkeypatch)
    assert recover(at=NOW + SILENCE) == 0
    assert recover(at=LATER) == 1


def test_sender_taken_for_dead_that_comes_back_corrects_the_state(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.customer()
    find_due(at=NOW)
    die_after_the_server_took_it(monkeypatch)
    recover(at=LATER)
    conclude(Message.objects.get(), Outcome(Fate.SENT, "250"), at=LATER)
    assert stage.statuses() == [("sent", "")]
    recover(at=LATER + SILENCE)
    assert stage.statuses() == [("sent", "")]


def test_waiting_message_of_a_store_that_paused_sending_expires(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    find_due(at=NOW)
    Store.objects.update(is_sending_paused=True)
    assert recover(at=NOW + timedelta(days=7) - SECOND) == 0
    assert recover(at=NOW + timedelta(days=7)) == 1
    assert stage.statuses() == [("expired", "too_late")]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("status = 'asleep', decided_at = now()", "triggers_message_status_known"),
        ("decided_at = now()", "triggers_message_decided_has_time"),
        ("status = 'sent'", "triggers_message_decided_has_time"),
        ("due_at = expires_at", "triggers_message_due_before_expiry"),
    ],
)
def test_message_is_either_open_or_decided(stage: Stage, change: str, constraint: str) -> None:
    stage.customer()
    find_due(at=NOW)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE triggers_message SET {change}")


def test_two_messages_never_share_a_message_id(stage: Stage) -> None:
    stage.customers(2)
    find_due(at=NOW)
    with pytest.raises(IntegrityError, match="triggers_message_id_once"), transaction.atomic():
        Message.objects.update(message_id="<same@candles.example>")
