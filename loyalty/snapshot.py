"""A store's running offers, earning rules, tiers and product groups, compiled once per process and version."""

import logging
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import msgspec

from loyalty.earning_terms import EarningTerms, in_force
from loyalty.models import OfferVersion
from loyalty.offer_document import OfferDocumentInvalid, OfferTerms, parse, parse_text
from loyalty.read_terms import GroupRow, VersionRow, read_terms, read_version
from loyalty.running import Running, RunningOffer, compile_running, period_of
from loyalty.schedule import StoreCalendar
from loyalty.tiers.read_ladders import NO_LADDERS, Ladders, ladders_of
from pricing.values import NO_CODES
from pricing.values import Offer as PricedOffer

__all__ = ["EarningTerms", "Groups", "OfferSnapshot", "RunningOffer", "compile_version", "snapshot"]

log = logging.getLogger(__name__)

SNAPSHOTS_MAX = 256
COMPILED_VERSIONS_MAX = 8_192
# Late orders look back at other periods, now and then; more than a few at once are not kept.
COMPILED_MAX = 16


@dataclass(frozen=True, slots=True)
class Groups:
    """Which product groups a product is in: by its sku, its category, or its price."""

    by_sku: Mapping[str, frozenset[str]]
    by_category: Mapping[str, frozenset[str]]
    bands: tuple[tuple[int, int | None, str], ...]

    def of(self, sku: str, category: str, unit_price: int) -> frozenset[str]:
        found = self.by_sku.get(sku, NO_CODES) | self.by_category.get(category, NO_CODES)
        if self.bands:
            fits = {code for low, high, code in self.bands if _within(unit_price, low, high)}
            return found | fits
        return found


@dataclass(frozen=True, slots=True)
class OfferSnapshot:
    """What pricing needs to know of a store. `timelines` hold an offer's versions, the newest first.

    `changes` are the moments, ascending, at which a version comes into force; `recurs`: some have recurring days.
    """

    store_id: int
    version: int
    timelines: Mapping[int, tuple[RunningOffer, ...]]
    rules: tuple[EarningTerms, ...]
    groups: Groups
    changes: tuple[datetime, ...]
    recurs: bool
    ladders: Ladders = NO_LADDERS
    _compiled: dict[tuple[int, int], Running] = field(default_factory=dict, compare=False, repr=False)
    # All versions of earning rules, by the number that an accrual names.
    rules_by_id: Mapping[int, EarningTerms] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules_by_id", {rule.rule_id: rule for rule in self.rules})

    def compiled(self, *, calendar: StoreCalendar, at: datetime) -> Running:
        """The offers in force at `at`, ready for pricing; made once for as long as nothing changes.

        The store's calendar is part of its terms: a change of it raises the version, too. Recurring days are resolved
        for the period around `at`; when that is over they are for the next one.
        """
        key = (bisect_right(self.changes, at), period_of(at) if self.recurs else 0)
        found = self._compiled.get(key)
        if found is None:
            found = compile_running(self.running(at=at), calendar, at=at)
            while len(self._compiled) >= COMPILED_MAX:
                self._compiled.pop(next(iter(self._compiled)), None)
            self._compiled[key] = found
        return found

    def running(self, *, at: datetime) -> list[RunningOffer]:
        """The version of each running offer that is in force at `at`."""
        found = (self.offer(offer_id, at=at) for offer_id in self.timelines)
        return [offer for offer in found if offer is not None]

    def offer(self, offer_id: int, *, at: datetime) -> RunningOffer | None:
        """None where the offer is not running, or has no version yet."""
        versions = self.timelines.get(offer_id, ())
        return next((version for version in versions if version.in_force_at <= at), None)

    def earning(self, *, at: datetime) -> tuple[EarningTerms, ...]:
        """The versions of earning rules in force, that of each rule which started last."""
        return in_force(self.rules, at=at)


