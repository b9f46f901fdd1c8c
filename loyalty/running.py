"""The offers of a store that are in force at one moment, with their recurring days resolved and ready for pricing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from loyalty.offer_document import OfferTerms
from loyalty.schedule import StoreCalendar, windows
from pricing.index import OfferIndex, compile_offers
from pricing.values import Offer as PricedOffer

# Recurring days are resolved for this long at a time. A moment is looked for in the windows of its period only.
PERIOD = timedelta(days=28)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RunningOffer:
    """One version of a running offer. `priced` is what pricing gets where nothing personal is to be added."""

    offer_id: int
    version_id: int
    code: str
    name: str
    in_force_at: datetime
    terms: OfferTerms
    priced: PricedOffer

    @property
    def is_personal(self) -> bool:
        """Whether each shopper meets it differently: it has limits, or a countdown."""
        return self.terms.is_limited or self.terms.personal_hours is not None


@dataclass(frozen=True, slots=True)
class Running:
    """The offers by code. `promotions` is the index of those that apply by themselves; `personal` of them are met
    differently by each shopper. `asks` are the kinds of all their conditions, `gifts` the skus that they may add."""

    offers: Mapping[str, RunningOffer]
    promotions: OfferIndex
    personal: tuple[RunningOffer, ...]
    asks: frozenset[str]
    gifts: tuple[str, ...]


def period_of(at: datetime) -> int:
    """The number of the period that the moment is in."""
    return (at - EPOCH) // PERIOD


def compile_running(found: Iterable[RunningOffer], calendar: StoreCalendar, *, at: datetime) -> Running:
    """The offers of one moment with the windows of its period."""
    since = EPOCH + period_of(at) * PERIOD
    offers = {one.code: _resolved(one, calendar, since=since) for one in found}
    by_themselves = [one for one in offers.values() if not one.terms.needs_code]
    return Running(
        offers=offers,
        promotions=compile_offers(one.priced for one in by_themselves),
        personal=tuple(one for one in by_themselves if one.is_personal),
        asks=frozenset(term.kind for one in offers.values() for term in one.terms.conditions),
        gifts=tuple(sorted({sku for one in offers.values() for sku in gifts_of(one.terms)})),
    )


def _resolved(offer: RunningOffer, calendar: StoreCalendar, *, since: datetime) -> RunningOffer:
    recurring = offer.terms.recurring
    if recurring is None:
        return offer
    found = windows(recurring, calendar, since=since, until=since + PERIOD)
    return replace(offer, priced=replace(offer.priced, windows=found))


def gifts_of(terms: OfferTerms) -> Iterable[str]:
    """The skus that an offer may add to a cart."""
    for benefit in terms.benefits:
        if benefit.kind == "gift_item":
            gift: Any = benefit
            yield from gift.skus if gift.how == "added" else ()
