"""What a priced cart looks like over the API."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from django.utils.formats import date_format
from django.utils.translation import get_language
from msgspec import Meta

from checkout.facts import ProductFacts
from checkout.models import Quote
from checkout.priced_cart import PricedCart
from checkout.tier_outlook import outlook_of
from checkout.token import sign_quote
from loyalty.say_refusal import About, say_refusal
from pricing.refusals import Refusal
from pricing.values import Applied, QuotedLine
from shop.clock import local_date
from shop.models import Store
from storefront.api.fields import Out
from storefront.api.reservations import ReservationOut, show_reservation
from storefront.api.show_balances import PaidByBalanceOut, show_named
from storefront.api.show_tier import CartTierOut, show_outlook


class DiscountOut(Out, frozen=True, kw_only=True):
    """What one offer took off one line."""

    offer: str
    coupon: str | None
    amount: int


class QuotedLineOut(Out, frozen=True, kw_only=True):
    """`gross` - `discount` = `net`; `points_amount` of it is paid with `points_spent` points, `balance_amount` by gift
    balances."""

    sku: str
    is_known: Annotated[
        bool,
        Meta(
            description="false: you have sent no product of this sku. It is priced as you say; offers on its category, "
            "its lowest price and its cost are not known."
        ),
    ]
    quantity: int
    gross: int
    discount: int
    net: int
    lowest_price_30_days: Annotated[
        int | None,
        Meta(
            description="What one cost least in the last 30 days, before any offer: show it beside a reduced price. "
            "null: no offer reduces this line, or the store does not show it."
        ),
    ]
    discounts: list[DiscountOut]
    points_spent: int
    points_amount: int
    balance_amount: int
    points_to_earn: int


class EarnedByOut(Out, frozen=True, kw_only=True):
    """What one earning rule gives of `points_to_earn`; `lines` follow the cart's. Offers' extra points come on top."""

    rule: Annotated[str, Meta(examples=["rule-7"])]
    name: str
    points: int
    lines: list[int]


class AppliedOut(Out, frozen=True, kw_only=True):
    """An offer that gave something. `delivery` is the part of `amount` that came off delivery, and the price of gifts
    it adds is part of it, too; `capped_by` names what cut it down. `points` are extra ones, `points_factor_bp` is what
    points are multiplied by."""

    offer: str
    coupon: str | None
    amount: int
    delivery: int
    capped_by: str | None
    points: int
    points_factor_bp: Annotated[int, Meta(examples=[20000])]


class GiftOut(Out, frozen=True, kw_only=True):
    """Put it into the parcel: it is no line of the cart, costs nothing, and `unit_price` is what it would cost."""

    sku: str
    quantity: int
    unit_price: int
    offer: str
    coupon: str | None


class PromisedOut(Out, frozen=True, kw_only=True):
    """A coupon of `campaign` for the next order: a customer gets it when this one is reported paid or delivered."""

    offer: str
    coupon: str | None
    campaign: str


class CountedByOut(Out, frozen=True, kw_only=True):
    """The store's settings by which it was counted. `rounding`: of a discount's fraction of a cent, `half_up` or
    `down`. `leftover`: the line that gets a cent which can not be shared, `largest` fraction, `first` or `last`.
    `reuses_units`: a unit that one offer used may serve another. `exclusive_first`: an exclusive offer always wins.
    `cancel_returns_use`: cancelling gives coupons and limits back."""

    rounding: str
    leftover: str
    reuses_units: bool
    exclusive_first: bool
    cancel_returns_use: bool


class RefusedOut(Out, frozen=True, kw_only=True):
    """An offer or a code that gave nothing. `missing` is what the cart lacks: money, units for
    `below_quantity`, orders to go for `not_this_order`, days for `last_order_too_recent`."""

    offer: str
    coupon: str | None
    code: Annotated[str, Meta(examples=["below_minimum"])]
    detail: Annotated[str, Meta(description="The same as a sentence, in the language of Accept-Language.")]
    missing: int | None
    better: Annotated[str, Meta(description="The offer that won instead.")] | None
    capped_by: str | None


class QuoteOut(Out, frozen=True, kw_only=True):
    """`goods` - `discount` + `delivery` - `points_amount` - `balance_amount` = `payable`; `delivery` is after its own
    discount, and `delivery_balance_amount` of it is paid with gift balances."""

    lines: list[QuotedLineOut]
    gifts: list[GiftOut]
    promised: list[PromisedOut]
    applied: list[AppliedOut]
    refused: list[RefusedOut]
    goods: int
    discount: int
    delivery_fee: int
    delivery: int
    payable: int
    points_spent: Annotated[int, Meta(description="Of the points that were asked for.")]
    points_amount: int
    points_limited_by: Annotated[
        str | None,
        Meta(
            description="Why fewer points are spent than were asked for: `not_enough_points`, `above_share`, "
            "`below_margin_floor`, `whole_steps`, `points_not_taken`, `not_registered`, `paused`."
        ),
    ]
    balance_amount: int
    delivery_balance_amount: int
    gift_balances: Annotated[
        list[PaidByBalanceOut],
        Meta(description="Those that you named; they pay after points, what ends first first."),
    ]
    points_to_earn: int
    earned_by: list[EarnedByOut]
    currency: str
    tier: Annotated[
        CartTierOut | None,
        Meta(description="Of a customer who has joined, where the store has tiers."),
    ]
    counted_by: CountedByOut
    quote_token: Annotated[
        str, Meta(description="Send it with the order: for 30 minutes it holds the shop to this price.")
    ]
    reservation: Annotated[
        ReservationOut | None, Meta(description="Of a quote that was asked for with `reserve`.")
    ]


def show_quote(priced: PricedCart, *, store: Store, reserved: Quote | None = None) -> QuoteOut:
    quote, known = priced.quote, priced.facts.by_sku()
    about = about_refusals(priced, store=store)
    return QuoteOut(
        lines=[_line(one, known.get(one.sku), priced.facts.lowest) for one in quote.lines],
        gifts=[GiftOut(**one._asdict()) for one in quote.gifts],
        promised=[PromisedOut(**one._asdict()) for one in quote.promised],
        applied=[_applied(one) for one in quote.applied],
        refused=[
            RefusedOut(
                offer=one.offer,
                coupon=one.coupon,
                code=one.refusal,
                detail=say_refusal(one, about),
                missing=one.missing,
                better=one.better,
                capped_by=one.capped_by,
            )
            for one in quote.refused
        ],
        goods=quote.goods,
        discount=quote.discount,
        delivery_fee=quote.delivery_fee,
        delivery=quote.delivery,
        payable=quote.payable,
        points_spent=quote.points_spent,
        points_amount=quote.points_amount,
        points_limited_by=quote.points_limited_by,
        balance_amount=quote.balance_amount,
        delivery_balance_amount=quote.delivery_balance_amount,
        gift_balances=show_named(priced),
        points_to_earn=quote.points_to_earn,
        earned_by=_earned_by(priced),
        currency=store.currency,
        tier=_tier(priced, store=store),
        counted_by=counted_by(store),
        quote_token=sign_quote(store, priced, key=None if reserved is None else reserved.key),
        reservation=None if reserved is None else show_reservation(reserved),
    )


def _tier(priced: PricedCart, *, store: Store) -> CartTierOut | None:
    seen = outlook_of(priced, store=store)
    if seen is None:
        return None
    return show_outlook(seen, currency=store.currency, language=get_language() or store.language)


def counted_by(store: Store) -> CountedByOut:
    return CountedByOut(
        rounding=store.rounding,
        leftover=store.leftover,
        reuses_units=store.reuses_units,
        exclusive_first=store.exclusive_first,
        cancel_returns_use=store.cancel_returns_use,
    )


def about_refusals(priced: PricedCart, *, store: Store) -> About:
    """What the sentences of this cart's refusals may name."""
    better = {one.better for one in priced.quote.refused if one.better is not None}
    names = {code: priced.offers[code].name for code in better if code in priced.offers}
    is_over_today = any(one.refusal is Refusal.USED_UP_TODAY for one in priced.quote.refused)
    return About(
        currency=store.currency,
        language=get_language() or store.language,
        names=names,
        tomorrow=date_format(local_date(store, priced.at) + timedelta(days=1)) if is_over_today else "",
    )


