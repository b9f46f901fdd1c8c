"""Price a cart. A pure read: two queries of its own at most, whatever the number of lines and offers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from checkout.assemble import Entitled, Refusals, entitle, to_cart, to_rules
from checkout.facts import Facts, read_facts
from checkout.points import spend_points
from checkout.priced_cart import PricedCart
from checkout.request import OrderRequest, QuoteRequest
from coupons.models import Coupon
from coupons.queries import usable_codes
from loyalty.snapshot import RunningOffer, snapshot
from pricing.price import price
from pricing.refusals import Refusal
from pricing.values import Quote, Refused
from shop.models import Store

NOTHING_GONE: Refusals = {}


def quote_cart(
    store: Store,
    request: QuoteRequest,
    *,
    at: datetime,
    full_reasons: bool = True,
    gone: Refusals = NOTHING_GONE,
    hold: int | None = None,
) -> PricedCart:
    """What the cart costs at `at`, and what became of every offer and code.

    `full_reasons` is for the store's own server key. Otherwise a code is told apart from an unknown one only to the
    customer who holds it (the edge has to have proven who that is). `gone` names offers, with their coupon, whose last
    use somebody else has just taken; they are refused with the reason given. `hold` is the id of the reserved quote
    whose rights are this cart's own; left out, it is that of the cart which the request names.
    """
    terms = snapshot(store.pk, store.offers_version)
    offers = {offer.code: offer for offer in terms.running(at=at)}
    coupons = usable_codes(store, request.codes)
    facts = _facts(store, request, offer_ids=_limited(offers, coupons), at=at, hold=hold)
    entitled = entitle(store, request, offers=offers, coupons=coupons, facts=facts, gone=gone)
    rule = terms.earning_rule(at=at)
    cart = to_cart(request, facts=facts, groups=terms.groups, codes=entitled.codes)
    rules = to_rules(store, rule, facts=facts)
    quote = price(cart, entitled.offers, rules, at=int(at.timestamp()))
    quote = spend_points(store, request, quote, cart=cart, rules=rules, facts=facts)
    return PricedCart(
        request=request,
        at=at,
        offers_version=terms.version,
        quote=_finish(quote, entitled, coupons, request, full_reasons=full_reasons),
        facts=facts,
        offers=offers,
        coupons=coupons,
        rule=rule,
    )


def _facts(
    store: Store, request: QuoteRequest, *, offer_ids: list[int], at: datetime, hold: int | None
) -> Facts:
    # An order reported late is priced as of then; what its cart holds now is nothing that was held then.
    is_late = isinstance(request, OrderRequest) and request.placed_at is not None
    return read_facts(
        store,
        skus=[line.sku for line in request.lines],
        customer=request.customer,
        visitor=request.visitor,
        cart=request.cart if isinstance(request, OrderRequest) else None,
        offer_ids=offer_ids,
        at=at,
        with_points=request.points_to_spend > 0,
        held_for=None if is_late else request.cart,
        hold=hold,
    )


def _limited(offers: Mapping[str, RunningOffer], coupons: Mapping[str, Coupon]) -> list[int]:
    """The offers whose counters matter here: those with a limit that the cart can use."""
    brought = {coupon.campaign.offer_id for coupon in coupons.values()}
    return [
        offer.offer_id
        for offer in offers.values()
        if offer.terms.is_limited and (not offer.terms.needs_code or offer.offer_id in brought)
    ]


def _finish(
    quote: Quote,
    entitled: Entitled,
    coupons: Mapping[str, Coupon],
    request: QuoteRequest,
    *,
    full_reasons: bool,
) -> Quote:
    """Add what was refused before pricing; hide from strangers what they may not learn."""
    refused = quote.refused + entitled.refused
    if not full_reasons:
        refused = tuple(_for_strangers(each, coupons, request.customer) for each in refused)
    return quote if refused == quote.refused else replace(quote, refused=refused)


def _for_strangers(refused: Refused, coupons: Mapping[str, Coupon], customer: str | None) -> Refused:
    if refused.coupon is None:
        return refused
    coupon = coupons.get(refused.coupon)
    holder = coupon.customer.ref if coupon and coupon.customer else None
    if holder is not None and holder == customer:
        return refused
    return Refused(offer="", coupon=refused.coupon, refusal=Refusal.UNKNOWN_CODE)
