"""A shop that catches up with carts, warns of expiring points and keeps birthdays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from coupons.models import CouponCampaign
from loyalty.models import Account, Offer, OfferVersion
from shop.models import Cart, CartLine, Customer, Product, Store
from tests.factories import programme_rows as programme
from tests.triggers.stage import NOW, Stage, set_stage
from triggers.free_delivery import break_even
from triggers.models import Purpose, Step, Trigger

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CART_STEPS = (HOUR, DAY, 3 * DAY)
DELIVERY = {"delivery_cost": 300, "margin_bp": 3000, "tax_bp": 2000}  # pays for itself from 12.00 on
CART_BODY = "Hello {name},\n\nyour cart at {shop} is still there."


@dataclass
class Shop:
    """The stage without its win-back, and one trigger."""

    stage: Stage
    trigger: Trigger

    @property
    def store(self) -> Store:
        return self.stage.store

    def customer(self, ref: str = "1", *, has_bought: bool = False, **values: Any) -> Customer:
        """Agreed to mails long ago."""
        customer = self.stage.customer(ref, **values)
        if not has_bought:
            Customer.objects.filter(pk=customer.pk).update(first_order_at=None, last_order_at=None)
            customer.refresh_from_db()
        return customer

    def cart(
        self,
        customer: Customer | None,
        *,
        at: datetime = NOW,
        amount: int = 1500,
        ref: str = "c1",
        **values: Any,
    ) -> Cart:
        """One line of that price, last changed at `at`."""
        cart = Cart.objects.create(
            store=self.store, ref=ref, customer=customer, subtotal=amount, changed_at=at, **values
        )
        CartLine.objects.create(cart=cart, ordinal=1, sku="candle", quantity=1, unit_price=amount)
        return cart

    def product(self, sku: str, price: int, **values: Any) -> Product:
        return Product.objects.create(
            store=self.store, sku=sku, price=price, **({"name": sku.title()} | values)
        )


def cart_shop(*, delays: tuple[timedelta, ...] = CART_STEPS, gives: bool = False, **store: Any) -> Shop:
    """`gives`: free delivery from the break-even on, by a coupon."""
    stage = set_stage(**({"mails_max": 10} | store))
    campaign = free_delivery(stage.store) if gives else None
    return Shop(
        stage,
        add_trigger(
            stage, "cart_abandoned", params=DELIVERY if gives else {}, delays=delays, campaign=campaign
        ),
    )


def points_shop(*, days: int = 14, **store: Any) -> Shop:
    stage = set_stage(**store)
    trigger = add_trigger(stage, "points_expiring", params={"days": days}, purpose=Purpose.SERVICE)
    trigger.steps.update(subject="{points} end soon", body="{points} are good until {until}.")
    return Shop(stage, trigger)


def birthday_shop(*, days_before: int = 0, **store: Any) -> Shop:
    stage = set_stage(**store)
    return Shop(
        stage,
        add_trigger(stage, "birthday", params={"days_before": days_before}, campaign=stage.campaign),
    )


def add_trigger(
    stage: Stage,
    occasion: str,
    *,
    params: Mapping[str, Any],
    delays: tuple[timedelta, ...] = (timedelta(0),),
    purpose: str = Purpose.MARKETING,
    campaign: CouponCampaign | None = None,
) -> Trigger:
    """Running, beside a win-back that is over."""
    Trigger.objects.filter(pk=stage.trigger.pk).update(status=Trigger.Status.ENDED)
    trigger = Trigger.objects.create(
        store=stage.store,
        code=f"{occasion}-{Trigger.objects.count()}",
        name=occasion,
        occasion=occasion,
        params=dict(params),
        purpose=purpose,
        campaign=campaign,
        status=Trigger.Status.RUNNING,
    )
    for ordinal, delay in enumerate(delays, start=1):
        Step.objects.create(
            trigger=trigger,
            ordinal=ordinal,
            delay_seconds=delay // timedelta(seconds=1),
            subject=f"Step {ordinal}",
            body=CART_BODY,
        )
    return trigger


def free_delivery(store: Store) -> CouponCampaign:
    offer = Offer.objects.create(
        store=store, code="free-delivery", name="Free delivery", status=Offer.Status.RUNNING
    )
    document = {
        "v": 1,
        "lane": "delivery",
        "conditions": [{"kind": "subtotal_at_least", "amount": break_even(**_terms())}],
        "benefits": [{"kind": "delivery_fixed_price", "price": 0}],
        "audience": {"kind": "coupon"},
    }
    OfferVersion.objects.create(offer=offer, number=1, document=document, in_force_at=NOW - 30 * DAY)
    return CouponCampaign.objects.create(
        store=store, code="free-delivery", name="Free delivery", offer=offer, valid_days=7
    )


def _terms() -> dict[str, int]:
    return dict(DELIVERY)


def give_points(
    customer: Customer, points: int, *, ends_at: datetime, active_at: datetime = NOW - 30 * DAY
) -> None:
    """A lot as the ledger leaves it."""
    store = customer.store
    account = customer.accounts.first() or programme.make_account(customer, balance=10_000)
    source = Account.objects.filter(store=store, kind=Account.Kind.ISSUED).first()
    source = source or programme.make_programme_account(store)
    transfer = programme.make_transfer(source, account, amount=points)
    programme.make_lot(transfer, amount=points, left=points, active_at=active_at, ends_at=ends_at)


def birth(customer: Customer, on: date, *, changed_at: datetime | None = None) -> None:
    customer.person.birth_on, customer.person.birth_changed_at = on, changed_at
    customer.person.save()


def morning(year: int, month: int, day: int) -> datetime:
    """11:00 in UTC: every London morning has begun."""
    return datetime(year, month, day, 11, tzinfo=UTC)
