"""Write an offer's terms, and let it run, rest or end.

Each change raises the store's version of offers in the same transaction; the triggers of migration 0005 see to that,
so that no path around these verbs can forget it. The caller owns the transaction.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Max, Sum

from loyalty.models import Offer, OfferBudget, OfferDayUse, OfferUse, OfferVersion
from loyalty.offer_document import OfferTerms, parse
from loyalty.shards import shards_of, spread
from shop.clock import local_date
from shop.models import User
from shop.record import record


class PublishFault(StrEnum):
    NO_TERMS = "no_terms"  # there is no version to run by
    ARCHIVED = "archived"  # an archived offer stays archived; make a new one
    END_MOVED_LATER = "end_moved_later"  # an announced end is never moved later
    LIMIT_BELOW_USED = "limit_below_used"  # more than this has been used already


class PublishRefused(Exception):
    def __init__(self, code: PublishFault) -> None:
        super().__init__(code.value)
        self.code = code


def write_version(
    offer: Offer,
    document: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    in_force_at: datetime | None = None,
) -> OfferVersion:
    """A new version of the terms, in force from `in_force_at` on (now, where it is not given).

    Limits hold for the offer as a whole, so those of the newest version count from now on. Raises
    OfferDocumentInvalid and PublishRefused.
    """
    terms = parse(document)
    _lock(offer)
    newest = offer.versions.order_by("-number").first()
    if newest is not None and offer.status != Offer.Status.DRAFT:
        _refuse_later_end(parse(newest.document), terms)
    number = (offer.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = OfferVersion.objects.create(
        offer=offer, number=number, document=dict(document), in_force_at=in_force_at or at, created_by=by
    )
    if offer.status != Offer.Status.DRAFT:
        _set_limits(offer, terms, at=at)
    _note("offer.changed", offer, at=at, number=number)
    return version


def start(offer: Offer, *, at: datetime) -> None:
    """Let the offer run, for the first time or after a pause. Raises PublishRefused."""
    _lock(offer)
    newest = offer.versions.order_by("-number").first()
    if newest is None:
        raise PublishRefused(PublishFault.NO_TERMS)
    _set_limits(offer, parse(newest.document), at=at)
    _move(offer, Offer.Status.RUNNING, kind="offer.started", at=at)


def pause(offer: Offer, *, at: datetime) -> None:
    """Let a running offer rest: it is refused until it is started again."""
    _lock(offer)
    _move(offer, Offer.Status.PAUSED, kind="offer.paused", at=at)


def archive(offer: Offer, *, at: datetime) -> None:
    """End the offer for good. What it gave stays."""
    _lock(offer)
    _move(offer, Offer.Status.ARCHIVED, kind="offer.archived", at=at)


def _lock(offer: Offer) -> None:
    """Two people may not change one offer at once; also brings what the other one wrote."""
    assert connection.in_atomic_block, "publishing needs the caller's transaction"
    offer.refresh_from_db(from_queryset=Offer.objects.select_for_update(no_key=True))
    if offer.status == Offer.Status.ARCHIVED:
        raise PublishRefused(PublishFault.ARCHIVED)


def _refuse_later_end(before: OfferTerms, after: OfferTerms) -> None:
    if before.ends_at is not None and (after.ends_at is None or after.ends_at > before.ends_at):
        raise PublishRefused(PublishFault.END_MOVED_LATER)


def _set_limits(offer: Offer, terms: OfferTerms, *, at: datetime) -> None:
    """The counters of the offer's limits. A limit that was taken away keeps its counter, which nobody asks."""
    if terms.uses_per_day is not None:
        _set_uses_per_day(offer, terms.uses_per_day, since=local_date(offer.store, at))
    if terms.uses_max is not None:
        _set_uses_max(offer, terms.uses_max)
    if terms.budget_max is not None:
        budget, _ = OfferBudget.objects.select_for_update().get_or_create(
            offer=offer, defaults={"budget_max": terms.budget_max}
        )
        if budget.spent + budget.held > terms.budget_max:
            raise PublishRefused(PublishFault.LIMIT_BELOW_USED)
        budget.budget_max = terms.budget_max
        budget.save(update_fields=["budget_max"])


def _set_uses_per_day(offer: Offer, uses_per_day: int, *, since: date) -> None:
    """From today on: days that have begun get the new limit, later ones begin with it. What a day has used already
    stays used, so a lower limit may close the day at once."""
    begun = OfferDayUse.objects.filter(offer=offer, day__gte=since)
    for day in begun.order_by("day").values_list("day", flat=True).distinct():
        have = begun.filter(day=day).count()
        OfferDayUse.objects.bulk_create(
            OfferDayUse(offer=offer, day=day, shard=shard, uses_max=0)
            for shard in range(have, shards_of(uses_per_day))
        )
        rows = list(begun.filter(day=day).select_for_update().order_by("shard"))
        spread(uses_per_day, rows)
        OfferDayUse.objects.bulk_update(rows, ["uses_max"])


def _set_uses_max(offer: Offer, uses_max: int) -> None:
    """Spread a limit over its rows: each keeps what it has used, and gets an equal part of the rest."""
    have = offer.uses.count()
    OfferUse.objects.bulk_create(
        [OfferUse(offer=offer, shard=shard, uses_max=0) for shard in range(have, shards_of(uses_max))]
    )
    rows = list(offer.uses.select_for_update().order_by("shard"))
    if spread(uses_max, rows) < 0:
        raise PublishRefused(PublishFault.LIMIT_BELOW_USED)
    OfferUse.objects.bulk_update(rows, ["uses_max"])
    assert offer.uses.aggregate(total=Sum("uses_max"))["total"] == uses_max


def _move(offer: Offer, status: str, *, kind: str, at: datetime) -> None:
    if offer.status == status:
        return
    offer.status = status
    offer.save(update_fields=["status"])
    _note(kind, offer, at=at)


def _note(kind: str, offer: Offer, *, at: datetime, **data: int) -> None:
    record(kind, store=offer.store, at=at, subject=f"offer:{offer.code}", data=data)
