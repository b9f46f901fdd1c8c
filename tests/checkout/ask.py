"""Requests as a storefront would send them."""

from typing import Any

from checkout.commit import Committed, commit_order
from checkout.lapse import HoldsLapsed, RightLost
from checkout.priced_cart import PricedCart
from checkout.quote import quote_cart
from checkout.request import LineRequest, OrderRequest, QuoteRequest
from checkout.transaction import atomic_with_retry
from pricing.price import ALL
from shop.models import Store
from tests.factories import AT, number

MUG = LineRequest(sku="MUG", quantity=1, unit_price=1000)


def lines(count: int) -> tuple[LineRequest, ...]:
    return tuple(LineRequest(sku=f"SKU-{n}", quantity=1 + n % 3, unit_price=1000 + n) for n in range(count))


def quote(store: Store, *, full_reasons: bool = True, explain: str = ALL, **asked: Any) -> PricedCart:
    """A mug for 10.00, unless said otherwise."""
    at = asked.pop("at", AT)
    request = QuoteRequest(**{"lines": (MUG,)} | asked)
    return quote_cart(store, request, at=at, full_reasons=full_reasons, explain=explain)


def order(store: Store, **asked: Any) -> Committed:
    """A mug for 10.00, ordered in a transaction of its own, as the edges do it."""
    at = asked.pop("at", AT)
    request = OrderRequest(**{"lines": (MUG,), "ref": f"order-{number()}"} | asked)

    def commit(is_last_try: bool) -> Committed:
        return atomic_with_retry(
            lambda: commit_order(store, request, at=at, at_recorded=at, is_last_try=is_last_try)
        )

    try:
        return commit(False)
    except (HoldsLapsed, RightLost):
        return commit(True)
