"""What a priced cart would do about its customer's tier. No query: the quote has read all of it."""

from checkout.priced_cart import PricedCart
from checkout.request import OrderRequest
from loyalty.snapshot import snapshot
from loyalty.tiers.outlook import Outlook, outlook
from shop.models import Store


def outlook_of(priced: PricedCart, *, store: Store) -> Outlook | None:
    """None for a guest, for whoever has not joined, where the store has no tiers, and for what is an order already."""
    if isinstance(priced.request, OrderRequest):
        return None
    customer = priced.facts.customer
    ladders = snapshot(store.pk, priced.offers_version).ladders
    ladder = ladders.at(priced.at)
    if customer is None or customer.joined_at is None or ladder is None:
        return None
    return outlook(
        ladders,
        code=customer.tier,
        score=customer.tier_score,
        at=priced.at,
        gain=_gain(priced, ladder.measure),
    )


def _gain(priced: PricedCart, measure: str) -> int:
    if measure == "orders":
        return 1
    if measure == "points":
        return priced.quote.points_to_earn
    products = priced.facts.by_sku()
    return sum(
        line.net - line.points_amount
        for line in priced.quote.lines
        if line.sku not in products or products[line.sku].is_goods
    )
