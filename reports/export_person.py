"""All that is known of one person, for the day on which they ask for it: every row that refers to them, as it stands.

Nothing is listed by hand, so a table that is added later is in it by itself. Hashes and sealed codes are left out: they
say nothing about anybody.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, ForeignKey, ManyToOneRel, Model, OneToOneRel, Q, QuerySet

from loyalty.models import Account, Lot, Transfer
from shop.find_customer import references_of
from shop.models import Cart, CartLine, Customer, Order, OrderLine

ROWS_MAX = 10_000  # of each kind; the newest
Rows = list[dict[str, Any]]


def known_of(customer: Customer) -> dict[str, Rows]:
    """Rows by the name of their table, of the person under whichever reference. A bounded number of queries."""
    ids = references_of(customer)
    found = {"customer": _rows(Customer.objects.filter(pk__in=ids))}
    for relation in Customer._meta.related_objects:
        model = relation.related_model
        assert isinstance(relation, ManyToOneRel | OneToOneRel)
        assert not isinstance(model, str)
        if model is Customer:
            continue
        rows = _rows(model._default_manager.filter(**{f"{relation.field.name}__in": ids}))
        name = _name_of(model)
        found[name] = _without_doubles([*found.get(name, []), *rows])
    return found | _beneath(ids)


def _beneath(ids: list[int]) -> dict[str, Rows]:
    """What belongs to rows of theirs: the lines of carts and orders, the movements and portions of points."""
    accounts = Account.objects.filter(customer__in=ids)
    moved = Q(source__in=accounts) | Q(target__in=accounts)
    beneath: tuple[QuerySet[Any], ...] = (
        OrderLine.objects.filter(order__in=Order.objects.filter(customer__in=ids)),
        CartLine.objects.filter(cart__in=Cart.objects.filter(customer__in=ids)),
        Lot.objects.filter(account__in=accounts),
        Transfer.objects.filter(moved),
    )
    return {_name_of(rows.model): _rows(rows) for rows in beneath}


def _name_of(model: type[Model]) -> str:
    return f"{model._meta.app_label}.{model._meta.model_name}"


def _rows(rows: QuerySet[Any]) -> Rows:
    return [_plain(row) for row in rows.order_by("-pk")[:ROWS_MAX]]


def _plain(row: Model) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if not isinstance(field, BinaryField)]
    return {
        (field.attname if isinstance(field, ForeignKey) else field.name): _value(getattr(row, field.attname))
        for field in fields
        if field.name != "store"
    }


def _value(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _value(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value) if isinstance(value, UUID) else repr(value)


def _without_doubles(rows: Iterable[dict[str, Any]]) -> Rows:
    """A row may refer to the person twice."""
    return list({row["id"]: row for row in rows}.values())
