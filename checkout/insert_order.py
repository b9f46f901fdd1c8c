"""Write an order, its lines and what was taken off them, in one statement that is planned once a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Field, Model

from shop.models import Order, OrderLine
from shop.prepared import Prepared


class NewLine(NamedTuple):
    """A line of an order that is not stored yet: the row of an OrderLine, cheaper to make by the dozen."""

    ordinal: int
    product_id: int | None
    sku: str
    name: str
    quantity: int
    unit_price: int
    discount: int
    total: int
    points_spent: int = 0
    points_amount: int = 0
    balance_amount: int = 0
    gift_value: int | None = None
    points_to_earn: int | None = None
    is_gift: bool = False
    cost: int | None = None
    tax_bp: int = 0
    refunded_quantity: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What one version of an offer took off a line, by its ordinal; off the delivery where that is None."""

    ordinal: int | None
    version_id: int
    amount: int


def insert_order(order: Order, lines: Sequence[NewLine], discounts: Sequence[Taken]) -> list[int] | None:
    """The new lines' keys in their order, and the order has its own; None where the order's reference, or its quote,
    is an order already: then nothing was written. A twin that is being committed makes this one wait for its end.

    All that `order` holds goes to the driver as it is, so its values have the types of its columns.
    """
    statement, of_order, of_line = _statement()
    values: dict[str, Any] = {
        **{name: getattr(order, attr) for name, attr in of_order},
        **{name: list(column) for name, column in zip(of_line, zip(*lines, strict=True), strict=True)},
        "ordinals": [one.ordinal for one in discounts],
        "versions": [one.version_id for one in discounts],
        "amounts": [one.amount for one in discounts],
    }
    with connection.cursor() as cursor:
        statement.execute(cursor, values)
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
def _statement() -> tuple[Prepared, list[tuple[str, str]], list[str]]:
    """The statement; its parameters for the order, each with the attribute that has its value; those for the lines, in
    the order of a NewLine."""
    fields = {field.attname: field for field in _fields(OrderLine)}
    assert fields.keys() == {"order_id", *NewLine._fields}, "a new line has what an OrderLine has"
    of_order = {f"order_{field.column}": _type(field) for field in _fields(Order)}
    of_line = {f"line_{name}": f"{_type(fields[name])}[]" for name in NewLine._fields}
    text = INSERT.format(
        order_columns=", ".join(name.removeprefix("order_") for name in of_order),
        order_values=", ".join(f"%({name})s" for name in of_order),
        line_columns=", ".join(str(fields[name].column) for name in NewLine._fields),
        line_values=", ".join(f"%({name})s::{kind}" for name, kind in of_line.items()),
    )
    of_discounts = {"ordinals": "integer[]", "versions": "bigint[]", "amounts": "bigint[]"}
    attrs = [(f"order_{field.column}", field.attname) for field in _fields(Order)]
    return Prepared(text, {**of_order, **of_line, **of_discounts}), attrs, list(of_line)


def _fields(model: type[Model]) -> list["Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _type(field: "Field[Any, Any]") -> str:
    """The column's type; of texts without their bound, since a cast would cut silently what the column refuses."""
    name = field.db_type(connection) or ""
    return "text" if name.startswith("varchar") else name
