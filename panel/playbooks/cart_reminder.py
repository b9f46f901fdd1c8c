"""Playbook: catch up with carts that were left, with free delivery where it pays for itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from panel.playbooks.open_campaign import Saying, open_campaign, start_writing
from shop.models import Store, User
from triggers.free_delivery import break_even
from triggers.models import Purpose, Trigger
from triggers.occasions.cart_abandoned import CartAbandoned

CODE = "cart-reminder"


@dataclass(frozen=True, slots=True)
class CartReminder:
    """What a shop decides. `delivery_cost` net, in minor units; None: nothing is said of delivery. Rates in basis
    points. `says` is one to three steps."""

    name: str
    says: tuple[Saying, ...]
    delivery_cost: int | None = None
    margin_bp: int = 3000
    tax_bp: int = 2000
    valid_days: int = 7

    @property
    def free_from(self) -> int | None:
        """The order that free delivery pays for itself from, with tax."""
        if self.delivery_cost is None:
            return None
        return break_even(self.delivery_cost, margin_bp=self.margin_bp, tax_bp=self.tax_bp)


@transaction.atomic
def set_up(store: Store, plan: CartReminder, *, by: User | None, at: datetime) -> Trigger:
    """Make the offer and its campaign, where there is one, and the trigger that writes; start them.

    Raises `loyalty.offer_document.OfferDocumentInvalid`.
    """
    campaign = None
    if plan.free_from is not None:
        campaign = open_campaign(
            store,
            terms(plan.free_from),
            code=CODE,
            name=plan.name,
            valid_days=plan.valid_days,
            by=by,
            at=at,
        )
    return start_writing(
        store,
        CartAbandoned.code,
        code=CODE,
        name=plan.name,
        params=_params(plan),
        purpose=Purpose.MARKETING,
        says=plan.says,
        campaign=campaign,
        by=by,
        at=at,
    )


def terms(free_from: int) -> dict[str, Any]:
    """Free delivery for holders of the coupon. The minimum stays what the mail promised, whatever becomes of the cart,
    and is judged on the prices that the mail showed."""
    return {
        "v": 1,
        "lane": "delivery",
        "priority": 100,
        "conditions": [{"kind": "subtotal_at_least", "amount": free_from, "before_discounts": True}],
        "benefits": [{"kind": "delivery_fixed_price", "price": 0}],
        "audience": {"kind": "coupon"},
    }


def _params(plan: CartReminder) -> dict[str, int]:
    if plan.delivery_cost is None:
        return {}
    return {"delivery_cost": plan.delivery_cost, "margin_bp": plan.margin_bp, "tax_bp": plan.tax_bp}
