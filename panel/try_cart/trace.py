"""What became of a cart, ready to be read: every line, every offer applied or refused, each with its sentence."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date as show_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.priced_cart import PricedCart
from loyalty.running import RunningOffer
from loyalty.say_lane import say_lane
from loyalty.say_names import show_times
from loyalty.say_refusal import About, say_cap, say_points_limit, say_refusal
from pricing.values import WHOLE_BP, Applied, Discount, Quote, Refused
from shop.clock import local_date
from shop.models import Store
from shop.show_money import show_count, show_money

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)


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
    """`amount` is taken off, 0 for a refused one; `note` says why, or what cut it down and what else it gives."""

    name: str
    coupon: str
    amount: int
    note: str


@dataclass(frozen=True, slots=True)
class Trace:
    """`gifts`: name, quantity, and the offer that adds them. `promised`: offers that give a coupon later.

    `settings`: how the store counts, as far as it decides something here. `earned_by`: name of the rule and its points.
    """

    lines: tuple[TracedLine, ...]
    applied: tuple[TracedOffer, ...]
    refused: tuple[TracedOffer, ...]
    points_note: str
    gifts: tuple[tuple[str, int, str], ...]
    promised: tuple[str, ...]
    settings: tuple[str, ...]
    earned_by: tuple[tuple[str, int], ...]


def trace(priced: PricedCart, titles: Mapping[str, str], *, store: Store, language: str) -> Trace:
    """Nothing is computed here: these are the figures of the quote. `titles`: of products, by sku."""
    names = _names(priced)
    return Trace(
        lines=tuple(
            TracedLine(
                sku=line.sku,
                name=titles.get(line.sku, ""),
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
            TracedOffer(_name(names, one), one.coupon or "", one.amount, _beside(one, store, language))
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
        gifts=tuple(
            (titles.get(gift.sku) or gift.sku, gift.quantity, names.get(gift.offer, gift.offer))
            for gift in priced.quote.gifts
        ),
        promised=tuple(names.get(one.offer, one.offer) for one in priced.quote.promised),
        settings=tuple(_settings(priced.quote)),
        earned_by=_earned_by(priced),
    )


def _earned_by(priced: PricedCart) -> tuple[tuple[str, int], ...]:
    found = [(priced.earning.get(gain.rule), gain.points) for gain in priced.quote.gains]
    return tuple((rule.name, points) for rule, points in found if rule is not None)


def _names(priced: PricedCart) -> dict[str, str]:
    """Of the running offers, and of those behind codes whose offer is not running. Where two have one name, as those
    of a card plan do, each says at which step it acts: "VIP club (delivery)"."""
    behind = {coupon.campaign.offer.code: coupon.campaign.offer.name for coupon in priced.coupons.values()}
    named = Counter(offer.name for offer in priced.offers.values())
    running = {
        code: offer.name if named[offer.name] == 1 else _at_step(offer)
        for code, offer in priced.offers.items()
    }
    return behind | running


def _at_step(offer: RunningOffer) -> str:
    return _("%(offer)s (%(step)s)") % {"offer": offer.name, "step": say_lane(offer.terms.lane)}


def _name(names: Mapping[str, str], one: Applied | Refused | Discount) -> str:
    return names.get(one.offer, one.offer) or _("Code %(code)s") % {"code": one.coupon or ""}


def _beside(one: Applied, store: Store, language: str) -> str:
    """What cut it down and by how much, and what it gives beside money."""
    said = []
    if one.capped_by:
        amount = show_money(one.capped, store.currency, language=language)
        said.append(
            _("Cut down by %(cap)s: %(amount)s less.") % {"cap": say_cap(one.capped_by), "amount": amount}
        )
    if one.points:
        words = ngettext("It gives %(points)s extra point.", "It gives %(points)s extra points.", one.points)
        said.append(words % {"points": show_count(one.points, language=language)})
    if one.factor_bp != WHOLE_BP:
        said.append(_("It multiplies the points by %(times)s.") % {"times": show_times(one.factor_bp)})
    return " ".join(said)


def _settings(quote: Quote) -> Iterator[str]:
    """How this store counts where shops differ."""
    if quote.rounding == "down":
        yield _("Fractions of a cent in a discount are rounded down.")
    else:
        yield _("Half a cent and more in a discount is rounded up.")
    yield {
        "first": _("A cent that cannot be shared goes to the first line."),
        "last": _("A cent that cannot be shared goes to the last line."),
    }.get(quote.leftover, _("A cent that cannot be shared goes where the largest part of one was cut off."))
    if quote.reuses_units:
        yield _("An item that one offer has used may serve another.")
    else:
        yield _("An item that one offer has used serves no other.")
    if quote.exclusive_first:
        yield _("An exclusive offer is taken whenever it applies.")
    else:
        yield _("An exclusive offer is taken only where the customer pays less with it.")


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
        tomorrow=show_date(local_date(store, priced.at) + DAY, "DATE_FORMAT"),
    )


def _moment(epoch: int | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, tz=ZoneInfo("UTC"))
