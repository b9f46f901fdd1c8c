"""Price a cart. A pure read: two queries of its own at most, whatever the number of lines and offers, and one more
where it names gift balances."""

from collections.abc import Mapping
from datetime import datetime

from checkout.assemble import Entitled, Refusals, entitle, holder_named, to_cart, to_rules
from checkout.balances import NamedBalance, named_balances, pay_with
from checkout.facts import Facts
from checkout.points import spend_points
from checkout.priced_cart import PricedCart
from checkout.read_facts import read_facts
from checkout.request import OrderRequest, QuoteRequest
from coupons.find_balances import find_balances
from coupons.models import Coupon
from coupons.queries import usable_codes
from loyalty.earning_terms import caps_of
from loyalty.running import Running
from loyalty.schedule import calendar_of
from loyalty.snapshot import snapshot
from loyalty.tiers.outlook import question_of
from loyalty.tiers.read_ladders import Ladders
from pricing.price import ALL, price
from pricing.refusals import Refusal
from pricing.values import Quote, Refused
from shop.clock import local_date
from shop.models import Store

NOTHING_GONE: Refusals = {}
NO_CAPS: Mapping[str, str] = {}


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

    `full_reasons`: for the store's server key; else a code is told from an unknown one to its proven holder only.
    `gone`: offers, with their coupon, whose last use somebody else has just taken, and why they are refused. `hold`:
    the reserved quote whose rights are the cart's own; else that of its cart. `explain`: see `pricing.price.price`.
    """
    terms = snapshot(store.pk, store.offers_version)
    running = terms.compiled(calendar=calendar_of(store), at=at)
    coupons, earning = usable_codes(store, request.codes), terms.earning(at=at)
    caps = caps_of(earning, on=local_date(store, at))
    facts = facts_of(store, request, running, coupons, ladders=terms.ladders, at=at, hold=hold, caps=caps)
    entitled = entitle(store, request, running=running, coupons=coupons, facts=facts, gone=gone)
    codes, gifts = entitled.codes, running.gifts
    cart = to_cart(request, store=store, at=at, facts=facts, groups=terms.groups, codes=codes, gifts=gifts)
    rules = to_rules(store, earning, facts=facts, shopper=cart.shopper)
    quote = price(cart, entitled.offers, rules, at=int(at.timestamp()), explain=explain)
    spent = spend_points(store, request, quote, cart=cart, rules=rules, facts=facts)
    balances = balances_of(store, request, facts=facts, at=at)
    paid = pay_with(spent, cart, balances)
    return PricedCart(
        request=request,
        at=at,
        offers_version=terms.version,
        quote=_finish(paid, entitled, coupons, request, facts, full_reasons=full_reasons),
        facts=facts,
        offers=running.offers,
        coupons=coupons,
        earning=terms.rules_by_id,
        balances=balances,
    )


def balances_of(
    store: Store, request: QuoteRequest, *, facts: Facts, at: datetime
) -> tuple[NamedBalance, ...]:
    """Those that the request names. One query, none where it names none."""
    if not request.gift_balances:
        return ()
    found = find_balances(store, request.gift_balances)
    return named_balances(store, request, found, facts=facts, at=at)


def facts_of(
    store: Store,
    request: QuoteRequest,
    running: Running,
    coupons: Mapping[str, Coupon],
    *,
    ladders: Ladders,
    at: datetime,
    hold: int | None = None,
    caps: Mapping[str, str] = NO_CAPS,
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
        # What an order would reach is for those who look at a cart.
        tiers=question_of(ladders, store, at=at, with_score=not isinstance(request, OrderRequest)),
        held_for=None if is_late else request.cart,
        hold=hold,
        caps=caps,
    )


def _finish(
    quote: Quote,
    entitled: Entitled,
    coupons: Mapping[str, Coupon],
    request: QuoteRequest,
    facts: Facts,
    *,
    full_reasons: bool,
) -> Quote:
    """Add what was refused before pricing; hide from strangers what they may not learn."""
    refused = quote.refused + entitled.refused
    if not full_reasons:
        refused = tuple(_for_strangers(each, coupons, request.customer, facts) for each in refused)
    return quote if refused == quote.refused else quote._replace(refused=refused)


def _for_strangers(
    refused: Refused, coupons: Mapping[str, Coupon], customer: str | None, facts: Facts
) -> Refused:
    if refused.coupon is None:
        return refused
    coupon = coupons.get(refused.coupon)
    holder = holder_named(coupon, customer, facts) if coupon else None
    if holder is not None and holder == customer:
        return refused
    return Refused(offer="", coupon=refused.coupon, refusal=Refusal.UNKNOWN_CODE)
