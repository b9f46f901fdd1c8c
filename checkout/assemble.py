"""From what was asked and what is known to the plain values that pricing takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from checkout.facts import NOTHING_OWN, CustomerFacts, Facts, OwnFacts, ProductFacts
from checkout.request import LineRequest, QuoteRequest
from coupons.codes import read_code
from coupons.models import Coupon, CouponCampaign
from coupons.redeem import holder_of
from loyalty.earning_terms import EarningTerms, earn_factors, earn_rules
from loyalty.lanes import lanes_of
from loyalty.models import Offer
from loyalty.running import Running, RunningOffer
from loyalty.schedule import within
from loyalty.snapshot import Groups
from pricing.index import OfferIndex
from pricing.refusals import Refusal
from pricing.values import NO_CODES, Cart, Gift, Line, Refused, Rules, Shopper
from pricing.values import Offer as PricedOffer
from shop.birthdays import birthday_offset_days
from shop.models import Store

# Offers by their code and that of the coupon, with the reason for which they are out.
Refusals = Mapping[tuple[str, str | None], Refusal]

NAMED = CouponCampaign.Kind.NAMED

# A group of our own for what earns points. No store can name one like it: its codes hold no colon.
EARNING = frozenset(["reprise:earns"])

NOBODY = Shopper()


@dataclass(frozen=True, slots=True)
class Entitled:
    """The offers that this cart may compete with, the codes that pricing sees, and what is out already."""

    offers: OfferIndex
    codes: frozenset[str]
    refused: tuple[Refused, ...]


def entitle(
    store: Store,
    request: QuoteRequest,
    *,
    running: Running,
    coupons: Mapping[str, Coupon],
    facts: Facts,
    gone: Refusals,
) -> Entitled:
    """Promotions enter by themselves, others only with a coupon; each with what is left of its limits and its time.

    Only those are touched that this shopper meets differently from everybody else.
    """
    changed = [_as_met(offer, facts) for offer in running.personal if gone.get((offer.code, None)) is None]
    refused = [Refused(offer, None, reason) for (offer, coupon), reason in gone.items() if coupon is None]
    out = {each.offer for each in refused}
    for code, coupon in coupons.items():
        offer_code = coupon.campaign.offer.code
        offer = running.offers.get(offer_code)
        reason = gone.get((offer_code, code)) or _reason_against(store, coupon, offer)
        if reason is not None or offer is None:
            refused.append(Refused(offer_code, code, reason or Refusal.EXPIRED))
        else:
            mine = own_facts(facts).coupons.get(coupon.pk, 0)
            holder = holder_named(coupon, request.customer, facts)
            changed.append(_with_coupon(_as_met(offer, facts), coupon, mine=mine, holder=holder))
    codes = frozenset(read_code(code) for code in request.codes) - {each.coupon for each in refused}
    return Entitled(running.promotions.with_personal(changed, out), codes, tuple(refused))


def own_facts(facts: Facts) -> OwnFacts:
    return facts.own or NOTHING_OWN


def to_cart(
    request: QuoteRequest,
    *,
    store: Store,
    at: datetime,
    facts: Facts,
    groups: Groups,
    codes: frozenset[str],
    gifts: Iterable[str] = (),
) -> Cart:
    """The cart as pricing reads it. Prices are the storefront's; of a product we add what only we know.

    `at` is when it is priced, which the store's own clocks show; `gifts` are skus that offers may add.
    """
    products = facts.by_sku()
    local = at.astimezone(ZoneInfo(store.time_zone))
    today = local.date()
    return Cart(
        lines=tuple(_line(line, products.get(line.sku), groups, today=today) for line in request.lines),
        delivery=request.delivery,
        shopper=_shopper(request, facts, today=today),
        codes=codes,
        delivery_method=request.delivery_method,
        payment_method=request.payment_method,
        weekday=local.isoweekday(),
        minute=local.hour * 60 + local.minute,
        gifts={
            sku: Gift(sku, product.price, product.cost, product.tax_bp)
            for sku in gifts
            if (product := products.get(sku)) is not None and product.is_to_be_had
        },
    )


def to_rules(
    store: Store, earning: Sequence[EarningTerms], *, facts: Facts, shopper: Shopper = NOBODY
) -> Rules:
    """The store's caps and those of the cards held, and what goods earn: by the rules for everybody, and by those for
    the tiers and cards of `shopper`."""
    mine = {"tiers": shopper.tiers, "plans": shopper.cards}
    limits = {card.plan: card.line_limit_bp for card in facts.cards if card.line_limit_bp is not None}
    return Rules(
        lanes=lanes_of(store),
        line_cap_bp=store.line_cap_bp,
        card_limits_bp=limits,
        margin_floor_bp=store.margin_floor_bp,
        earn=earn_rules(earning, goods=EARNING, earned=facts.earned, **mine),
        earn_factors=earn_factors(earning, **mine),
        exclusive_first=store.exclusive_first,
        rounding=store.rounding,
        leftover=store.leftover,
        reuses_units=store.reuses_units,
        multiplier_cap_bp=store.multiplier_cap_bp,
    )


def _shopper(request: QuoteRequest, facts: Facts, *, today: date) -> Shopper:
    """What is known of the person; of a guest only what the browser and the storefront tell."""
    known = facts.customer or CustomerFacts(id=0, joined_at=None)
    visits = None
    if request.visitor is not None:
        # A browser that has not been reported yet is here for the first time.
        visits = max(facts.visitor.visits, 1) if facts.visitor else 1
    return Shopper(
        customer=request.customer,
        cards=frozenset(card.plan for card in facts.cards),
        orders=known.orders,
        last_order_at=None if known.last_order_at is None else int(known.last_order_at.timestamp()),
        birthday_offset_days=birthday_offset_days(known.birth_on, today=today),
        partner=request.partner or facts.partner,
        links=frozenset(request.links),
        lists=frozenset(known.lists),
        segments=frozenset(known.segments),
        tiers=NO_CODES if known.tier is None else frozenset([known.tier]),
        visits=visits,
    )


def _line(asked: LineRequest, product: ProductFacts | None, groups: Groups, *, today: date) -> Line:
    if product is None:
        mine = groups.of(asked.sku, "", asked.unit_price)
        return Line(asked.sku, asked.quantity, asked.unit_price, groups=mine | EARNING)
    mine = groups.of(asked.sku, product.category, asked.unit_price)
    return Line(
        sku=asked.sku,
        quantity=asked.quantity,
        unit_price=asked.unit_price,
        groups=mine | (EARNING if product.is_goods else NO_CODES),
        # A gift balance is money in another form: it is never discounted.
        never_discounted=product.is_never_discounted or product.is_gift_balance,
        no_points=product.is_gift_balance,
        lowest_price=product.lowest_price,
        cost=product.cost,
        tax_bp=product.tax_bp,
        stock_age_days=None if product.stocked_on is None else (today - product.stocked_on).days,
        is_preorder=product.is_preorder,
    )


def _reason_against(store: Store, coupon: Coupon, running: RunningOffer | None) -> Refusal | None:
    if hasattr(coupon, "revocation"):
        return Refusal.REVOKED
    if store.is_redemption_paused:
        return Refusal.PAUSED
    if running is not None:
        # An offer that applies by itself gives nothing more for a code.
        return None if running.terms.needs_code else Refusal.NOT_COMBINABLE
    if coupon.campaign.offer.status == Offer.Status.ARCHIVED:
        return Refusal.EXPIRED
    return Refusal.PAUSED if coupon.campaign.offer.status == Offer.Status.PAUSED else Refusal.NOT_STARTED


def _as_met(offer: RunningOffer, facts: Facts) -> PricedOffer:
    """The offer with the shopper's own time. One that was never shown to them has not begun."""
    priced = _with_limits(offer, facts)
    if offer.terms.personal_hours is None:
        return priced
    mine = next((one for one in facts.personal if one.offer == offer.offer_id), None)
    windows = () if mine is None else within(priced.windows, (mine.starts_at, mine.ends_at))
    return replace(priced, windows=windows)


