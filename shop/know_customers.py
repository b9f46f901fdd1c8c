"""Customers by the storefront's references. One whom nobody has told us of yet is taken down by reference
alone: facts may
arrive in any order."""

from collections.abc import Iterable

from shop.models import Customer, Store


def know_customer(store: Store, ref: str | None) -> Customer | None:
    """The customer, or None where no reference is given."""
    return None if ref is None else know_customers(store, [ref])[ref]


def know_customers(store: Store, refs: Iterable[str]) -> dict[str, Customer]:
    """Reference -> customer, for all of `refs`; of one who was merged, who is left.

    One query where all are known, three where some are new.
    """
    wanted = set(refs)
    if not wanted:
        return {}
    rows = Customer.objects.filter(store=store, ref__in=wanted).select_related("merged_into")
    found = {one.ref: one.merged_into or one for one in rows}
    if missing := sorted(wanted - set(found)):
        # In one order everywhere, so that two who add the same people do not wait in a circle.
        Customer.objects.bulk_create(
            [Customer(store=store, ref=ref) for ref in missing], ignore_conflicts=True
        )
        found = {one.ref: one.merged_into or one for one in rows.all()}
    return found
