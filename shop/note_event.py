"""Write down what visitors and customers did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shop.know_customers import know_customers
from shop.know_visitors import Seen, know_visitors
from shop.models import Activity, Customer, Store, Visitor
from shop.record import record_many

VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `customer` is a reference, `visitor` a cookie, at least one is given."""

    kind: str
    at: datetime
    visitor: UUID | None = None
    customer: str | None = None
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def note_events(store: Store, events: Sequence[Event]) -> int:
    """Record the events, count visits, join visitors to customers; three statements, however many events.

    Needs a transaction. Returns how many were recorded.
    """
    customers = know_customers(store, (event.customer for event in events if event.customer is not None))
    visitors = know_visitors(store, _sightings(events, customers))
    record_many([_fact(store, event, customers, visitors) for event in events])
    return len(events)


def _sightings(events: Sequence[Event], customers: Mapping[str, Customer]) -> dict[UUID, Seen]:
    seen: dict[UUID, Seen] = {}
    for event in events:
        if event.visitor is not None:
            one = seen.setdefault(event.visitor, Seen(event.at, event.at))
            customer = customers[event.customer] if event.customer is not None else None
            one.also(event.at, visits=int(event.kind == VISIT), customer=customer)
    return seen


def _fact(
    store: Store, event: Event, customers: Mapping[str, Customer], visitors: Mapping[UUID, Visitor]
) -> Activity:
    visitor = visitors[event.visitor] if event.visitor is not None else None
    known_as = visitor.customer_id if visitor is not None else None
    return Activity(
        store=store,
        kind=event.kind,
        customer_id=customers[event.customer].pk if event.customer is not None else known_as,
        visitor=visitor,
        subject=event.subject,
        data=dict(event.data),
        at=event.at,
    )
