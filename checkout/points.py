"""Points as payment for a cart: what the store allows and the customer has, put to pricing."""

from checkout.assemble import own_facts
from checkout.facts import Facts
from checkout.request import QuoteRequest
from pricing.pay_by_points import PointsTerms, pay_by_points
from pricing.refusals import PointsLimit
from pricing.values import Cart, Quote, Rules
from shop.models import Store


def spend_points(
    store: Store, request: QuoteRequest, quote: Quote, *, cart: Cart, rules: Rules, facts: Facts
) -> Quote:
    """`quote` with the points on it that were asked for, or as many of them as may be; with the reason where fewer."""
    if not request.points_to_spend:
        return quote
    if (limit := _reason_against(store, facts)) is not None:
        return quote._replace(points_limited_by=limit)
    assert facts.customer is not None, "a guest has been refused"
    return pay_by_points(
        quote,
        cart,
        rules,
        PointsTerms(value=store.points_value, share_bp=store.points_share_bp, step=store.points_step),
        asked=request.points_to_spend,
        available=(facts.customer.points or 0) + own_facts(facts).points,
    )


def _reason_against(store: Store, facts: Facts) -> PointsLimit | None:
    if not store.points_value:
        return PointsLimit.POINTS_NOT_TAKEN
    if store.is_redemption_paused:
        return PointsLimit.PAUSED
    return PointsLimit.NOT_REGISTERED if facts.customer is None else None
