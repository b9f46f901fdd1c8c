"""Long lists, a page at a time: `limit` of at most 100, and an opaque cursor that says where the next page begins."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request

from storefront.api.errors import Fault, Problem
from storefront.api.fields import In
from storefront.api.read import CONTROL, convert

M = TypeVar("M", bound=Model)
P = TypeVar("P", bound=In)

Limit = Annotated[int, Meta(ge=1, le=100, description="How many at most.", examples=[50])]
Cursor = Annotated[
    str, Meta(max_length=400, description="The answer's `next`, as it came, to get the page after it.")
]


class Page(In, frozen=True, kw_only=True):
    """Every list takes these."""

    limit: Limit = 50
    cursor: Cursor | None = None


def read_page(request: Request, kind: type[P]) -> P:
    """The query string as `kind`; names that it does not have are passed over."""
    known = {field.encode_name for field in msgspec.structs.fields(kind)}
    given = {name: value for name, value in request.query_params.dict().items() if name in known}
    for name, value in given.items():
        if CONTROL.search(value):
            raise Problem(400, Fault("control_character", _("Text may not hold control characters."), name))
    return convert(given, kind, strict=False)


def take_page(
    rows: QuerySet[M], *, keys: Mapping[str, type], page: Page, newest_first: bool = False
) -> tuple[Sequence[M], str | None]:
    """One page of `rows` and the cursor of the next, in the order of `keys` (field -> type, the last one unique).

    Follows the keys, not a row count: rows that arrive meanwhile neither repeat nor hide others, and page 1,000 costs
    what page 1 does.
    """
    if page.cursor is not None:
        rows = rows.filter(_after(_decode(page.cursor, keys=keys), newest_first=newest_first))
    order = [f"-{name}" if newest_first else name for name in keys]
    found = list(rows.order_by(*order)[: page.limit + 1])
    more = len(found) > page.limit
    found = found[: page.limit]
    return found, _encode([getattr(found[-1], name) for name in keys]) if more else None


def _after(values: Mapping[str, Any], *, newest_first: bool) -> Q:
    """(a, b) after (A, B): a beyond A, or a = A and b beyond B."""
    beyond = "lt" if newest_first else "gt"
    after, equal = Q(), Q()
    for name, value in values.items():
        after |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    first, value = next(iter(values.items()))
    return Q(**{f"{first}__{beyond}e": value}) & after  # so that an index on the first key can be entered


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _decode(cursor: str, *, keys: Mapping[str, type]) -> dict[str, Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = msgspec.json.decode(raw, type=list[Any])
        taken: list[Any] = [
            msgspec.convert(value, kind) for value, kind in zip(values, keys.values(), strict=True)
        ]
        if any(isinstance(value, int) and abs(value) >= 2**63 for value in taken):
            raise ValueError("beyond 64 bits")
        if any(isinstance(value, datetime) and not 1900 <= value.year < 3000 for value in taken):
            raise ValueError("no moment of ours")
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise Problem(
            400, Fault("wrong_cursor", _("Give the answer's `next` as it came."), "cursor")
        ) from error
    return dict(zip(keys, taken, strict=True))
