"""Take over what the storefront knows about a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from shop.models import Customer, Person, Store
from shop.record import record


class CustomerErased(Exception):
    """The personal data under this reference was erased; it may not come back."""


@dataclass(frozen=True, slots=True)
class KeptCustomer:
    customer: Customer
    person: Person | None
    created: bool


def keep_customer(
    store: Store,
    ref: str,
    *,
    profile: Mapping[str, object],
    person: Mapping[str, object],
    joined_at: datetime | None,
    at: datetime,
) -> KeptCustomer:
    """Create or change the customer: fields of Customer in `profile`, of Person in `person`; others stay as they are.

    The reference of one who was merged means the one who is left. The date of joining only ever moves earlier, so that
    reports end the same in any order. Needs a transaction. Raises CustomerErased.
    """
    customer, created = Customer.objects.select_for_update().get_or_create(store=store, ref=ref)
    if customer.merged_into_id is not None:
        customer = Customer.objects.select_for_update().get(pk=customer.merged_into_id)
    if customer.erased_at is not None:
        raise CustomerErased
    changed = _change(customer, profile)
    kept = Person.objects.filter(customer=customer).first()
    if person:
        kept = kept or Person(customer=customer, store=store)
        changed += _change_person(kept, person, at=at)
    if created or changed:
        _record_change(customer, created=created, changed=changed, at=at)
    _join(customer, joined_at, at=at)
    return KeptCustomer(customer=customer, person=kept, created=created)


def _change(row: Model, values: Mapping[str, object]) -> list[str]:
    """Set and save what differs; returns the names of the changed fields."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=None if row.pk is None else changed)
    return changed


def _change_person(person: Person, values: Mapping[str, object], *, at: datetime) -> list[str]:
    before = person.birth_on
    if before is not None and values.get("birth_on", before) != before:
        # A changed birthday counts only after a while, or it would be a present on demand.
        values = {**values, "birth_changed_at": at}
    return _change(person, values)


def _record_change(customer: Customer, *, created: bool, changed: list[str], at: datetime) -> None:
    """Field names only: personal data stands in the personal row and nowhere else."""
    record(
        "customer.added" if created else "customer.changed",
        store=customer.store,
        at=at,
        customer=customer,
        subject=f"customer:{customer.ref}",
        subject_id=customer.pk,
        data={"fields": sorted(changed)},
    )


def _join(customer: Customer, joined_at: datetime | None, *, at: datetime) -> None:
    if joined_at is None or (customer.joined_at is not None and customer.joined_at <= joined_at):
        return
    customer.joined_at = joined_at
    customer.save(update_fields=["joined_at"])
    record(
        "customer.joined",
        store=customer.store,
        at=at,
        customer=customer,
        subject=f"customer:{customer.ref}",
        subject_id=customer.pk,
        data={"joined_at": joined_at.isoformat()},
    )
