"""A store's offers with their newest terms, and what they have given so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.shortcuts import get_object_or_404

from loyalty.models import Discount, Offer, OfferDayUse, OfferVersion
from panel.offers.states import BADGES, NAMES, State, state_of
from shop.clock import local_date
from shop.models import Order, Store

OFFERS_MAX = 1000
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Given:
    """`orders` that got something of an offer and were not cancelled; `amount` taken off them, in minor units."""

    orders: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """`document` is the newest version's; empty where there is none yet."""

    offer: Offer
    document: Mapping[str, Any]
    state: State

    @property
    def state_name(self) -> str:
        return str(NAMES[self.state])

    @property
    def badge(self) -> str:
        return BADGES.get(self.state, "")


def find_offers(store: Store, *, at: datetime, text: str = "", state: str = "") -> list[Found]:
    """The youngest first; the archived ones only where they are asked for. One query."""
    rows = _with_terms(Offer.objects.filter(store=store))
    if state != State.ARCHIVED:
        rows = rows.exclude(status=Offer.Status.ARCHIVED)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text))
    found = [_found(offer, at) for offer in rows.order_by("-id")[:OFFERS_MAX]]
    return [one for one in found if not state or one.state == state]


def get_offer(store: Store, code: str, *, at: datetime) -> Found:
    """Raises Http404 where the store has no offer of that code."""
    return _found(get_object_or_404(_with_terms(Offer.objects.filter(store=store)), code=code), at)


def newest_version(offer: Offer) -> OfferVersion | None:
    return offer.versions.order_by("-number").first()


def given_by(store: Store, offers: Iterable[Offer]) -> dict[int, Given]:
    """By the offers' keys. One query."""
    rows = (
        Discount.objects.filter(store=store, version__offer__in=list(offers))
        .exclude(order__status=Order.Status.CANCELLED)
        .values("version__offer")
        .annotate(orders=Count("order", distinct=True), total=Sum("amount"))
    )
    return {row["version__offer"]: Given(row["orders"], row["total"]) for row in rows}


def used_today(store: Store, found: Iterable[Found], *, at: datetime) -> dict[int, tuple[int, int]]:
    """(used, at most) on the store's day, by the keys of the offers that have a limit a day. One query, none where no
    offer has one. A day that nobody has begun yet has all its uses."""
    most = {one.offer.pk: limit for one in found if (limit := _day_limit(one.document)) is not None}
    if not most:
        return {}
    rows = OfferDayUse.objects.filter(offer__in=most, day=local_date(store, at))
    used = dict(rows.values_list("offer").annotate(total=Sum("used")))
    return {offer: (used.get(offer, 0), limit) for offer, limit in most.items()}


def _day_limit(document: Mapping[str, Any]) -> int | None:
    return (document.get("limits") or {}).get("uses_per_day")


def _with_terms(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    newest = OfferVersion.objects.filter(offer=OuterRef("pk")).order_by("-number")
    return rows.annotate(newest_document=Subquery(newest.values("document")[:1]))


def _found(offer: Offer, at: datetime) -> Found:
    document: Mapping[str, Any] = getattr(offer, "newest_document", None) or {}
    return Found(offer, document, state_of(offer.status, document, at=at))
