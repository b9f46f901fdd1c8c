"""`python -m bench.soaks.killing.play_store VERB`: the campaign's hands in the database, a process of its own.

open N: a sandbox store, its sending paused, with N due messages, marketing and service by turns.
release: let them go. forward SECONDS: move the store's clock. tick: a second bell. look: every message as JSON.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime, timedelta

import django
from django.core.management import call_command
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Value
from django.utils import timezone

django.setup()

from bench.soaks.killing.judge import FATES, Said, fate_of  # noqa: E402  models need the settings
from coupons.models import CouponCampaign  # noqa: E402
from loyalty.models import Offer, OfferVersion  # noqa: E402
from shop.models import Consent, Customer, Person, Store  # noqa: E402
from shop.move_clock import move_clock_by  # noqa: E402
from triggers.models import Message, Purpose, Step, Trigger  # noqa: E402
from triggers.tick import find_due  # noqa: E402

CODE = "kills"
DAY = timedelta(days=1)
SILENT_DAYS = 60
DOCUMENT = {
    "v": 1,
    "lane": "coupon",
    "benefits": [{"kind": "percent_off", "rate_bp": 1000, "target": {"kind": "whole_order"}}],
    "audience": {"kind": "coupon"},
}
# Its own subject for each purpose, so that the SMTP server's side can tell them apart without asking us.
SUBJECTS = {Purpose.MARKETING: "We have missed you", Purpose.SERVICE: "About your account"}


def main(arguments: list[str]) -> None:
    verb, *rest = arguments
    at = timezone.now()
    if verb == "open":
        print(open_store(int(rest[0]), at=at))
    elif verb == "release":
        Store.objects.filter(code=CODE).update(is_sending_paused=False)
    elif verb == "forward":
        move_clock_by(Store.objects.get(code=CODE), timedelta(seconds=int(rest[0])), now=at)
    elif verb == "tick":
        call_command("tick")
    elif verb == "look":
        print(json.dumps([asdict(said) for said in look()]))
    else:
        raise SystemExit(__doc__)


def open_store(count: int, *, at: datetime) -> int:
    """Returns how many messages wait: `count`, or one more where that is odd."""
    store = Store.objects.create(
        code=CODE,
        name="Candle House",
        currency="GBP",
        domain="candles.example",
        mail_from="hello@candles.example",
        postal_address="1 Wick Lane, London N1 1AA",
        is_sandbox=True,
        is_sending_paused=True,
    )
    _people(store, (count + 1) // 2, at=at)
    campaign = _campaign(store, at=at)
    for purpose in (Purpose.MARKETING, Purpose.SERVICE):
        _trigger(store, purpose, campaign if purpose == Purpose.MARKETING else None)
    while find_due(at=at):
        pass
    _take_turns(store, since=at - DAY)
    late = Message.objects.filter(store=store, customer__person__email__startswith="late")
    late.update(due_at=at - 2 * DAY, expires_at=at - timedelta(minutes=1))
    return Message.objects.filter(store=store).count()


def _take_turns(store: Store, *, since: datetime) -> None:
    """One customer after the other, so that kills meet marketing and service alike."""
    after = ExpressionWrapper(F("customer_id") * Value(timedelta(milliseconds=1)), DurationField())
    due_at = ExpressionWrapper(Value(since) + after, DateTimeField())
    Message.objects.filter(store=store).update(due_at=due_at)


def _people(store: Store, count: int, *, at: datetime) -> None:
    last = at - SILENT_DAYS * DAY
    customers = Customer.objects.bulk_create(
        Customer(store=store, ref=f"c{number}", first_order_at=last, last_order_at=last)
        for number in range(count)
    )
    people = Person.objects.bulk_create(
        Person(customer=customer, store=store, name="Ann Lee", email=f"{_fate(place)}.{place}@example.com")
        for place, customer in enumerate(customers)
    )
    Consent.objects.bulk_create(
        Consent(
            store=store,
            customer=person.customer,
            purpose="marketing",
            channel="email",
            is_given=fate_of(person.email) != "silent",
            wording="Send me offers by e-mail.",
            source="checkout",
            at=last,
        )
        for person in people
    )


def _fate(place: int) -> str:
    """One in twenty has no consent, one in twenty an address that is refused, one in twenty comes too late."""
    return FATES[1 + place % 20] if place % 20 < len(FATES) - 1 else FATES[0]


def _campaign(store: Store, *, at: datetime) -> CouponCampaign:
    offer = Offer.objects.create(store=store, code="back", name="10 % off", status=Offer.Status.RUNNING)
    OfferVersion.objects.create(offer=offer, number=1, document=DOCUMENT, in_force_at=at - DAY)
    return CouponCampaign.objects.create(store=store, code="back", name="Win back", offer=offer)


def _trigger(store: Store, purpose: Purpose, campaign: CouponCampaign | None) -> None:
    trigger = Trigger.objects.create(
        store=store,
        code=purpose.value,
        name=SUBJECTS[purpose],
        occasion="silent",
        params={"days": SILENT_DAYS - 1},
        purpose=purpose,
        campaign=campaign,
        status=Trigger.Status.RUNNING,
    )
    body = "Here is {offer}: {code}." if campaign else "Hello {name}, nothing has changed."
    Step.objects.create(trigger=trigger, subject=SUBJECTS[purpose], body=body)


def look() -> list[Said]:
    rows = Message.objects.filter(store__code=CODE).order_by("id")
    fields = ("customer__person__email", "purpose", "status", "reason", "message_id", "coupon")
    return [Said(*row) for row in rows.values_list(*fields)]


if __name__ == "__main__":
    main(sys.argv[1:])
