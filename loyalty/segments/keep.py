"""Make a segment, change its rule, put it away, and name whom its fixed list is of. The edge owns the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.text import slugify

from loyalty.models import Segment, SegmentListed, SegmentMember
from loyalty.segments.document import parse_segment
from loyalty.segments.used_by import running_offers_with
from shop.models import Customer, Person, Store, User
from shop.record import record, record_for_customers

SEGMENTS_MAX = 100
LISTED_MAX = 100_000
CODE_MAX = 40


class SegmentFault(StrEnum):
    TOO_MANY = "too_many"  # of a store
    ARCHIVED = "archived"  # stays as it is
    IN_USE = "in_use"  # a running offer names it
    NO_LIST = "no_list"  # its rule asks for none
    LIST_TOO_LONG = "list_too_long"


class SegmentRefused(Exception):
    """`users` are the names of what still uses it."""

    def __init__(self, code: SegmentFault, *, users: Sequence[str] = ()) -> None:
        super().__init__(code.value)
        self.code, self.users = code, tuple(users)


def make_segment(
    store: Store, *, name: str, document: Mapping[str, Any], by: User | None, at: datetime, code: str = ""
) -> Segment:
    """A new segment; its customers are looked for by the next run of the job. `code`: else one made of the name.

    Raises SegmentInvalid and SegmentRefused.
    """
    assert connection.in_atomic_block, "the edge owns the transaction"
    parse_segment(document)
    # Twins wait, so that a store never has more than so many, and a free code stays free.
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    codes = set(Segment.objects.filter(store=store).values_list("code", flat=True))
    if Segment.objects.filter(store=store, archived_at=None).count() >= SEGMENTS_MAX:
        raise SegmentRefused(SegmentFault.TOO_MANY)
    segment = Segment.objects.create(
        store=store,
        code=_free(code or slugify(name)[: CODE_MAX - 4] or "segment", codes),
        name=name,
        document=dict(document),
        changed_at=at,
        due_at=at,
    )
    _note("segment.added", segment, by=by, at=at, after=document)
    return segment


def change_segment(
    segment: Segment, *, name: str, document: Mapping[str, Any], by: User | None, at: datetime
) -> None:
    """A changed rule counts from the next run of the job on; a changed name at once. Raises as `make_segment` does."""
    parse_segment(document)
    _lock(segment)
    segment.name = name
    if segment.document != document:
        _note("segment.changed", segment, by=by, at=at, before=segment.document, after=document)
        segment.document, segment.changed_at, segment.due_at = dict(document), at, at
    segment.save(update_fields=["name", "document", "changed_at", "due_at"])


def archive_segment(segment: Segment, *, by: User | None, at: datetime) -> None:
    """Everybody leaves it, for good. Refused while a running offer names it. Raises SegmentRefused."""
    _lock(segment)
    users = running_offers_with(segment, at=at)
    if users:
        raise SegmentRefused(SegmentFault.IN_USE, users=users)
    members = SegmentMember.objects.filter(segment=segment)
    left = list(members.values_list("customer_id", flat=True))
    members.delete()
    record_for_customers(
        "segment.left",
        store=segment.store,
        customers=left,
        at=at,
        subject=f"segment:{segment.code}",
        data={"segment": segment.code},
    )
    segment.archived_at, segment.due_at, segment.size = at, None, 0
    segment.save(update_fields=["archived_at", "due_at", "size"])
    _note("segment.archived", segment, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Named:
    """How many customers the list names now, and which of what was given is nobody's; at most a hundred of those."""

    listed: int
    unknown: tuple[str, ...]
    unknown_count: int


UNKNOWN_MAX = 100


def name_customers(segment: Segment, names: Sequence[str], *, by: User | None, at: datetime) -> Named:
    """Put these in place of whom the list named before: the storefront's references, or e-mail addresses.

    Names that are nobody's are not kept. Raises SegmentRefused.
    """
    _lock(segment)
    if not parse_segment(segment.document).has_list:
        raise SegmentRefused(SegmentFault.NO_LIST)
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(wanted) > LISTED_MAX:
        raise SegmentRefused(SegmentFault.LIST_TOO_LONG)
    known = _known(segment.store, wanted)
    ids = set(known.values())
    rows = SegmentListed.objects.filter(segment=segment)
    rows.exclude(customer__in=ids).delete()
    SegmentListed.objects.bulk_create(
        [SegmentListed(store_id=segment.store_id, segment=segment, customer_id=one) for one in sorted(ids)],
        ignore_conflicts=True,
        batch_size=5_000,
    )
    segment.due_at = at
    segment.save(update_fields=["due_at"])
    _note("segment.listed", segment, by=by, at=at, count=len(ids))
    unknown = [name for name in wanted if name.lower() not in known and name not in known]
    return Named(len(ids), tuple(unknown[:UNKNOWN_MAX]), len(unknown))


def _known(store: Store, names: Sequence[str]) -> dict[str, int]:
    """The key of the customer by the reference or the address in lower case, of whoever is not erased."""
    people = Customer.objects.filter(store=store, erased_at=None)
    found = dict(people.filter(ref__in=names).values_list("ref", "pk"))
    addresses = {name.lower() for name in names if "@" in name}
    if addresses:
        by_address = Person.objects.filter(store=store, email__in={*addresses, *names})
        found |= {email.lower(): key for email, key in by_address.values_list("email", "customer_id")}
    return found


def _lock(segment: Segment) -> None:
    """Two people may not change one segment at once; also brings what the other one wrote."""
    assert connection.in_atomic_block, "the edge owns the transaction"
    segment.refresh_from_db(from_queryset=Segment.objects.select_for_update(no_key=True))
    if segment.archived_at is not None:
        raise SegmentRefused(SegmentFault.ARCHIVED)


def _free(code: str, taken: set[str]) -> str:
    numbered = (code if number == 1 else f"{code}-{number}" for number in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)


def _note(kind: str, segment: Segment, *, by: User | None, at: datetime, **data: Any) -> None:
    record(
        kind,
        store=segment.store,
        at=at,
        subject=f"segment:{segment.code}",
        data={"by": by.pk if by else None, **data},
    )
