"""What may this customer use now, and what is nearly reached: their own coupons, their cards, the shop's promotions.

A pure read of three queries. Each coupon is tried on the cart by itself, so that all can be compared; which of them
go together best is told, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checkout.assemble import entitle, to_cart, to_rules
from checkout.facts import Facts
from checkout.quote import facts_of
from checkout.request import CODES_MAX, LineRequest, QuoteRequest
from coupons.models import Coupon
from coupons.queries import coupons_to_use
from loyalty.running import Running, RunningOffer
from loyalty.schedule import calendar_of
from loyalty.snapshot import OfferSnapshot, snapshot
from pricing.conditions import HoldsCard
from pricing.price import ALL, NEAR, price
from pricing.refusals import Refusal
from pricing.values import Applied, Quote, Refused
from shop.models import CartLine, Customer, Store

USABLE_MAX = 50
NEAR_MAX = 20

# Refusals that more of something would turn into a yes, and of what.
LACKS: Mapping[Refusal, str] = {
    Refusal.BELOW_MINIMUM: "money",
    Refusal.BELOW_QUANTITY: "units",
    Refusal.NOT_THIS_ORDER: "orders",
    Refusal.LAST_ORDER_TOO_RECENT: "days",
}


class Way(StrEnum):
    """How an offer comes to the customer."""

    COUPON = "coupon"
    CARD = "card"
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class Usable:
    """An offer that gives something on this cart. `saving` is what the order costs less with it, and what its gifts
    would cost, in minor units; a coupon is compared with the order without any coupon. `gifts` are skus, `promised`
    are campaigns of coupons for the next order."""

    offer: RunningOffer
    way: Way
    coupon: Coupon | None
    saving: int
    points: int
    factor_bp: int
    gifts: tuple[str, ...]
    promised: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """An offer that `missing` more of `lacks` ("money" in minor units, "units", "orders", "days") would let in."""

    offer: RunningOffer
    way: Way
    coupon: Coupon | None
    missing: int
    lacks: str


@dataclass(frozen=True, slots=True)
class UsableOffers:
    """Ranked: the largest saving first, the nearest first. `together` are the codes that cost least when brought
    together, `payable` what the order then costs, and `payable_without` what it costs without a code."""

    usable: tuple[Usable, ...]
    near: tuple[Near, ...]
    together: tuple[str, ...]
    payable: int
    payable_without: int


def usable_offers(
    store: Store, customer: Customer, lines: Sequence[CartLine], *, delivery: int, at: datetime
) -> UsableOffers:
    """For a cart of `lines` with a full fee of `delivery`, at `at`. Of very many coupons those that end first count."""
    held = {coupon.code: coupon for coupon in coupons_to_use(customer, at=at)[:CODES_MAX]}
    shelf = _Shelf.of(store, customer, lines, held, delivery=delivery, at=at)
    without = shelf.price(())
    alone = {code: shelf.price((code,)) for code in held}
    together = shelf.price(tuple(held))
    usable = [*shelf.promotions_in(without)]
    near = [*shelf.near_in(without)]
    for code, quote in alone.items():
        usable += shelf.coupon_in(quote, code, without=without)
        near += [one for one in shelf.near_in(quote) if one.coupon is held[code]]
    return UsableOffers(
        usable=tuple(sorted(usable, key=lambda one: -one.saving)[:USABLE_MAX]),
        near=tuple(sorted(near, key=_nearest)[:NEAR_MAX]),
        together=tuple(each.coupon for each in together.applied if each.coupon is not None),
        payable=together.payable,
        payable_without=without.payable,
    )


def _nearest(one: Near) -> tuple[str, int]:
    """What money buys first: more goods in the cart can be had at once."""
    order = list(LACKS.values())
    return (str(order.index(one.lacks)), one.missing)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """All that is known of the cart, the customer and the offers; any set of the customer's codes can be priced."""

    store: Store
    request: QuoteRequest
    terms: OfferSnapshot
    running: Running
    held: Mapping[str, Coupon]
    facts: Facts
    at: datetime

    @classmethod
    def of(
        cls,
        store: Store,
        customer: Customer,
        lines: Sequence[CartLine],
        held: Mapping[str, Coupon],
        *,
        delivery: int,
        at: datetime,
    ) -> "_Shelf":
        terms = snapshot(store.pk, store.offers_version)
        running = terms.compiled(calendar=calendar_of(store), at=at)
        asked = tuple(LineRequest(line.sku, line.quantity, line.unit_price) for line in lines)
        request = QuoteRequest(lines=asked, customer=customer.ref, delivery=delivery)
        facts = facts_of(store, request, running, held, ladders=terms.ladders, at=at)
        return cls(store, request, terms, running, held, facts, at)

    def price(self, codes: Sequence[str]) -> Quote:
        brought = {code: self.held[code] for code in codes}
        request = QuoteRequest(
            lines=self.request.lines,
            customer=self.request.customer,
            delivery=self.request.delivery,
            codes=tuple(codes),
        )
        entitled = entitle(
            self.store, request, running=self.running, coupons=brought, facts=self.facts, gone={}
        )
        cart = to_cart(
            request,
            store=self.store,
            at=self.at,
            facts=self.facts,
            groups=self.terms.groups,
            codes=entitled.codes,
            gifts=self.running.gifts,
        )
        rules = to_rules(self.store, self.terms.earning(at=self.at), facts=self.facts, shopper=cart.shopper)
        # A near miss of the cart is wanted even where nothing in it is what the offer acts on.
        explain = NEAR if codes else ALL
        return price(cart, entitled.offers, rules, at=int(self.at.timestamp()), explain=explain)

    def promotions_in(self, quote: Quote) -> list[Usable]:
        return [self._usable(quote, one, saving=one.amount) for one in quote.applied]

    def coupon_in(self, quote: Quote, code: str, *, without: Quote) -> list[Usable]:
        """The coupon, where it has an effect; it may push other offers out, so its saving is that of the whole."""
        saving = without.payable - quote.payable + _worth(quote) - _worth(without)
        return [
            self._usable(quote, one, saving=max(0, saving)) for one in quote.applied if one.coupon == code
        ]

    def _usable(self, quote: Quote, one: Applied, *, saving: int) -> Usable:
        mine = (one.offer, one.coupon)
        return Usable(
            offer=self.running.offers[one.offer],
            way=self._way(one.offer) if one.coupon is None else Way.COUPON,
            coupon=None if one.coupon is None else self.held[one.coupon],
            saving=saving,
            points=one.points,
            factor_bp=one.factor_bp,
            gifts=tuple(gift.sku for gift in quote.gifts if (gift.offer, gift.coupon) == mine),
            promised=tuple(each.campaign for each in quote.promised if (each.offer, each.coupon) == mine),
        )

    def near_in(self, quote: Quote) -> list[Near]:
        return [
            Near(
                self.running.offers[one.offer],
                self._way(one.offer) if one.coupon is None else Way.COUPON,
                None if one.coupon is None else self.held[one.coupon],
                one.missing,
                LACKS[one.refusal],
            )
            for one in quote.refused
            if _is_near(one) and one.missing is not None
        ]

    def _way(self, offer: str) -> Way:
        conditions = self.running.offers[offer].terms.conditions
        return Way.CARD if any(isinstance(term, HoldsCard) for term in conditions) else Way.PROMOTION


def _worth(quote: Quote) -> int:
    """What the gifts of a quote would cost."""
    return sum(gift.quantity * gift.unit_price for gift in quote.gifts)


def _is_near(one: Refused) -> bool:
    return one.refusal in LACKS