def _applied(one: Applied) -> AppliedOut:
    return AppliedOut(
        offer=one.offer,
        coupon=one.coupon,
        amount=one.amount,
        delivery=one.delivery,
        capped_by=one.capped_by,
        points=one.points,
        points_factor_bp=one.factor_bp,
    )


def _earned_by(priced: PricedCart) -> list[EarnedByOut]:
    return [
        EarnedByOut(rule=rule.code, name=rule.name, points=gain.points, lines=list(gain.per_line))
        for gain in priced.quote.gains
        if (rule := priced.earning.get(gain.rule)) is not None
    ]


def _line(line: QuotedLine, product: ProductFacts | None, lowest: Mapping[int, int]) -> QuotedLineOut:
    return QuotedLineOut(
        sku=line.sku,
        is_known=product is not None,
        quantity=line.quantity,
        gross=line.gross,
        discount=line.discount,
        net=line.net,
        lowest_price_30_days=lowest.get(product.id) if product is not None and line.discount else None,
        discounts=[
            DiscountOut(offer=one.offer, coupon=one.coupon, amount=one.amount) for one in line.discounts
        ],
        points_spent=line.points_spent,
        points_amount=line.points_amount,
        balance_amount=line.balance_amount,
        points_to_earn=line.points_to_earn,
    )
