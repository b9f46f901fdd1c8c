"""From an occasion to a mail: one each, decided, over real SMTP."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from coupons.models import Coupon
from loyalty.models import Offer, OfferVersion
from shop.models import Customer, Store
from tests.factories.segment_rows import make_member_row, make_segment_row
from tests.triggers.smtp_server import Mailbox
from tests.triggers.stage import DOCUMENT, NOW, Stage, set_stage
from triggers.models import Delivery, Message, Purpose, Step, Trigger
from triggers.occasions import OCCASIONS
from triggers.send import send_due
from triggers.suppress import suppress
from triggers.tick import find_due

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def test_customer_silent_for_60_days_gets_one_mail_with_a_coupon(stage: Stage, mailbox: Mailbox) -> None:
    customer = stage.customer()

    assert find_due(at=NOW) == 1
    assert send_due(at=NOW) == 1

    mail = mailbox.only()
    message = Message.objects.get()
    coupon = Coupon.objects.get()
    assert mail["To"] == "Ann Lee <c17850@example.com>"
    assert mail["Message-ID"] == message.message_id
    assert (message.status, message.reason, message.decided_at) == ("sent", "", NOW)
    assert (message.coupon, coupon.customer, coupon.issue_key) == (coupon, customer, f"message:{message.pk}")
    assert message.occasion_key == "silent:2026-03-11"
    assert coupon.code in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert Delivery.objects.get().outcome == "sent"


def test_a_trigger_for_segments_writes_only_to_who_is_in_one(stage: Stage, mailbox: Mailbox) -> None:
    anna, boris = stage.customer(), stage.customer("13047")
    make_member_row(make_segment_row(anna.store, code="big"), anna)
    make_member_row(make_segment_row(boris.store, code="small"), boris)
    Trigger.objects.update(segments=["big", "gone"])
    find_due(at=NOW)
    send_due(at=NOW)
    assert mailbox.only()["To"] == "Ann Lee <c17850@example.com>"
    held = Message.objects.get(customer=boris)
    assert (held.status, held.reason) == ("suppressed", "not_in_segment")


def test_a_second_short_of_60_days_is_not_silent_yet(stage: Stage) -> None:
    stage.customer()
    assert find_due(at=NOW - SECOND) == 0
    assert find_due(at=NOW) == 1


def test_repeated_ticks_and_sendings_say_it_once(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    for hours in (0, 1, 24, 24 * 40):
        find_due(at=NOW + timedelta(hours=hours))
        send_due(at=NOW + timedelta(hours=hours))
    assert len(mailbox.mails) == 1


def test_customer_who_came_back_and_fell_silent_again_is_a_new_occasion(
    stage: Stage, mailbox: Mailbox
) -> None:
    customer = stage.customer()
    find_due(at=NOW)
    send_due(at=NOW)
    Customer.objects.filter(pk=customer.pk).update(last_order_at=NOW + timedelta(days=1))
    assert find_due(at=NOW + timedelta(days=60)) == 0
    assert find_due(at=NOW + timedelta(days=61)) == 1
    send_due(at=NOW + timedelta(days=61))
    assert len(mailbox.mails) == 2
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 2


def test_cancelling_the_last_order_makes_no_new_occasion(stage: Stage) -> None:
    customer = stage.customer()
    find_due(at=NOW)
    earlier = NOW - timedelta(days=200)
    Customer.objects.filter(pk=customer.pk).update(first_order_at=earlier, last_order_at=earlier)
    assert find_due(at=NOW + timedelta(days=1)) == 0


def test_other_stores_customers_are_not_found(stage: Stage) -> None:
    other = set_stage("soaps")
    other.trigger.status = Trigger.Status.PAUSED
    other.trigger.save()
    other.customer()
    assert find_due(at=NOW) == 0


def test_sandbox_clock_runs_ahead_for_its_store_only(mailbox: Mailbox) -> None:
    ahead = set_stage("sandbox", is_sandbox=True, clock_shift_seconds=10 * 86400)
    usual = set_stage("usual")
    ahead.customer("1", silent_days=50)
    usual.customer("2", silent_days=50)
    assert find_due(at=NOW) == 1
    send_due(at=NOW)
    assert mailbox.addresses() == {"c1@example.com": 1}
    assert Message.objects.get().decided_at == NOW + timedelta(days=10)


def test_finding_is_bounded_and_goes_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triggers.tick.BATCH", 3)
    stage.customers(7)
    assert [find_due(at=NOW) for _ in range(4)] == [3, 3, 1, 0]


def test_second_step_waits_for_its_delay(stage: Stage, mailbox: Mailbox) -> None:
    Step.objects.create(trigger=stage.trigger, ordinal=2, subject="Still here", body="…", delay_seconds=86400)
    stage.customer()
    assert find_due(at=NOW) == 2
    send_due(at=NOW)
    assert [mail["Subject"] for mail in mailbox.mails] == ["We have missed you, Ann Lee"]
    send_due(at=NOW + timedelta(days=1))
    assert [mail["Subject"] for mail in mailbox.mails][1:] == ["Still here"]


# --- What is asked again at the moment of sending


def decided_without_mail(stage: Stage, mailbox: Mailbox, *, at_days: int = 0) -> tuple[str, str]:
    """State and reason of the one message, once it was its turn."""
    send_due(at=NOW + timedelta(days=at_days))
    assert mailbox.mails == []
    assert Coupon.objects.count() == 0
    (only,) = stage.statuses()
    return only


@pytest.mark.parametrize("consents", [False, None])
def test_customer_without_consent_is_suppressed(
    stage: Stage, mailbox: Mailbox, consents: bool | None
) -> None:
    stage.customer(consents=consents)
    find_due(at=NOW)
    assert decided_without_mail(stage, mailbox) == ("suppressed", "no_consent")


def test_newest_consent_counts(stage: Stage, mailbox: Mailbox) -> None:
    withdrawn = stage.customer("1")
    given = stage.customer("2", consents=False)
    find_due(at=NOW)
    stage.consent(withdrawn, is_given=False, at=NOW - SECOND)
    stage.consent(given, is_given=True, at=NOW - SECOND)
    send_due(at=NOW)
    assert stage.statuses() == [("suppressed", "no_consent"), ("sent", "")]


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: victim@example.com", "два слова@example.com"])
def test_customer_without_a_usable_address_is_suppressed(
    stage: Stage, mailbox: Mailbox, address: str
) -> None:
    stage.customer(email=address)
    find_due(at=NOW)
    assert decided_without_mail(stage, mailbox) == ("suppressed", "no_address")


def test_erased_customer_is_suppressed(stage: Stage, mailbox: Mailbox) -> None:
    customer = stage.customer()
    find_due(at=NOW)
    customer.person.delete()
    assert decided_without_mail(stage, mailbox) == ("suppressed", "no_address")


def test_suppressed_address_is_not_written_to(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    suppress(stage.store, " C17850@Example.com", reason="bounced", at=NOW)
    find_due(at=NOW)
    assert decided_without_mail(stage, mailbox) == ("suppressed", "suppressed")


def test_suppression_in_one_store_says_nothing_about_another(stage: Stage, mailbox: Mailbox) -> None:
    suppress(set_stage("soaps").store, "c17850@example.com", reason="bounced", at=NOW)
    stage.customer()
    find_due(at=NOW)
    send_due(at=NOW)
    mailbox.only()


def test_customer_who_bought_again_meanwhile_is_suppressed(stage: Stage, mailbox: Mailbox) -> None:
    customer = stage.customer()
    find_due(at=NOW)
    Customer.objects.filter(pk=customer.pk).update(last_order_at=NOW - SECOND)
    assert decided_without_mail(stage, mailbox) == ("suppressed", "ordered_again")


def test_purchase_reported_late_counts_too(stage: Stage, mailbox: Mailbox) -> None:
    """It was placed before the customer would have fallen silent."""
    customer = stage.customer(silent_days=90)
    find_due(at=NOW)
    Customer.objects.filter(pk=customer.pk).update(last_order_at=NOW - timedelta(days=40))
    assert decided_without_mail(stage, mailbox) == ("suppressed", "ordered_again")


def test_paused_trigger_says_nothing(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    find_due(at=NOW)
    Trigger.objects.update(status=Trigger.Status.PAUSED)
    assert decided_without_mail(stage, mailbox) == ("suppressed", "paused")


@pytest.mark.parametrize(
    ("status", "reason"), [(Offer.Status.PAUSED, "paused"), (Offer.Status.ARCHIVED, "offer_ended")]
)
def test_offer_that_was_stopped_meanwhile_is_not_promised(
    stage: Stage, mailbox: Mailbox, status: str, reason: str
) -> None:
    stage.customer()
    find_due(at=NOW)
    Offer.objects.update(status=status)
    assert decided_without_mail(stage, mailbox) == ("suppressed", reason)


def test_offer_whose_window_has_ended_is_not_promised(stage: Stage, mailbox: Mailbox) -> None:
    document = DOCUMENT | {"schedule": {"ends_at": NOW.isoformat()}}
    OfferVersion.objects.create(offer=stage.offer, number=2, document=document, in_force_at=NOW - SECOND)
    stage.customer()
    find_due(at=NOW)
    assert decided_without_mail(stage, mailbox) == ("suppressed", "offer_ended")


def test_message_nobody_sent_in_time_expires(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    find_due(at=NOW)
    assert decided_without_mail(stage, mailbox, at_days=7) == ("expired", "too_late")


def test_messages_wait_while_the_store_pauses_all_sending(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    find_due(at=NOW)
    Store.objects.update(is_sending_paused=True)
    assert send_due(at=NOW) == 0
    Store.objects.update(is_sending_paused=False)
    assert send_due(at=NOW) == 1
    mailbox.only()


def test_no_marketing_leaves_a_store_without_postal_address(stage: Stage, mailbox: Mailbox) -> None:
    stage.customer()
    find_due(at=NOW)
    Store.objects.update(postal_address="")
    assert send_due(at=NOW) == 0
    assert stage.statuses() == [("due", "")]


def test_service_message_asks_neither_consent_nor_suppression(stage: Stage, mailbox: Mailbox) -> None:
    Trigger.objects.update(purpose=Purpose.SERVICE, campaign=None)
    Step.objects.update(body="Hello {name}")
    stage.customer(consents=False)
    suppress(stage.store, "c17850@example.com", reason="unsubscribed", at=NOW)
    find_due(at=NOW)
    send_due(at=NOW)
    mail = mailbox.only()
    assert mail["List-Unsubscribe"] is None
    assert "unsubscribe" not in mail.as_string().lower()


def test_message_that_cannot_be_written_holds_up_no_other(stage: Stage, mailbox: Mailbox) -> None:
    """A step saved past the form, with a placeholder that does not exist."""
    stage.customer("1")
    find_due(at=NOW)
    Step.objects.update(body="{nmae}")
    send_due(at=NOW)
    Step.objects.update(body="{name}")
    stage.customer("2")
    find_due(at=NOW)
    send_due(at=NOW)
    assert stage.statuses() == [("failed", "not_written"), ("sent", "")]
    assert mailbox.addresses() == {"c2@example.com": 1}
    assert Coupon.objects.count() == 1, "the coupon of the unwritten one was taken back"


def test_silence_refuses_settings_that_make_no_sense() -> None:
    OCCASIONS["silent"].check({"days": 60})
    for days in (0, -1, 3651, "60", True, None, 1.5):
        with pytest.raises(ValidationError):
            OCCASIONS["silent"].check({"days": days})


def queries_for(count: int, stage: Stage, django_assert_max_num_queries: DjangoAssertNumQueries) -> int:
    find_due(at=NOW)
    with django_assert_max_num_queries(10_000) as seen:
        assert send_due(at=NOW) == count
    return len(seen.captured_queries)


def test_each_further_message_costs_the_same_queries(
    stage: Stage, mailbox: Mailbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stage.customer("first")
    queries_for(1, stage, django_assert_max_num_queries)  # compiles the snapshot, makes partitions
    stage.customers(1)
    one = queries_for(1, stage, django_assert_max_num_queries)
    stage.customer("a")
    stage.customer("b")
    stage.customer("c")
    three = queries_for(3, stage, django_assert_max_num_queries)
    assert (three - one) % 2 == 0
    assert (three - one) // 2 <= 24
    assert mailbox.connections == 3
