"""Price a cart. A pure read: two queries of its own at most, whatever the number of lines and offers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from checkout.assemble import Entitled, Refusals, entitle, to_cart, to_rules
from checkout.facts import Facts
from checkout.points import spend_points
from checkout.priced_cart import PricedCart
from checkout.read_facts import read_facts
from checkout.request import OrderRequest, QuoteRequest
from coupons.models import Coupon
from coupons.queries import usable_codes
from loyalty.running import Running
from loyalty.schedule import calendar_of
from loyalty.snapshot import snapshot
from pricing.price import ALL, price
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
    explain: str = ALL,
    hold: int | None = None,
) -> PricedCart:
    """What the cart costs at `at`, and what became of every offer and code.

    `full_reasons` is for the store's own server key. Otherwise a code is told apart from an unknown one only to the
    customer who holds it (the edge has to have proven who that is). `gone` names offers, with their coupon, whose last
    use somebody else has just taken; they are refused with the reason given. `hold` is the id of the reserved quote
    whose rights are this cart's own; left out, it is that of the cart which the request names. `explain`: see
    `pricing.price.price`.
    """
    terms = snapshot(store.pk, store.offers_version)
    running = terms.compiled(calendar=calendar_of(store), at=at)
    coupons = usable_codes(store, request.codes)
    facts = facts_of(store, request, running, coupons, at=at, hold=hold)
    entitled = entitle(store, request, running=running, coupons=coupons, facts=facts, gone=gone)
    rule = terms.earning_rule(at=at)
    codes, gifts = entitled.codes, running.gifts
    cart = to_cart(request, store=store, at=at, facts=facts, groups=terms.groups, codes=codes, gifts=gifts)
    rules = to_rules(store, rule, facts=facts)
    quote = price(cart, entitled.offers, rules, at=int(at.timestamp()), explain=explain)
    quote = spend_points(store, request, quote, cart=cart, rules=rules, facts=facts)
    return PricedCart(
        request=request,
        at=at,
        offers_version=terms.version,
        quote=_finish(quote, entitled, coupons, request, full_reasons=full_reasons),
        facts=facts,
        offers=running.offers,
        coupons=coupons,
        rule=rule,
    )


def facts_of(
    store: Store,
    request: QuoteRequest,
    running: Running,
    coupons: Mapping[str, Coupon],
    *,
    at: datetime,
    hold: int | None = None,
) -> Facts:
    """With the counters and countdowns of the offers that the cart can use."""
    brought = {coupon.campaign.offer.code for coupon in coupons.values()}
    mine = [*running.personal, *(offer for code, offer in running.offers.items() if code in brought)]
    # An order reported late is priced as of then; what its cart holds now is nothing that was held then.
    is_late = isinstance(request, OrderRequest) and request.placed_at is not None
    return read_facts(
        store,
        skus=[*(line.sku for line in request.lines), *running.gifts],
        customer=request.customer,
        visitor=request.visitor,
        cart=request.cart if isinstance(request, OrderRequest) else None,
        offer_ids=[offer.offer_id for offer in mine if offer.terms.is_limited],
        countdowns=[offer.offer_id for offer in mine if offer.terms.personal_hours is not None],
        asks=running.asks,
        at=at,
        with_points=request.points_to_spend > 0,
        held_for=None if is_late else request.cart,
        hold=hold,
    )


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
