"""What became of a cart, ready to be read: every line, every offer applied or refused, each with its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date as show_date
from django.utils.translation import gettext as _

from checkout.priced_cart import PricedCart
from loyalty.say_refusal import About, say_cap, say_points_limit, say_refusal
from pricing.values import Applied, Discount, Refused
from shop.models import Product, Store

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TracedLine:
    """Money in minor units. `offs`: name of the offer and what it took off this line."""

    sku: str
    name: str
    quantity: int
    unit_price: int
    gross: int
    net: int
    offs: tuple[tuple[str, int], ...]
    points: int


@dataclass(frozen=True, slots=True)
class TracedOffer:
    """`amount` is what it took off, 0 for a refused one; `note` says why, or what cut it down."""

    name: str
    coupon: str
    amount: int
    note: str


@dataclass(frozen=True, slots=True)
class Trace:
    lines: tuple[TracedLine, ...]
    applied: tuple[TracedOffer, ...]
    refused: tuple[TracedOffer, ...]
    points_note: str


def trace(priced: PricedCart, products: Mapping[str, Product], *, store: Store, language: str) -> Trace:
    """Nothing is computed here: these are the figures of the quote."""
    names = _names(priced)
    return Trace(
        lines=tuple(
            TracedLine(
                sku=line.sku,
                name=products[line.sku].name if line.sku in products else "",
                quantity=line.quantity,
                unit_price=line.gross // line.quantity,
                gross=line.gross,
                net=line.net,
                offs=tuple((_name(names, off), off.amount) for off in line.discounts),
                points=line.points_to_earn,
            )
            for line in priced.quote.lines
        ),
        applied=tuple(
            TracedOffer(_name(names, one), one.coupon or "", one.amount, _cut(one))
            for one in priced.quote.applied
        ),
        refused=tuple(
            TracedOffer(
                _name(names, one),
                one.coupon or "",
                0,
                say_refusal(one, _about(one, priced, names, store=store, language=language)),
            )
            for one in priced.quote.refused
        ),
        points_note=say_points_limit(limit) if (limit := priced.quote.points_limited_by) else "",
    )


def _names(priced: PricedCart) -> dict[str, str]:
    """Of the running offers, and of those behind codes whose offer is not running."""
    behind = {coupon.campaign.offer.code: coupon.campaign.offer.name for coupon in priced.coupons.values()}
    return behind | {code: offer.name for code, offer in priced.offers.items()}


def _name(names: Mapping[str, str], one: Applied | Refused | Discount) -> str:
    return names.get(one.offer, one.offer) or _("Code %(code)s") % {"code": one.coupon or ""}


def _cut(one: Applied) -> str:
    return _("Cut down by %(cap)s.") % {"cap": say_cap(one.capped_by)} if one.capped_by else ""


def _about(
    one: Refused, priced: PricedCart, names: Mapping[str, str], *, store: Store, language: str
) -> About:
    """With the days of the coupon's own window, else of the offer's."""
    coupon, offer = priced.coupons.get(one.coupon or ""), priced.offers.get(one.offer)
    starts_at = coupon.starts_at if coupon else _moment(offer.terms.starts_at if offer else None)
    ends_at = coupon.ends_at if coupon else _moment(offer.terms.ends_at if offer else None)
    zone = ZoneInfo(store.time_zone)
    return About(
        currency=store.currency,
        language=language,
        names=names,
        starts_on=show_date(starts_at.astimezone(zone), "DATE_FORMAT") if starts_at else "",
        ends_on=show_date((ends_at - INSTANT).astimezone(zone), "DATE_FORMAT") if ends_at else "",
    )


def _moment(epoch: int | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, tz=ZoneInfo("UTC"))
