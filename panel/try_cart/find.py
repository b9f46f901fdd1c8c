"""Look for a customer or a product while a cart is being tried."""

from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When

from panel.customers.mask import show_person
from shop.find_customer import find_customer
from shop.models import Customer, Product, Role, Store

FOUND_MAX = 8
SEARCH_MIN = 2


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """One that may be picked. Name and address as the role may see them."""

    ref: str
    name: str
    email: str


def find_customers(store: Store, text: str, *, is_open: bool) -> list[FoundCustomer]:
    """By number, or by name and address where the role may see those. One query."""
    if len(text) < SEARCH_MIN:
        return []
    wanted = Q(ref__istartswith=text)
    if is_open:
        wanted |= Q(person__name__icontains=text) | Q(person__email__istartswith=text)
    rows = Customer.objects.filter(wanted, store=store, erased_at=None).select_related("person")
    exact_first = Case(When(ref=text, then=Value(0)), default=Value(1))
    return [_show(customer, is_open=is_open) for customer in rows.order_by(exact_first, "ref")[:FOUND_MAX]]


def customer_named(store: Store, ref: str, *, is_open: bool) -> FoundCustomer | None:
    """The one that was picked; None for a number that the store does not know. One query, none without a number."""
    if not ref:
        return None
    found = find_customer(store, ref)
    return _show(found, is_open=is_open) if found else None


def find_products(store: Store, text: str) -> QuerySet[Product]:
    """By sku or name, those on sale; nothing for less than two letters."""
    if len(text) < SEARCH_MIN:
        return Product.objects.none()
    rows = Product.objects.filter(
        Q(sku__istartswith=text) | Q(name__icontains=text), store=store, is_active=True
    )
    exact_first = Case(When(sku__iexact=text, then=Value(0)), default=Value(1))
    return rows.order_by(exact_first, "sku")[:FOUND_MAX]


def sees_names(role: str) -> bool:
    return role in (Role.OWNER, Role.ADMIN, Role.SUPPORT)


def _show(customer: Customer, *, is_open: bool) -> FoundCustomer:
    person = show_person(getattr(customer, "person", None), is_open=is_open)
    return FoundCustomer(customer.ref, person.name, person.email)
