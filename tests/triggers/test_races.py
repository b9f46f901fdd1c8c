"""Ticks and senders at once, on a real PostgreSQL, each with a proof that the test can fail."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from threading import Barrier, BrokenBarrierError, Event, Thread

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError

from shop.models import Customer, Store
from shop.partitions import ensure_partition
from tests.factories.programme_rows import make_message
from tests.triggers.occasions import DAY, HOUR, add_trigger, birth, birthday_shop, cart_shop, give_points
from tests.triggers.smtp_server import Mailbox
from tests.triggers.stage import NOW, Stage
from triggers.checks import Case, consent_is_given, it_is_not_too_often
from triggers.models import Message, Trigger
from triggers.reasons import Reason
from triggers.send import send_due
from triggers.tick import find_due
from triggers.unsubscribe import unsubscribe, unsubscribe_url

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS = 8


def at_once(act: Callable[[], object], *, times: int) -> None:
    """In so many threads with connections of their own; the first error of any is raised."""
    barrier, errors = Barrier(times), []

    def run() -> None:
        try:
            barrier.wait()
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def tick_twice_overlapping() -> None:
    """The second tick looks while the first has inserted and not yet committed."""
    inserted, looked = Event(), Event()

    def first() -> None:
        with transaction.atomic():
            find_due(at=NOW)
            inserted.set()
            looked.wait(
                timeout=1
            )  # with the constraint, the second waits for us: so do not wait for it for ever
        connections.close_all()

    def second() -> None:
        inserted.wait()
        find_due(at=NOW)
        looked.set()
        connections.close_all()

    threads = [Thread(target=first), Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_ticks_at_once_find_each_occasion_once(stage: Stage) -> None:
    stage.customers(5)
    tick_twice_overlapping()
    assert Message.objects.count() == 5


def test_counter_proof_two_ticks_at_once_double_without_the_constraint(stage: Stage) -> None:
    stage.customers(5)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE triggers_message DROP CONSTRAINT triggers_message_once_per_occasion")
    tick_twice_overlapping()
    assert Message.objects.count() == 10


def test_one_occasion_gives_a_customer_one_message_for_ever(stage: Stage) -> None:
    stage.customer()
    find_due(at=NOW)
    again = Message.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError, match="triggers_message_once_per_occasion"):
        again.save()


def test_eight_ticks_at_once_find_each_occasion_once(stage: Stage) -> None:
    stage.customers(40)
    at_once(lambda: find_due(at=NOW), times=SENDERS)
    assert Message.objects.count() == 40


def test_eight_senders_at_once_send_one_mail_each(stage: Stage, mailbox: Mailbox) -> None:
    stage.customers(60)
    find_due(at=NOW)
    at_once(lambda: send_due(at=NOW), times=SENDERS)
    while send_due(at=NOW):
        pass  # what a sender left when its time was over
    assert mailbox.addresses() == {f"c{number}@example.com": 1 for number in range(1, 61)}
    assert set(stage.statuses()) == {("sent", "")}
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 60
    assert mailbox.connections > 1, "they did work at once"


def test_counter_proof_senders_double_without_the_lock(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same senders, taking the first due message without locking it; all look before any writes."""
    stage.customers(3)
    find_due(at=NOW)
    looking = Barrier(SENDERS)

    def without_lock(store: Store, name: str, *, at: object) -> Message | None:
        message = Message.objects.filter(store=store, status=Message.Status.DUE).order_by("id").first()
        if message is not None and message.attempts == 0 and not looking.broken:
            looking.wait(timeout=10)
        return message

    with (
        connection.cursor() as cursor
    ):  # it stops some of them: whoever is late would open a decided message again
        cursor.execute("ALTER TABLE triggers_message DROP CONSTRAINT triggers_message_decided_has_time")
    monkeypatch.setattr("triggers.prepare._lock_next", without_lock)
    monkeypatch.setattr("triggers.send.BATCH", 1)
    at_once(lambda: send_due(at=NOW), times=SENDERS)
    assert max(mailbox.addresses().values()) > 1


def test_customer_who_withdraws_by_many_requests_at_once_answered_once(stage: Stage) -> None:
    customer = stage.customer()
    find_due(at=NOW)
    token = unsubscribe_url(Message.objects.get()).split("/")[-2]
    at_once(lambda: unsubscribe(token, at=NOW + timedelta(seconds=1)), times=SENDERS)
    assert customer.consents.filter(is_given=False).count() == 1


