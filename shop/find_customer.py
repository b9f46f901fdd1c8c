"""A customer by the storefront's reference: the one place that knows what became of a reference. One whose customer was
merged into another leads to that other one."""

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Coalesce

from shop.models import Customer, Store


def find_customer(store: Store, ref: str) -> Customer | None:
    """Who is meant by `ref`, with the personal row; None where nobody has told us of them. One query."""
    return find_customers(store, [ref]).get(ref)


def find_customers(store: Store, refs: Iterable[str]) -> dict[str, Customer]:
    """Who is meant, by the reference as it was asked for; those whom nobody knows are left out. One query."""
    found = Customer.objects.filter(store=store, ref__in=list(refs))
    rows = found.select_related("person", "merged_into__person")
    meant = {row.ref: row.merged_into or row for row in rows}
    for customer in meant.values():
        customer.store = store
    return meant


def find_exactly(store: Store, ref: str) -> Customer | None:
    """Whose own reference it is, merged or not."""
    found = Customer.objects.filter(store=store, ref=ref).select_related("person", "merged_into").first()
    if found is not None:
        found.store = store
    return found


def same_person(customer: Customer, *, through: str = "customer") -> Q:
    """The rows of a person: of the customer and of whoever was merged into them. `through`: the way to the customer,
    empty for customers themselves."""
    own, away = (through, f"{through}__merged_into") if through else ("pk", "merged_into")
    return Q(**{own: customer.pk}) | Q(**{away: customer.pk})


def head_of(customer: Customer) -> int:
    """The id of who is left of them."""
    return customer.merged_into_id or customer.pk


def references_of(customer: Customer) -> list[int]:
    """The ids under which rows of the person may lie, their own first. One query."""
    away = Customer.objects.filter(merged_into=customer).order_by("id").values_list("pk", flat=True)
    return [customer.pk, *away]


def all_references(customer_ids: Iterable[int]) -> list[int]:
    """The ids under which rows of these people may lie, whichever of their references is asked for. One query, or none
    where nobody is asked for."""
    asked = list(customer_ids)
    if not asked:
        return []
    asked_for = Customer.objects.filter(pk__in=asked)
    heads = asked_for.values_list(Coalesce("merged_into_id", "pk"), flat=True)
    mine = Customer.objects.filter(Q(pk__in=heads) | Q(merged_into__in=heads))
    return list(mine.order_by("id").values_list("pk", flat=True))
