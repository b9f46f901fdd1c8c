"""Start an offer's countdown for one shopper: once, and for ever. The caller owns the transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q

from loyalty.models import PersonalWindow
from loyalty.running import RunningOffer
from shop.models import Customer, Store, Visitor
from shop.record import record


class CountdownFault(StrEnum):
    OFFER_UNKNOWN = "offer_unknown"  # no such offer, or not running now
    NO_COUNTDOWN = "no_countdown"  # it lasts for everybody as long


class CountdownRefused(Exception):
    def __init__(self, code: CountdownFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Countdown:
    """From when it was shown first until it ends, which is never after the offer's own end."""

    starts_at: datetime
    ends_at: datetime
    created: bool


def start_countdown(
    store: Store,
    offer: RunningOffer | None,
    *,
    visitor: Visitor | None,
    customer: Customer | None,
    at: datetime,
) -> Countdown:
    """The shopper's time with `offer`, which begins at `at` unless it has begun before.

    Somebody known by cookie and by log-in has one: that which began first, wherever it did. Raises CountdownRefused.
    """
    assert connection.in_atomic_block, "a countdown belongs to the caller's transaction"
    assert visitor is not None or customer is not None, "a countdown is somebody's"
    if offer is None or not _is_on(offer, at=at):
        raise CountdownRefused(CountdownFault.OFFER_UNKNOWN)
    if offer.terms.personal_hours is None:
        raise CountdownRefused(CountdownFault.NO_COUNTDOWN)
    holders = _holders(visitor, customer)
    fresh = PersonalWindow(starts_at=at, ends_at=at + timedelta(hours=offer.terms.personal_hours))
    created = _insert_once(store, offer, holders, _first(offer, holders) or fresh)
    # Whoever lost the race to another page of the same shopper sees what that one has written.
    stored = _first(offer, holders)
    assert stored is not None, "it was written a moment ago"
    is_new = created > 0 and stored.starts_at == at
    if is_new:
        subject = f"offer:{offer.code}"
        record("countdown.started", store=store, at=at, visitor=visitor, customer=customer, subject=subject)
    return Countdown(stored.starts_at, _no_later_than_offer(offer, stored.ends_at), is_new)


def _is_on(offer: RunningOffer, *, at: datetime) -> bool:
    now = at.timestamp()
    has_begun = offer.terms.starts_at is None or offer.terms.starts_at <= now
    return has_begun and (offer.terms.ends_at is None or now < offer.terms.ends_at)


def _holders(visitor: Visitor | None, customer: Customer | None) -> list[tuple[int | None, int | None]]:
    """The shopper's identities, each as visitor and customer, of which one is empty."""
    found: list[tuple[int | None, int | None]] = []
    known = None if customer is None else customer.pk
    if visitor is not None:
        found.append((visitor.pk, None))
        known = known or visitor.customer_id
    return found if known is None else [*found, (None, known)]


def _first(offer: RunningOffer, holders: list[tuple[int | None, int | None]]) -> PersonalWindow | None:
    visitors = [visitor for visitor, _ in holders if visitor is not None]
    customers = [customer for _, customer in holders if customer is not None]
    mine = Q(visitor_id__in=visitors) | Q(customer_id__in=customers)
    return PersonalWindow.objects.filter(mine, offer_id=offer.offer_id).order_by("starts_at", "id").first()


INSERT = """
INSERT INTO loyalty_personalwindow (store_id, offer_id, visitor_id, customer_id, starts_at, ends_at)
SELECT %(store)s, %(offer)s, visitor, customer, %(starts_at)s, %(ends_at)s
FROM unnest(%(visitors)s::bigint[], %(customers)s::bigint[]) AS holder (visitor, customer)
ORDER BY visitor, customer
ON CONFLICT DO NOTHING
"""


def _insert_once(
    store: Store, offer: RunningOffer, holders: list[tuple[int | None, int | None]], window: PersonalWindow
) -> int:
    """How many of the holders had none yet."""
    values: dict[str, Any] = {
        "store": store.pk,
        "offer": offer.offer_id,
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
        "visitors": [visitor for visitor, _ in holders],
        "customers": [customer for _, customer in holders],
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        return int(cursor.rowcount)


def _no_later_than_offer(offer: RunningOffer, ends_at: datetime) -> datetime:
    if offer.terms.ends_at is None:
        return ends_at
    return min(ends_at, datetime.fromtimestamp(offer.terms.ends_at, tz=UTC))