def test_sender_holds_no_lock_while_it_talks_to_the_server(
    stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a slow mail server would stop whoever changes a message's row."""
    stage.customer()
    find_due(at=NOW)
    seen: list[str] = []
    keep = Mailbox.handle_DATA

    async def look(self: Mailbox, server, session, envelope):  # type: ignore[no-untyped-def]
        def lock() -> None:
            with transaction.atomic():
                seen.append(Message.objects.select_for_update(nowait=True).get().status)
            connections.close_all()

        thread = Thread(target=lock)
        thread.start()
        thread.join()
        return await keep(self, server, session, envelope)

    monkeypatch.setattr(Mailbox, "handle_DATA", look)
    send_due(at=NOW)
    assert seen == ["sending"]
    assert stage.statuses() == [("sent", "")]


def test_partition_that_is_made_by_eight_at_once_is_made_once(stage: Stage) -> None:
    """Whoever waited for the first one has to see what it made."""
    far = NOW + timedelta(days=3650)

    def make() -> None:
        with transaction.atomic():
            ensure_partition("triggers_delivery", far)

    at_once(make, times=SENDERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'triggers_delivery_y2036m05'")
        assert cursor.fetchone() == (1,)


# --- The occasions, with two bells at once


def test_two_bells_at_once_say_each_step_of_a_left_cart_once(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR, DAY))
    for number in range(1, 21):
        shop.cart(shop.customer(str(number)), ref=f"c{number}")
    for moment in (NOW + HOUR, NOW + 1.5 * HOUR, NOW + DAY, NOW + 1.1 * DAY):
        at_once(lambda moment=moment: ring(moment), times=2)  # type: ignore[misc]
        while send_due(at=moment):
            pass
    assert mailbox.addresses() == {f"c{number}@example.com": 2 for number in range(1, 21)}


def ring(at: datetime) -> None:
    """Everything that a bell of beat, or `manage.py tick`, makes a worker do about messages."""
    find_due(at=at)
    send_due(at=at)


def test_birthdays_and_points_are_found_once_by_eight_at_once(mailbox: Mailbox) -> None:
    shop = birthday_shop()
    points = add_trigger(shop.stage, "points_expiring", params={"days": 14}, purpose="service")
    points.steps.update(subject="Points", body="{points} until {until}")
    for number in range(1, 11):
        customer = shop.customer(str(number))
        birth(customer, date(1990, 5, 10))
        give_points(customer, 100, ends_at=NOW + 10 * DAY)
    at_once(lambda: find_due(at=NOW), times=SENDERS)
    assert Message.objects.count() == 20


def test_cap_holds_though_two_senders_hold_two_messages_of_one_customer(mailbox: Mailbox) -> None:
    assert said_under_a_cap_of_one(mailbox) == 1


def test_counter_proof_cap_is_passed_without_the_customers_lock(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Customer.objects, "select_for_update", lambda **_: Customer.objects.all())
    assert said_under_a_cap_of_one(mailbox, counting=Barrier(2)) == 2


def said_under_a_cap_of_one(mailbox: Mailbox, *, counting: Barrier | None = None) -> int:
    """Mails to a customer who may get one and for whom two triggers have one each, sent by two senders at once. They
    meet before they count, or, with `counting`, after it."""
    shop = cart_shop(delays=(HOUR,), mails_max=1)
    customer = shop.customer()
    for trigger in (shop.trigger, add_trigger(shop.stage, "silent", params={"days": 60})):
        trigger.steps.update(body="Hello")
        make_message(
            trigger.steps.get(), customer, occasion_key="silent:9999", due_at=NOW, expires_at=NOW + DAY
        )
    Trigger.objects.filter(pk=shop.trigger.pk).update(occasion="silent")
    meet = Barrier(2)

    def check_and_meet(case: Case) -> Reason | None:
        if counting is None:
            _wait(meet)
        found = it_is_not_too_often(case)
        if counting is not None:
            _wait(counting)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triggers.checks.MARKETING", (consent_is_given, check_and_meet))
        at_once(lambda: send_due(at=NOW), times=2)
    return len(mailbox.mails)


def _wait(barrier: Barrier) -> None:
    """Whoever comes alone, at the end, waits for nobody for long."""
    with suppress(BrokenBarrierError):
        barrier.wait(timeout=2)
