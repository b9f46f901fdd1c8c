"""Write an order, its lines and what was taken off them, in one statement that is planned once a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from shop.models import Order, OrderLine
from shop.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Taken:
    """What one version of an offer took off a line, by its ordinal; off the delivery where that is None."""

    ordinal: int | None
    version_id: int
    amount: int


def insert_order(order: Order, lines: Sequence[OrderLine], discounts: Sequence[Taken]) -> list[int] | None:
    """The new lines' keys in their order, and the order has its own; None where the order's reference, or its quote,
    is an order already: then nothing was written. A twin that is being committed makes this one wait for its end.
    """
    values: dict[str, Any] = {
        **{f"order_{field.column}": _value(order, field) for field in _fields(Order)},
        **{
            f"line_{field.column}": [_value(line, field) for line in lines]
            for field in _fields(OrderLine)
            if field.name != "order"
        },
        "ordinals": [one.ordinal for one in discounts],
        "versions": [one.version_id for one in discounts],
        "amounts": [one.amount for one in discounts],
    }
    with connection.cursor() as cursor:
        _statement().execute(cursor, values)
        row = cursor.fetchone()
    if row is None:
        return None
    order.pk, line_ids = row
    order._state.adding = False
    return list(line_ids)


# Names of our own tables and columns only; the values are parameters.
INSERT = """
WITH placed AS (
    INSERT INTO shop_order ({order_columns}) VALUES ({order_values}) ON CONFLICT DO NOTHING RETURNING id, store_id
), line AS (
    INSERT INTO shop_orderline (order_id, {line_columns})
    SELECT placed.id, given.* FROM placed, unnest({line_values}) AS given
    RETURNING id, ordinal
), taken AS (
    INSERT INTO loyalty_discount (store_id, order_id, line_id, version_id, amount)
    SELECT placed.store_id, placed.id, line.id, given.version_id, given.amount
    FROM placed
    CROSS JOIN unnest(%(ordinals)s::integer[], %(versions)s::bigint[], %(amounts)s::bigint[])
        WITH ORDINALITY AS given (ordinal, version_id, amount, place)
    LEFT JOIN line ON line.ordinal = given.ordinal
    ORDER BY given.place
)
SELECT placed.id, (SELECT array_agg(line.id ORDER BY line.ordinal) FROM line) FROM placed
"""


@cache
def _statement() -> Prepared:
    of_order = {f"order_{field.column}": _type(field) for field in _fields(Order)}
    of_line = {
        f"line_{field.column}": f"{_type(field)}[]" for field in _fields(OrderLine) if field.name != "order"
    }
    text = INSERT.format(
        order_columns=", ".join(name.removeprefix("order_") for name in of_order),
        order_values=", ".join(f"%({name})s" for name in of_order),
        line_columns=", ".join(name.removeprefix("line_") for name in of_line),
        line_values=", ".join(f"%({name})s::{kind}" for name, kind in of_line.items()),
    )
    of_discounts = {"ordinals": "integer[]", "versions": "bigint[]", "amounts": "bigint[]"}
    return Prepared(text, {**of_order, **of_line, **of_discounts})


@cache
def _fields(model: type[Model]) -> list["Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _type(field: "Field[Any, Any]") -> str:
    """The column's type; of texts without their bound, since a cast would cut silently what the column refuses."""
    name = field.db_type(connection) or ""
    return "text" if name.startswith("varchar") else name


def _value(row: Model, field: "Field[Any, Any]") -> Any:
    return field.get_db_prep_save(field.pre_save(row, True), connection)
