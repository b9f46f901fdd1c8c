"""The types that bodies are made of, with their limits and the words that the reference shows."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Meta, Struct, UnsetType

from checkout.request import AMOUNT_MAX, QUANTITY_MAX
from shop.models import Store
from shop.time_zones import is_time_zone
from storefront.api.errors import Fault, Problem

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
EARLIEST_BIRTH = date(1900, 1, 1)
CLOCKS_DIFFER_BY = timedelta(minutes=10)

Ref = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[^/]+$",
        description="The storefront's own reference: 1 to 64 characters, no slash.",
        examples=["17850"],
    ),
]
Sku = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[^/]+$",
        description="Article number, no slash.",
        examples=["85123A"],
    ),
]
Code = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-z0-9 -]+$",
        description="A coupon's code, in any case.",
        examples=["SPRING"],
    ),
]
Amount = Annotated[
    int,
    Meta(
        ge=0,
        le=AMOUNT_MAX,
        description="In the currency's smallest unit: 199000 is 1 990.00.",
        examples=[199000],
    ),
]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX, description="Whole units.", examples=[2])]
Points = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, description="Whole points.", examples=[300])]
Moment = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339 with a time zone.", examples=["2026-05-31T10:15:00Z"]),
]
Currency = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z]{3}$",
        description="What your amounts are in. Refused (422) where it is not your store's; left out: your store's.",
        examples=["GBP"],
    ),
]
ClientIp = Annotated[
    str,
    Meta(
        max_length=45,
        description="The shopper's own address as your server sees it. Coupon codes tried from one address are "
        "limited by it.",
        examples=["203.0.113.7"],
    ),
]
VisitorKey = Annotated[
    UUID,
    Meta(
        description="The browser's cookie, a UUID.",
        examples=["0f8fad5b-d9cb-469f-a165-70867728950e"],
    ),
]


class In(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is sent to us. Unknown fields are refused: a misspelt name would otherwise go unnoticed."""


class Out(Struct, frozen=True, kw_only=True):
    """What we answer."""


def refuse_moment(value: datetime | UnsetType | None, *, attr: str, at: datetime) -> None:
    """Raise a Problem for a moment before 1990 or one that has not come yet (clocks may differ by ten minutes)."""
    if not isinstance(value, datetime):
        return
    if value < EARLIEST:
        raise Problem(400, Fault("too_early", _("Moments before 1990 are not taken."), attr))
    if value > at + CLOCKS_DIFFER_BY:
        raise Problem(400, Fault("in_future", _("This moment has not come yet."), attr))


def refuse_currency(value: str | None, *, store: Store, attr: str = "currency") -> None:
    """Raise a Problem where amounts come in another currency than the store's: nothing here converts money."""
    if value is not None and value != store.currency:
        detail = _("Your store sells in %(currency)s. Send the amounts in it.") % {"currency": store.currency}
        raise Problem(422, Fault("wrong_currency", detail, attr))


def refuse_birthday(value: date | UnsetType | None, *, attr: str, at: datetime) -> None:
    if isinstance(value, date) and not EARLIEST_BIRTH <= value <= at.date():
        raise Problem(400, Fault("out_of_range", _("Give a birthday between 1900 and today."), attr))


def refuse_time_zone(value: str | UnsetType | None, *, attr: str) -> None:
    if isinstance(value, str) and value and not is_time_zone(value):
        detail = _("There is no such time zone. Give one like Europe/London.")
        raise Problem(400, Fault("unknown_time_zone", detail, attr))
