"""What an offer would do to a cart, though it is not running: priced by the same function as real carts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from checkout.assemble import entitle, to_cart, to_rules
from checkout.read_facts import read_facts
from checkout.request import QuoteRequest
from loyalty.models import Offer, OfferVersion
from loyalty.running import Running, RunningOffer
from loyalty.say_refusal import About, say_cap, say_refusal
from loyalty.schedule import calendar_of, windows
from loyalty.snapshot import compile_version, snapshot
from panel.offers.fit import fitted
from panel.offers.sample import Sample, find_sample
from pricing.price import price
from pricing.values import Applied, Quote, QuotedLine
from pricing.values import Offer as PricedOffer
from shop.models import Store

CODE = "offer-being-built"
LOOK_AHEAD = timedelta(days=400)
# What delivery costs in a made-up cart, in minor units, so that an offer on it has something to act on.
DELIVERY = 495


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """Money in minor units; `off` is what this offer takes off, and no other."""

    name: str
    quantity: int
    gross: int
    off: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`said`: why it gives nothing, or what cut it down. `others`: what else applies, by name with its amount.

    `at` is the moment it was tried at, where that is not now.
    """

    quote: Quote
    lines: tuple[PreviewLine, ...]
    applied: Applied | None
    said: str
    gifts: tuple[tuple[str, int], ...]
    others: tuple[tuple[str, int], ...]
    is_made_up: bool
    at: datetime | None

    @property
    def delivery_off(self) -> int:
        return self.applied.delivery if self.applied else 0


def preview(
    store: Store,
    document: Mapping[str, Any],
    *,
    sample: str,
    names: Mapping[str, str],
    offer: Offer | None,
    now: datetime,
    language: str,
) -> Preview | None:
    """None where there is no cart to try it on. Raises OfferDocumentInvalid. `names`: of products, by sku."""
    terms = snapshot(store.pk, store.offers_version)
    drafted = _compiled(store, document, offer, now)
    at = _moment(drafted, store, now)
    cart = find_sample(store, sample, document, groups=terms.groups)
    if cart is None:
        return None
    running = terms.compiled(calendar=calendar_of(store), at=at)
    quote = _quote(store, cart, _without(running, drafted.code), drafted, at=at)
    about = About(
        currency=store.currency, language=language, names={o.code: o.name for o in running.offers.values()}
    )
    mine = next((one for one in quote.applied if one.offer == drafted.code), None)
    titles = {**names, **{line.sku: line.name for line in cart.lines if line.name}}
    return Preview(
        quote=quote,
        lines=tuple(_line(line, drafted.code, titles) for line in quote.lines),
        applied=mine,
        said=_said(quote, mine, drafted.code, about),
        gifts=tuple((titles.get(gift.sku) or gift.sku, gift.quantity) for gift in quote.gifts),
        others=tuple(
            (about.names.get(one.offer, one.offer), one.amount) for one in quote.applied if one != mine
        ),
        is_made_up=cart.is_made_up,
        at=None if at == now else at,
    )


def _line(line: QuotedLine, code: str, titles: Mapping[str, str]) -> PreviewLine:
    off = sum(off.amount for off in line.discounts if off.offer == code)
    return PreviewLine(titles.get(line.sku) or line.sku, line.quantity, line.gross, off)


def _said(quote: Quote, mine: Applied | None, code: str, about: About) -> str:
    if mine is not None:
        return say_cap(mine.capped_by) if mine.capped_by else ""
    refused = next((one for one in quote.refused if one.offer == code), None)
    return say_refusal(refused, about) if refused else ""


def _compiled(store: Store, document: Mapping[str, Any], offer: Offer | None, now: datetime) -> RunningOffer:
    mine = offer or Offer(store=store, code=CODE, name="")
    compiled = compile_version(OfferVersion(offer=mine, number=1, document=dict(document), in_force_at=now))
    # One that is not stored yet has no key, and is the youngest.
    return replace(compiled, offer_id=mine.pk or 0, priced=replace(compiled.priced, age=mine.pk or 2**31))


def _moment(drafted: RunningOffer, store: Store, now: datetime) -> datetime:
    """Now, or the first moment at which it would run."""
    starts = drafted.terms.starts_at
    begin = max(now, datetime.fromtimestamp(starts, tz=UTC)) if starts is not None else now
    if drafted.terms.recurring is None:
        return begin
    found = windows(drafted.terms.recurring, calendar_of(store), since=begin, until=begin + LOOK_AHEAD)
    return max(begin, datetime.fromtimestamp(found[0][0], tz=UTC)) if found else begin


def _without(running: Running, code: str) -> Running:
    """The other offers: those that run, less the stored version of the one being edited."""
    return replace(
        running,
        offers={each: one for each, one in running.offers.items() if each != code},
        promotions=running.promotions.with_personal((), {code}),
        personal=tuple(one for one in running.personal if one.code != code),
    )


def _quote(store: Store, sample: Sample, running: Running, drafted: RunningOffer, *, at: datetime) -> Quote:
    terms = snapshot(store.pk, store.offers_version)
    delivery = sample.delivery or (DELIVERY if sample.is_made_up else 0)
    request = QuoteRequest(lines=sample.lines, customer=sample.customer, delivery=delivery)
    gifts = (*running.gifts, *_gifts(drafted))
    facts = read_facts(
        store,
        skus=[*(line.sku for line in sample.lines), *gifts],
        customer=sample.customer,
        visitor=None,
        cart=None,
        offer_ids=[one.offer_id for one in running.personal if one.terms.is_limited],
        countdowns=[one.offer_id for one in running.personal if one.terms.personal_hours is not None],
        asks=running.asks | {term.kind for term in drafted.terms.conditions},
        at=at,
    )
    entitled = entitle(store, request, running=running, coupons={}, facts=facts, gone={})
    cart = to_cart(
        request, store=store, at=at, facts=facts, groups=terms.groups, codes=entitled.codes, gifts=gifts
    )
    epoch = int(at.timestamp())
    if sample.is_made_up:
        cart = fitted(cart, drafted.terms.conditions, drafted.terms.benefits, at=epoch)
    rules = to_rules(store, terms.earning(at=at), facts=facts)
    return price(cart, entitled.offers.with_personal([_as_met(drafted, store, at)], ()), rules, at=epoch)


def _as_met(drafted: RunningOffer, store: Store, at: datetime) -> PricedOffer:
    """As somebody meets it who holds its coupon and has just been shown its countdown."""
    recurring = drafted.terms.recurring
    if recurring is None:
        return drafted.priced
    found = windows(recurring, calendar_of(store), since=at, until=at + timedelta(days=1))
    return replace(drafted.priced, windows=found)


def _gifts(drafted: RunningOffer) -> list[str]:
    gifts: list[Any] = [benefit for benefit in drafted.terms.benefits if benefit.kind == "gift_item"]
    return [sku for gift in gifts for sku in gift.skus]
