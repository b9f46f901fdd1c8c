"""A store with a win-back trigger, and customers who have been silent for a while."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from coupons.models import CouponCampaign
from loyalty.models import Offer, OfferVersion
from shop.models import Consent, Customer, Person, Store
from triggers.models import Message, Purpose, Step, Trigger

NOW = datetime(2026, 5, 10, 9, 0, tzinfo=UTC)
SUBJECT = "We have missed you, {name}"
BODY = "Hello {name},\n\nit has been a while. Here is {offer}: use {code} until {until}.\n\nYours, {shop}"
DOCUMENT: dict[str, Any] = {
    "v": 1,
    "lane": "coupon",
    "conditions": [{"kind": "subtotal_at_least", "amount": 2000}],
    "benefits": [{"kind": "percent_off", "rate_bp": 1000, "target": {"kind": "whole_order"}}],
    "audience": {"kind": "coupon"},
}


@dataclass
class Stage:
    store: Store
    offer: Offer
    campaign: CouponCampaign
    trigger: Trigger
    step: Step

    def customer(
        self,
        ref: str = "17850",
        *,
        silent_days: int = 60,
        name: str = "Ann Lee",
        email: str | None = None,
        consents: bool | None = True,
        language: str = "",
    ) -> Customer:
        """Silent for so many days at NOW, to the second. `consents`: yes, no, or never asked (None)."""
        last = NOW - timedelta(days=silent_days)
        customer = Customer.objects.create(
            store=self.store, ref=ref, language=language, first_order_at=last, last_order_at=last
        )
        address = f"c{ref}@example.com" if email is None else email
        Person.objects.create(customer=customer, store=self.store, name=name, email=address)
        if consents is not None:
            self.consent(customer, is_given=consents, at=last)
        return customer

    def consent(self, customer: Customer, *, is_given: bool, at: datetime) -> None:
        Consent.objects.create(
            store=self.store,
            customer=customer,
            purpose="marketing",
            channel="email",
            is_given=is_given,
            wording="Send me offers by e-mail.",
            source="checkout",
            at=at,
        )

    def customers(self, count: int) -> list[Customer]:
        return [self.customer(str(number)) for number in range(1, count + 1)]

    def statuses(self) -> list[tuple[str, str]]:
        """State and reason of each message, by customer."""
        rows = Message.objects.filter(store=self.store).order_by("customer_id", "step_id")
        return [(row.status, row.reason) for row in rows]


def set_stage(code: str = "candles", **store: Any) -> Stage:
    values: dict[str, Any] = {
        "name": "Candle House",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "domain": "candles.example",
        "mail_from": "hello@candles.example",
        "postal_address": "1 Wick Lane, London N1 1AA",
    }
    shop = Store.objects.create(code=code, **(values | store))
    offer = Offer.objects.create(
        store=shop, code="win-back-10", name="10 % off your next order", status=Offer.Status.RUNNING
    )
    OfferVersion.objects.create(offer=offer, number=1, document=DOCUMENT, in_force_at=NOW - timedelta(days=1))
    campaign = CouponCampaign.objects.create(store=shop, code="win-back", name="Win back", offer=offer)
    trigger = Trigger.objects.create(
        store=shop,
        code="win-back",
        name="Win back after 60 days",
        occasion="silent",
        params={"days": 60},
        purpose=Purpose.MARKETING,
        campaign=campaign,
        status=Trigger.Status.RUNNING,
    )
    step = Step.objects.create(trigger=trigger, subject=SUBJECT, body=BODY)
    return Stage(shop, offer, campaign, trigger, step)
