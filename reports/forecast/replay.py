"""An offer played over past orders: what each would have cost with it and without it.

Every order is priced as today's running offers would price it, once more with the new offer among them, by the same
function that prices carts. Nothing is written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from checkout.assemble import to_cart, to_rules
from checkout.facts import CustomerFacts, Facts, ProductFacts
from checkout.request import QuoteRequest
from loyalty.offer_document import OfferTerms
from loyalty.running import RunningOffer
from loyalty.schedule import Windows
from loyalty.snapshot import EarningTerms, Groups
from pricing.index import OfferIndex, compile_offers
from pricing.price import price
from pricing.values import NO_CODES, Cart, Offer, Quote, Refused
from reports.forecast.past_orders import PastOrder
from reports.forecast.tally import Tally, earned
from shop.models import Store

# What a past order does not say. These conditions are taken as met, and the forecast says so.
UNKNOWN_IN_THE_PAST = frozenset(
    {
        "came_by_link",
        "delivery_method",
        "partner_traffic",
        "payment_method",
        "subscribed",
        "visit",
    }
)
# The code that everybody is taken to have brought, where the offer asks for one.
CODE = "FORECAST"


@dataclass(frozen=True, slots=True)
class Terms:
    """What does not change from order to order. `others` are today's promotions; `limits` are the offer's own."""

    store: Store
    offer: Offer
    limits: OfferTerms
    others: Sequence[Offer]
    groups: Groups
    products: Mapping[str, ProductFacts]
    gifts: Sequence[str]
    earning: tuple[EarningTerms, ...]


def replayed(offer: RunningOffer, *, windows: Windows | None) -> tuple[Offer, list[str]]:
    """The offer as past orders meet it, and the kinds of its conditions that they cannot tell.

    Its start and end are left out, so that next month's offer can be tried on last year; `windows` are those of its
    recurring days in the past.
    """
    known = tuple(term for term in offer.priced.conditions if term.kind not in UNKNOWN_IN_THE_PAST)
    taken = sorted({term.kind for term in offer.priced.conditions} & UNKNOWN_IN_THE_PAST)
    priced = replace(
        offer.priced,
        conditions=known,
        starts_at=None,
        ends_at=None,
        windows=windows,
        coupon=CODE if offer.terms.needs_code else None,
    )
    return priced, taken


class Replay:
    """Takes past orders in the order in which they were placed; `tally` holds the sums."""

    def __init__(self, terms: Terms) -> None:
        self.tally = Tally()
        self._terms = terms
        self._zone = ZoneInfo(terms.store.time_zone)
        self._without = compile_offers(terms.others)
        self._with = compile_offers([*terms.others, terms.offer])
        self._codes = frozenset({CODE}) if terms.offer.coupon else NO_CODES
        self._used = self._spent = 0
        self._used_by: dict[int, int] = {}
        self._used_on: Counter[date] = Counter()

    @property
    def needs_code(self) -> bool:
        return bool(self._codes)

    def play(self, orders: Iterable[PastOrder]) -> None:
        for past in orders:
            on = past.placed_at.astimezone(self._zone).date()
            self.tally.saw(on)
            facts = self._facts(past)
            cart, rules = (
                self._cart(past, facts),
                to_rules(self._terms.store, self._terms.earning, facts=facts),
            )
            at = int(past.placed_at.timestamp())
            after = price(cart, self._offers(past, on), rules, at=at)
            if (refused := _refusal(after, self._terms.offer)) is not None:
                # An offer that does not act leaves the price as it is without it.
                self.tally.missed_by(refused.refusal.value, refused.missing)
                continue
            before = price(cart, self._without, rules, at=at)
            self.tally.joined(
                past,
                on,
                before=before,
                after=after,
                without=earned(cart, before),
                with_it=earned(cart, after),
            )
            self._use(past, on, after)
            if self._is_used_up() and self.tally.used_up_on is None:
                self.tally.used_up_on = on

    def _cart(self, past: PastOrder, facts: Facts) -> Cart:
        terms = self._terms
        return to_cart(
            QuoteRequest(lines=past.lines, customer=past.customer, delivery=past.delivery),
            store=terms.store,
            at=past.placed_at,
            facts=facts,
            groups=terms.groups,
            codes=self._codes,
            gifts=terms.gifts,
        )

    def _facts(self, past: PastOrder) -> Facts:
        skus = {line.sku for line in past.lines}.union(self._terms.gifts)
        found = (self._terms.products.get(sku) for sku in skus)
        customer = None
        if past.customer_id is not None:
            customer = CustomerFacts(
                id=past.customer_id,
                joined_at=None,
                orders=past.orders_before,
                last_order_at=past.last_order_at,
                birth_on=past.birth_on,
                segments=past.segments,
                tier=past.tier,
            )
        products = tuple(product for product in found if product is not None)
        return Facts(customer=customer, products=products, cards=past.cards)

    def _offers(self, past: PastOrder, on: date) -> OfferIndex:
        """With what the orders so far have left of the offer's limits."""
        limits, left = self._terms.limits, []
        if not limits.is_limited:
            return self._with
        if limits.uses_max is not None:
            left.append(limits.uses_max - self._used)
        if limits.uses_per_day is not None:
            left.append(limits.uses_per_day - self._used_on[on])
        if limits.uses_per_customer is not None and past.customer_id is not None:
            left.append(limits.uses_per_customer - self._used_by.get(past.customer_id, 0))
        budget_left = None if limits.budget_max is None else limits.budget_max - self._spent
        offer = replace(self._terms.offer, uses_left=min(left, default=None), budget_left=budget_left)
        return self._with.with_personal([offer], ())

    def _use(self, past: PastOrder, on: date, after: Quote) -> None:
        self._used += 1
        self._used_on[on] += 1
        code = self._terms.offer.code
        self._spent += sum(applied.amount for applied in after.applied if applied.offer == code)
        if past.customer_id is not None:
            self._used_by[past.customer_id] = self._used_by.get(past.customer_id, 0) + 1

    def _is_used_up(self) -> bool:
        limits = self._terms.limits
        return (limits.uses_max is not None and self._used >= limits.uses_max) or (
            limits.budget_max is not None and self._spent >= limits.budget_max
        )


def _refusal(quote: Quote, offer: Offer) -> Refused | None:
    return next((each for each in quote.refused if each.offer == offer.code), None)
