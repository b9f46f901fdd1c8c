"""One row of the file: an order line, a line of a cancellation, or bad for a reason."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.importing.columns import Columns
from shop.importing.read_file import Row
from shop.models import Store

REF_MAX = 64
NAME_MAX = 240
QUANTITY_MAX = 10_000_000
# Of one line, in minor units: five million such lines still fit into an order's bigint.
LINE_TOTAL_MAX = 1_000_000_000_000
# Months are partitions: a typing error in a year must not make thousands of them.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

ORDER, REFUND = "order", "refund"


class Reason(models.TextChoices):
    """Why a row was left out, with the sentence of the report."""

    CELLS = "wrong_cell_count", _("The row has another number of cells than the header.")
    CUT = "half_row", _("The file ends in the middle of this row.")
    ORDER = "no_order", _("The order number is missing or longer than 64 characters.")
    SKU = "no_sku", _("The sku is missing or longer than 64 characters.")
    CUSTOMER = "customer_too_long", _("The customer number is longer than 64 characters.")
    CHARACTER = "bad_character", _("The row holds a character that no text should hold (code 0).")
    AT = (
        "bad_date",
        _("The date is not one like 2026-05-31 14:30, 2026-05-31T14:30:00+01:00 or 31.05.2026 14:30."),
    )
    FUTURE = "date_out_of_range", _("The date is in the future, or before the year 2000.")
    QUANTITY = "bad_quantity", _("The quantity is not a whole number of at most 10,000,000.")
    PRICE = "bad_price", _("The price is not a plain number like 2.55.")
    MINOR = "price_below_minor_unit", _("The price is finer than the currency's smallest unit.")
    LARGE = "amount_too_large", _("Quantity times price is beyond what one line may cost.")
    QUANTITY_SIGN = (
        "quantity_not_positive",
        _("The quantity is 0 or below, and the order is no cancellation."),
    )
    PRICE_SIGN = "price_not_positive", _("The price is 0 or below: a stock correction or a gift, no sale.")
    CANCELLATION_SIGN = "cancellation_not_negative", _("A line of a cancellation needs a quantity below 0.")
    OTHER_CUSTOMER = "other_customer", _("Other rows of this order name another customer.")


class Line(NamedTuple):
    """A good row. Quantity is above 0 for cancellations too; price in minor units; `at` in UTC."""

    line: int
    kind: str
    ref: str
    sku: str
    name: str
    quantity: int
    price: int
    at: datetime
    customer: str
    country: str


class BadRow(Exception):
    """The row can not be stored."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.value)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of this file are to be read. Dates without an offset are in the store's zone."""

    columns: Columns
    width: int
    zone: ZoneInfo
    latest: datetime
    digits: int
    cancellation: re.Pattern[str]


def reading_for(
    store: Store, columns: Columns, *, width: int, at: datetime, cancellation_prefix: str = "C"
) -> Reading:
    """How to read a file for this store. Orders placed more than a day after `at` are errors of the file.

    A cancellation's number is the prefix and then a digit ("C536379"); an empty prefix: there are none.
    """
    pattern = rf"{re.escape(cancellation_prefix)}\d" if cancellation_prefix else r"(?!)"
    return Reading(
        columns=columns,
        width=width,
        zone=ZoneInfo(store.time_zone),
        latest=at + timedelta(days=1),
        digits=get_currency_precision(store.currency),
        cancellation=re.compile(pattern),
    )


def check_row(row: Row, reading: Reading) -> Line:
    """Raises BadRow with the first reason that is found."""
    cells = row.cells
    if row.is_cut:
        raise BadRow(Reason.CUT)
    if len(cells) != reading.width:
        raise BadRow(Reason.CELLS)
    columns = reading.columns
    ref = _needed(cells[columns.order], Reason.ORDER)
    sku = _needed(cells[columns.sku], Reason.SKU)
    customer = _optional(cells, columns.customer)
    if len(customer) > REF_MAX:
        raise BadRow(Reason.CUSTOMER)
    quantity = _quantity(cells[columns.quantity])
    price = _price(cells[columns.price], reading.digits)
    kind = _kind(ref, quantity, price, reading)
    if abs(quantity) * price > LINE_TOTAL_MAX:
        raise BadRow(Reason.LARGE)
    line = Line(
        line=row.line,
        kind=kind,
        ref=ref,
        sku=sku,
        name=_optional(cells, columns.name)[:NAME_MAX],
        quantity=abs(quantity),
        price=price,
        at=_placed(cells[columns.at], reading),
        customer=customer,
        country=_optional(cells, columns.country)[:REF_MAX],
    )
    if "\0" in f"{line.ref}{line.sku}{line.name}{line.customer}{line.country}":
        raise BadRow(Reason.CHARACTER)
    return line


def _kind(ref: str, quantity: int, price: int, reading: Reading) -> str:
    is_cancellation = reading.cancellation.match(ref) is not None
    if is_cancellation and quantity >= 0:
        raise BadRow(Reason.CANCELLATION_SIGN)
    if not is_cancellation and quantity <= 0:
        raise BadRow(Reason.QUANTITY_SIGN)
    if price <= 0:
        raise BadRow(Reason.PRICE_SIGN)
    return REFUND if is_cancellation else ORDER


def _needed(cell: str, reason: Reason) -> str:
    text = cell.strip()
    if not text or len(text) > REF_MAX:
        raise BadRow(reason)
    return text


def _optional(cells: list[str], position: int | None) -> str:
    return "" if position is None else cells[position].strip()


@lru_cache(maxsize=10_000)
def _quantity(cell: str) -> int:
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,12}(?:[.,]0{1,6})?\s*", cell):
        raise BadRow(Reason.QUANTITY)
    quantity = int(re.split("[.,]", cell)[0])
    if abs(quantity) > QUANTITY_MAX:
        raise BadRow(Reason.QUANTITY)
    return quantity


@lru_cache(maxsize=10_000)
def _price(cell: str, digits: int) -> int:
    """Minor units, exactly: no price is rounded."""
    number = re.fullmatch(r"\s*([+-]?)([0-9]{1,12})(?:[.,]([0-9]{0,12}))?\s*", cell)
    if number is None:
        raise BadRow(Reason.PRICE)
    sign, whole, fraction = number.groups(default="")
    fraction = fraction.rstrip("0")
    if len(fraction) > digits:
        raise BadRow(Reason.MINOR)
    return int(f"{sign}{whole}{fraction.ljust(digits, '0')}")


def _placed(cell: str, reading: Reading) -> datetime:
    moment = _moment(cell, reading.zone)
    if not EARLIEST <= moment <= reading.latest:
        raise BadRow(Reason.FUTURE)
    return moment


@lru_cache(maxsize=10_000)
def _moment(cell: str, zone: ZoneInfo) -> datetime:
    """In UTC. Of an hour that the clocks repeat, the first; of one that they skip, an hour later."""
    text = cell.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _dotted(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # a day away from the first or the last year there is
        raise BadRow(Reason.AT) from None


def _dotted(text: str) -> datetime:
    """31.05.2026 14:30. Slashes are not taken: nobody can tell 05/06 from 06/05."""
    for form in ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  the store's zone is set by the caller
        except ValueError:
            continue
    raise BadRow(Reason.AT)