@lru_cache(maxsize=SNAPSHOTS_MAX)
def snapshot(store_id: int, version: int) -> OfferSnapshot:
    """The snapshot of a store. `version` is the store's `offers_version` as the caller's transaction sees it.

    One query the first time in a process, none after that: any change of the terms raises the version.
    """
    terms = read_terms(store_id)
    timelines = _timelines(terms.versions)
    every = [one for timeline in timelines.values() for one in timeline]
    return OfferSnapshot(
        store_id=store_id,
        version=version,
        timelines=timelines,
        rules=terms.rules,
        groups=_groups(terms.groups),
        changes=tuple(sorted({one.in_force_at for one in every})),
        recurs=any(one.terms.recurring is not None for one in every),
        ladders=ladders_of(terms.ladders),
    )


def kept_offers(version_ids: Iterable[int]) -> dict[str, RunningOffer]:
    """Offers by code as they were in these versions, whatever has become of them since. One query, none for none."""
    ids = sorted(version_ids)
    if not ids:
        return {}
    versions = OfferVersion.objects.filter(pk__in=ids).select_related("offer")
    return {version.offer.code: compile_version(version) for version in versions}


def compile_version(version: OfferVersion) -> RunningOffer:
    """One version as pricing takes it, running or not; its windows are not resolved. Raises OfferDocumentInvalid."""
    offer = version.offer
    row = VersionRow(offer.pk, version.pk, offer.code, offer.name, version.in_force_at, msgspec.Raw())
    return _compile(row, parse(version.document))


def _timelines(versions: Iterable[msgspec.Raw]) -> dict[int, tuple[RunningOffer, ...]]:
    found: dict[int, list[RunningOffer]] = {}
    for text in versions:
        try:
            one = compile_text(bytes(text))
        except OfferDocumentInvalid:
            # Written past the publishing verb. One bad document must not stop the whole shop from selling.
            log.exception(
                "offer version %s cannot be read and is left out", read_version(bytes(text)).version_id
            )
        else:
            found.setdefault(one.offer_id, []).append(one)
    return {offer_id: tuple(timeline) for offer_id, timeline in found.items()}


@lru_cache(maxsize=COMPILED_VERSIONS_MAX)
def compile_text(text: bytes) -> RunningOffer:
    """A process compiles the same text once: when one of many offers changes, the others are there already. The
    text is all that a version consists of, the name of its offer too. Raises OfferDocumentInvalid."""
    row = read_version(text)
    return _compile(row, parse_text(row.document))


def _compile(row: VersionRow, terms: OfferTerms) -> RunningOffer:
    return RunningOffer(
        offer_id=row.offer_id,
        version_id=row.version_id,
        code=row.code,
        name=row.name,
        in_force_at=row.in_force_at,
        terms=terms,
        priced=PricedOffer(
            code=row.code,
            lane=terms.lane,
            benefits=terms.benefits,
            conditions=terms.conditions,
            priority=terms.priority,
            age=row.offer_id,
            starts_at=terms.starts_at,
            ends_at=terms.ends_at,
            exclusive=terms.is_exclusive,
            skips_discounted=terms.skips_discounted,
            reuses_units=terms.reuses_units,
        ),
    )


def _groups(groups: Iterable[GroupRow]) -> Groups:
    by_sku: dict[str, frozenset[str]] = {}
    by_category: dict[str, frozenset[str]] = {}
    bands: list[tuple[int, int | None, str]] = []
    for group in groups:
        mine = frozenset([group.code])
        by_sku.update({sku: by_sku.get(sku, NO_CODES) | mine for sku in group.skus})
        by_category.update({name: by_category.get(name, NO_CODES) | mine for name in group.categories})
        if group.price_min is not None or group.price_max is not None:
            bands.append((group.price_min or 0, group.price_max, group.code))
    return Groups(by_sku, by_category, tuple(bands))


def _within(price: int, low: int, high: int | None) -> bool:
    return low <= price and (high is None or price <= high)