def _with_limits(offer: RunningOffer, facts: Facts) -> PricedOffer:
    """A counter that is missing counts as empty: no limit is ever passed for want of a row. What the cart holds itself
    is free for it."""
    limits, own, number = offer.terms, own_facts(facts), offer.offer_id
    if not limits.is_limited:
        return offer.priced
    left: list[int] = []
    if limits.uses_max is not None:
        left.append(facts.uses_left.get(number, 0) + own.uses.get(number, 0))
    if limits.uses_per_customer is not None:
        used = facts.customer_uses.get(number, 0) - own.customer_uses.get(number, 0)
        left.append(limits.uses_per_customer - used)
    budget_left = None
    if limits.budget_max is not None:
        budget_left = facts.budget_left.get(number, 0) + own.money.get(number, 0)
    priced = replace(offer.priced, uses_left=min(left, default=None), budget_left=budget_left)
    return priced if limits.uses_per_day is None else _with_day(priced, limits.uses_per_day, number, facts)


def _with_day(priced: PricedOffer, uses_per_day: int, number: int, facts: Facts) -> PricedOffer:
    """A day that nobody has begun yet has all its uses. What ends first says why the offer is used up: with both, the
    limit that no other day lifts."""
    left = facts.day_uses_left.get(number, uses_per_day) + own_facts(facts).day_uses.get(number, 0)
    if priced.uses_left is not None and priced.uses_left <= left:
        return priced
    return replace(priced, uses_left=left, used_up_as=Refusal.USED_UP_TODAY)


def holder_named(coupon: Coupon, customer: str | None, facts: Facts) -> str | None:
    """The holder's reference: that of the request where the two are one person, merged or not."""
    if coupon.customer is None:
        return None
    is_theirs = facts.customer is not None and facts.customer.id == holder_of(coupon)
    return customer if is_theirs else coupon.customer.ref


def _with_coupon(offer: PricedOffer, coupon: Coupon, *, mine: int, holder: str | None) -> PricedOffer:
    """The right that the coupon gives: within its own window and uses as well as the offer's. `mine`: uses that the
    cart holds itself."""
    starts_at = int(coupon.starts_at.timestamp())
    # Rounded up, so that a window never ends early; the redeeming statement knows the microsecond.
    ends_at = ceil(coupon.ends_at.timestamp())
    uses_left, used_up_as = offer.uses_left, offer.used_up_as
    if coupon.uses_max is not None:
        free = coupon.uses_max - coupon.used - coupon.held + mine
        if uses_left is None or free < uses_left:
            uses_left, used_up_as = free, Refusal.USED_UP
    return replace(
        offer,
        coupon=coupon.code,
        # A gift coupon's holder may hand it on, but does not have to be the one who uses it.
        holder=holder if coupon.campaign.kind == NAMED else None,
        starts_at=starts_at if offer.starts_at is None else max(starts_at, offer.starts_at),
        ends_at=ends_at if offer.ends_at is None else min(ends_at, offer.ends_at),
        uses_left=uses_left,
        used_up_as=used_up_as,
    )
