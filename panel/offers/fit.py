"""A made-up buyer who meets every condition of an offer, so that its preview shows what it gives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pricing.values import Cart, Condition

CUSTOMER = "sample"
DAY_SECONDS = 86_400
TARGETS = ("target", "buy_target", "get_target")

Fit = Callable[[Cart, Any, int], Cart]


def fitted(cart: Cart, conditions: Iterable[Condition], benefits: Iterable[Any], *, at: int) -> Cart:
    """The cart as one that meets the conditions would bring it, as far as a person or a product can."""
    targets = [getattr(benefit, name, None) for benefit in benefits for name in TARGETS]
    for term in [*conditions, *[target for target in targets if target is not None]]:
        fit = FITS.get(term.kind)
        cart = fit(cart, term, at) if fit else cart
    return cart


def _buyer(**facts: Any) -> Callable[[Cart, Any, int], Cart]:
    """`facts`: a field of the shopper -> what it must be, from the condition and the moment."""

    def fit(cart: Cart, term: Any, at: int) -> Cart:
        mine = {name: make(term, at) for name, make in facts.items()}
        return replace(cart, shopper=replace(cart.shopper, **mine))

    return fit


def _known(term: Any, at: int) -> str:
    return CUSTOMER


def _old_stock(cart: Cart, term: Any, at: int) -> Cart:
    lines = tuple(replace(line, stock_age_days=term.days + 1) for line in cart.lines)
    return replace(cart, lines=lines)


def _preorder(cart: Cart, term: Any, at: int) -> Cart:
    return replace(cart, lines=tuple(replace(line, is_preorder=True) for line in cart.lines))


def _weekday(cart: Cart, term: Any, at: int) -> Cart:
    day = min(term.weekdays) if term.weekdays and cart.weekday not in term.weekdays else cart.weekday
    return replace(cart, weekday=day, minute=term.from_minute)


FITS: Mapping[str, Fit] = {
    "registered": _buyer(customer=_known),
    "new_customer": _buyer(orders=lambda term, at: 0),
    "nth_order": _buyer(customer=_known, orders=lambda term, at: term.n - 1),
    "days_since_last_order": _buyer(
        customer=_known,
        orders=lambda term, at: 1,
        last_order_at=lambda term, at: (
            at - DAY_SECONDS * (term.days_max if term.days_min is None else term.days_min)
        ),
    ),
    "near_birthday": _buyer(customer=_known, birthday_offset_days=lambda term, at: 0),
    "holds_card": _buyer(customer=_known, cards=lambda term, at: frozenset([min(term.plans)])),
    "in_tier": _buyer(customer=_known, tiers=lambda term, at: term.tiers),
    "in_segment": _buyer(customer=_known, segments=lambda term, at: term.segments),
    "subscribed": _buyer(customer=_known, lists=lambda term, at: term.lists),
    "partner_traffic": _buyer(partner=lambda term, at: min(term.partners, default=CUSTOMER)),
    "came_by_link": _buyer(links=lambda term, at: term.links),
    "visit": _buyer(visits=lambda term, at: term.number_min),
    "delivery_method": lambda cart, term, at: replace(cart, delivery_method=min(term.methods)),
    "payment_method": lambda cart, term, at: replace(cart, payment_method=min(term.methods)),
    "weekday_hours": _weekday,
    "stock_older_than": _old_stock,
    "preorder_only": _preorder,
    "old_stock": _old_stock,
}
