"""Carts that reserve their quote, and what is counted as held for them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum

from checkout.commit import Committed
from checkout.end_hold import release_quote
from checkout.errors import QuoteRefused, QuoteTokenRefused
from checkout.models import Quote, Reservation
from checkout.request import QuoteRequest
from checkout.reserve import Reserved, reserve_quote
from checkout.token import sign_quote
from checkout.transaction import atomic_with_retry
from coupons.models import Coupon
from loyalty.models import Account, CustomerUse, Lot, OfferBudget, OfferDayUse, OfferUse
from shop.models import Customer, Store
from tests.checkout.ask import MUG, order
from tests.factories import AT
from tests.factories.offers_that_run import named_coupon

MINUTE = timedelta(minutes=1)
EVERY_LIMIT = {"uses_max": 1, "uses_per_day": 1, "uses_per_customer": 1, "budget_max": 200}


def all_rights(store: Store, anna: Customer) -> dict[str, Any]:
    """A cart that needs a use of every kind: of all, per customer, of the budget, of a coupon; and points."""
    coupon = named_coupon(store, anna, limits=EVERY_LIMIT)
    return {"customer": anna.ref, "codes": (coupon.code,), "points_to_spend": 200}


def faults_of(call: Callable[[], object]) -> str:
    with pytest.raises((QuoteTokenRefused, QuoteRefused)) as refused:
        call()
    return str(refused.value.code.value)


def reserve(store: Store, **asked: Any) -> Reserved:
    """A mug for 10.00 in the cart "c1", reserved in a transaction of its own, as the edge does it."""
    at = asked.pop("at", AT)
    is_last_try = asked.pop("is_last_try", True)
    request = QuoteRequest(**{"lines": (MUG,), "cart": "c1"} | asked)
    return atomic_with_retry(
        lambda: reserve_quote(store, request, at=at, at_recorded=at, is_last_try=is_last_try)
    )


def token_of(reserved: Reserved) -> str:
    return sign_quote(reserved.quote.store, reserved.priced, key=reserved.quote.key)


def order_of(reserved: Reserved, **asked: Any) -> Committed:
    """The same cart as an order that names its quote."""
    request = reserved.priced.request
    same = {
        name: getattr(request, name) for name in ("lines", "customer", "codes", "delivery", "points_to_spend")
    }
    return order(reserved.quote.store, **{**same, "quote_token": token_of(reserved)} | asked)


def release(reserved: Reserved, *, at: datetime = AT) -> Quote:
    quote = reserved.quote
    return atomic_with_retry(lambda: release_quote(quote.store, str(quote.key), at=at, at_recorded=at))


def held() -> dict[str, int]:
    """Everything that is counted as held, by what it is; what is zero is left out."""
    counted = {
        "uses": OfferUse.objects.aggregate(n=Sum("held"))["n"],
        "days": OfferDayUse.objects.aggregate(n=Sum("held"))["n"],
        "numbers": CustomerUse.objects.filter(order=None).count(),
        "money": OfferBudget.objects.aggregate(n=Sum("held"))["n"],
        "coupons": Coupon.objects.aggregate(n=Sum("held"))["n"],
        "points": Account.objects.aggregate(n=Sum("held"))["n"],
    }
    return {name: count for name, count in counted.items() if count}


def assert_counters_are_reservations() -> None:
    """What counters hold is what the rows of held quotes say, row by row."""
    rows = Reservation.objects.select_related("quote")
    assert all(row.quote.status == Quote.Status.HELD for row in rows)
    for counters, field in (
        (OfferUse, "offer_use"),
        (OfferDayUse, "day_use"),
        (OfferBudget, "budget"),
        (Coupon, "coupon"),
        (Lot, "lot"),
    ):
        said = dict(
            rows.exclude(**{field: None}).values_list(field).annotate(n=Sum("amount")).order_by(field)
        )
        counted = dict(counters.objects.filter(held__gt=0).values_list("pk", "held"))
        assert counted == said, field
    gifts = Account.objects.filter(kind=Account.Kind.GIFT, held__gt=0).values_list("pk", "held")
    of_gifts = rows.exclude(account=None).values_list("account").annotate(n=Sum("amount")).order_by("account")
    assert dict(gifts) == dict(of_gifts)
    numbers = set(CustomerUse.objects.filter(order=None).values_list("pk", flat=True))
    assert numbers == set(rows.exclude(customer_use=None).values_list("customer_use_id", flat=True))
