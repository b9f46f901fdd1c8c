"""Which column of the file holds what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.importing.refuse import ImportRefused, Refused


class Field(models.TextChoices):
    """What a file of order lines may tell. All but name, customer and country are needed."""

    ORDER = "order", _("order number")
    SKU = "sku", _("sku")
    NAME = "name", _("description")
    QUANTITY = "quantity", _("quantity")
    AT = "at", _("date and time")
    PRICE = "price", _("unit price")
    CUSTOMER = "customer", _("customer number")
    COUNTRY = "country", _("country")


NEEDED = (Field.ORDER, Field.SKU, Field.QUANTITY, Field.AT, Field.PRICE)

# How shops name their columns, letters and digits only; the first one that the header holds is taken.
SYNONYMS: Mapping[Field, tuple[str, ...]] = {
    Field.ORDER: ("invoiceno", "invoice", "orderid", "orderno", "ordernumber", "orderref", "order"),
    Field.SKU: ("stockcode", "sku", "productid", "productcode", "itemcode", "article", "variantsku", "item"),
    Field.NAME: ("description", "productname", "itemname", "name", "product", "title"),
    Field.QUANTITY: ("quantity", "qty", "count", "units"),
    Field.AT: ("invoicedate", "orderdate", "placedat", "createdat", "orderedat", "datetime", "date", "at"),
    Field.PRICE: ("unitprice", "price", "itemprice", "priceeach"),
    Field.CUSTOMER: ("customerid", "customerno", "customerref", "customer", "clientid", "buyerid", "userid"),
    Field.COUNTRY: ("country", "shippingcountry", "billingcountry", "countrycode"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Position of each field in a row; None where the file does not have it."""

    order: int
    sku: int
    quantity: int
    at: int
    price: int
    name: int | None = None
    customer: int | None = None
    country: int | None = None


def guess_columns(header: Iterable[str]) -> dict[str, str]:
    """Field -> column name, as far as the header's names tell."""
    known = {"".join(filter(str.isalnum, name)).lower(): name for name in reversed(list(header))}
    guessed: dict[str, str] = {}
    for field, synonyms in SYNONYMS.items():
        found = next((known[word] for word in synonyms if word in known), None)
        if found is not None:
            guessed[field.value] = found
    return guessed


def find_columns(header: list[str], chosen: Mapping[str, str]) -> Columns:
    """Positions of the chosen columns, and guessed ones where nothing was said; "" says there is none.

    Raises ImportRefused (missing_columns, unknown_columns).
    """
    wanted = {**guess_columns(header), **chosen}
    names = {field: name for field, name in wanted.items() if name}
    unknown = sorted(name for field, name in names.items() if name not in header or field not in Field.values)
    if unknown:
        raise ImportRefused(Refused.UNKNOWN_COLUMNS, unknown=", ".join(unknown), header=", ".join(header))
    missing = [str(field.label) for field in NEEDED if field not in names]
    if missing:
        raise ImportRefused(Refused.MISSING_COLUMNS, missing=", ".join(missing), header=", ".join(header))
    return Columns(**{field: header.index(name) for field, name in names.items()})
