"""What the kept part of an order costs by itself: the same offers, in the versions stored with the order.

Used where the store's policy is that a return may undo the condition of a gift, a free delivery or a threshold. What
the order was is pieced together from its rows, and proven: the whole order, priced so, must come to what is stored,
line by line. Where it does not (a product group or a cap has changed since), nobody knows any more what the rest would
have cost then, and what is kept stays at its share of the price that was paid.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from checkout.assemble import to_cart, to_rules
from checkout.read_facts import read_facts
from checkout.request import LineRequest, QuoteRequest
from coupons.models import Redemption
from loyalty.models import Discount
from loyalty.offer_document import OfferDocumentInvalid
from loyalty.reverse import part_of
from loyalty.snapshot import kept_offers, snapshot
from pricing.price import price
from pricing.values import NO_CODES, Cart, Quote, Rules
from pricing.values import Offer as PricedOffer
from shop.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class AsPriced:
    """The order as pricing saw it."""

    cart: Cart
    offers: Sequence[PricedOffer]
    rules: Rules
    at: int

    def quote(self, cart: Cart) -> Quote:
        return price(cart, self.offers, self.rules, at=self.at)


def dearer_alone(order: Order, lines: Sequence[OrderLine], *, keeps_delivery: bool) -> int:
    """By how much what is kept costs more alone than its share of what was paid, in minor units; less than 0: cheaper.

    `lines` are all lines of the order with what is refunded by now. 0 where nothing was taken off the order, where
    nothing is kept, and where its price of then can not be told any more. Four queries, and
    those of a snapshot that is not in this process yet.
    """
    if all(line.refunded_quantity == line.quantity for line in lines):
        return 0
    try:
        then = _as_priced(order, lines)
    except OfferDocumentInvalid:  # terms of then that nobody can read any more
        return 0
    if then is None or not _comes_to_what_is_stored(then.quote(then.cart), order, lines):
        return 0
    kept = [line.quantity - line.refunded_quantity for line in lines if not line.is_gift]
    rest = tuple(
        replace(line, quantity=left) for line, left in zip(then.cart.lines, kept, strict=True) if left
    )
    if not rest:
        return _gifts_to_pay(lines, None)
    alone = then.quote(replace(then.cart, lines=rest, delivery=order.delivery if keeps_delivery else 0))
    price_alone = alone.goods - alone.discount + alone.delivery + _gifts_to_pay(lines, alone)
    return price_alone - _share(order, lines, keeps_delivery=keeps_delivery)


def _gifts_to_pay(lines: Iterable[OrderLine], alone: Quote | None) -> int:
    """The price of gifts that are kept though what is kept would not have earned them."""
    earned = Counter[str]()
    for gift in alone.gifts if alone else ():
        earned[gift.sku] += gift.quantity
    owed = 0
    for line in lines:
        if line.is_gift:
            left = line.quantity - line.refunded_quantity
            free = min(left, earned[line.sku])
            earned[line.sku] -= free
            owed += (left - free) * line.unit_price
    return owed


def _share(order: Order, lines: Iterable[OrderLine], *, keeps_delivery: bool) -> int:
    """What was paid for what is kept, in money and points."""
    goods = sum(
        line.total - part_of(line.total, refunded=line.refunded_quantity, quantity=line.quantity)
        for line in lines
    )
    return goods + (order.delivery - order.delivery_discount if keeps_delivery else 0)


def _as_priced(order: Order, lines: Sequence[OrderLine]) -> AsPriced | None:
    versions = set(Discount.objects.filter(order=order).values_list("version_id", flat=True))
    if not versions:
        return None
    bought = [line for line in lines if not line.is_gift]
    offers, codes = _offers(order, versions)
    facts = read_facts(
        order.store,
        skus=[line.sku for line in lines],
        customer=order.customer.ref if order.customer else None,
        visitor=None,
        cart=None,
        offer_ids=(),
        asks={term.kind for offer in offers for term in offer.conditions},
        at=order.placed_at,
    )
    request = QuoteRequest(
        lines=tuple(LineRequest(line.sku, line.quantity, line.unit_price) for line in bought),
        customer=order.customer.ref if order.customer else None,
        delivery=order.delivery,
    )
    cart = to_cart(
        request,
        store=order.store,
        at=order.placed_at,
        facts=facts,
        groups=snapshot(order.store_id, order.store.offers_version).groups,
        codes=codes,
        gifts=[line.sku for line in lines if line.is_gift],
    )
    known = tuple(
        replace(asked, cost=line.cost, tax_bp=line.tax_bp)
        for asked, line in zip(cart.lines, bought, strict=True)
    )
    rules = to_rules(order.store, (), facts=facts)
    return AsPriced(replace(cart, lines=known), offers, rules, int(order.placed_at.timestamp()))


def _offers(order: Order, versions: Iterable[int]) -> tuple[list[PricedOffer], frozenset[str]]:
    """What acted on the order, each with the coupon that brought it. Its right to act has been proven: windows, limits
    and holders are not asked for again."""
    acted = kept_offers(versions)
    used = Redemption.objects.filter(order=order).values_list("campaign__offer__code", "coupon__code")
    brought = sorted({(offer, code) for offer, code in used if offer in acted})
    by_itself = [(code, None) for code in acted if code not in {offer for offer, _ in brought}]
    offers = [
        replace(acted[offer].priced, coupon=code, starts_at=None, ends_at=None)
        for offer, code in (*brought, *by_itself)
    ]
    return offers, frozenset(code for _, code in brought) or NO_CODES


def _comes_to_what_is_stored(quote: Quote, order: Order, lines: Sequence[OrderLine]) -> bool:
    nets = [quoted.net for quoted in quote.lines]
    fee = order.delivery - order.delivery_discount
    added = sorted((gift.sku, gift.quantity) for gift in quote.gifts)
    return (
        nets == [line.total for line in lines if not line.is_gift]
        and added == sorted((line.sku, line.quantity) for line in lines if line.is_gift)
        and quote.delivery == fee
    )
