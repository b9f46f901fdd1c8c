"""From what was asked and what is known to the plain values that pricing takes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil

from checkout.facts import NOTHING_OWN, Facts, OwnFacts, ProductFacts
from checkout.request import LineRequest, QuoteRequest
from coupons.codes import read_code
from coupons.models import Coupon, CouponCampaign
from loyalty.models import Offer
from loyalty.snapshot import EarningTerms, Groups, RunningOffer
from pricing.refusals import Refusal
from pricing.values import NO_CODES, Cart, EarnRule, Line, Refused, Rules, Shopper
from pricing.values import Offer as PricedOffer
from shop.models import Store

# Offers by their code and that of the coupon, with the reason for which they are out.
Refusals = Mapping[tuple[str, str | None], Refusal]

NAMED = CouponCampaign.Kind.NAMED

# A group of our own for what earns points. No store can name one like it: its codes hold no colon.
EARNING = frozenset(["reprise:earns"])


@dataclass(frozen=True, slots=True)
class Entitled:
    """The offers that this cart may compete with, the codes that pricing sees, and what is out already."""

    offers: list[PricedOffer]
    codes: frozenset[str]
    refused: tuple[Refused, ...]


def entitle(
    store: Store,
    request: QuoteRequest,
    *,
    offers: Mapping[str, RunningOffer],
    coupons: Mapping[str, Coupon],
    facts: Facts,
    gone: Refusals,
) -> Entitled:
    """Promotions enter by themselves, others only with a coupon; each with what is left of its limits."""
    entering: list[PricedOffer] = []
    refused: list[Refused] = []
    for offer in offers.values():
        if offer.terms.needs_code:
            continue
        if (reason := gone.get((offer.code, None))) is not None:
            refused.append(Refused(offer.code, None, reason))
        else:
            entering.append(_with_limits(offer, facts))
    for code, coupon in coupons.items():
        offer_code = coupon.campaign.offer.code
        running = offers.get(offer_code)
        reason = gone.get((offer_code, code)) or _reason_against(store, coupon, running)
        if reason is not None or running is None:
            refused.append(Refused(offer_code, code, reason or Refusal.EXPIRED))
        else:
            mine = own_facts(facts).coupons.get(coupon.pk, 0)
            entering.append(_with_coupon(_with_limits(running, facts), coupon, mine=mine))
    out = {each.coupon for each in refused}
    codes = frozenset(read_code(code) for code in request.codes) - out
    return Entitled(entering, codes, tuple(refused))


def own_facts(facts: Facts) -> OwnFacts:
    return facts.own or NOTHING_OWN


def to_cart(request: QuoteRequest, *, facts: Facts, groups: Groups, codes: frozenset[str]) -> Cart:
    """The cart as pricing reads it. Prices are the storefront's; of a product we add what only we know."""
    products = facts.by_sku()
    return Cart(
        lines=tuple(_line(line, products.get(line.sku), groups) for line in request.lines),
        delivery=request.delivery,
        shopper=Shopper(customer=request.customer, cards=frozenset(card.plan for card in facts.cards)),
        codes=codes,
    )


def to_rules(store: Store, rule: EarningTerms | None, *, facts: Facts) -> Rules:
    """The store's caps and those of the cards held, and what goods earn."""
    earn = () if rule is None else (EarnRule(rule.points, rule.per_amount, EARNING),)
    limits = {card.plan: card.line_limit_bp for card in facts.cards if card.line_limit_bp is not None}
    return Rules(
        line_cap_bp=store.line_cap_bp,
        card_limits_bp=limits,
        margin_floor_bp=store.margin_floor_bp,
        earn=earn,
    )


def _line(asked: LineRequest, product: ProductFacts | None, groups: Groups) -> Line:
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
    return replace(offer.priced, uses_left=min(left, default=None), budget_left=budget_left)


def _with_coupon(offer: PricedOffer, coupon: Coupon, *, mine: int) -> PricedOffer:
    """The right that the coupon gives: within its own window and uses as well as the offer's. `mine`: uses that the
    cart holds itself."""
    starts_at = int(coupon.starts_at.timestamp())
    # Rounded up, so that a window never ends early; the redeeming statement knows the microsecond.
    ends_at = ceil(coupon.ends_at.timestamp())
    uses_left = offer.uses_left
    if coupon.uses_max is not None:
        free = coupon.uses_max - coupon.used - coupon.held + mine
        uses_left = free if uses_left is None else min(free, uses_left)
    return replace(
        offer,
        coupon=coupon.code,
        # A gift coupon's holder may hand it on, but does not have to be the one who uses it.
        holder=coupon.customer.ref if coupon.customer and coupon.campaign.kind == NAMED else None,
        starts_at=starts_at if offer.starts_at is None else max(starts_at, offer.starts_at),
        ends_at=ends_at if offer.ends_at is None else min(ends_at, offer.ends_at),
        uses_left=uses_left,
    )
