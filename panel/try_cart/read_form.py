"""What is to be tried, read from the address: it can be sent to a colleague, and going back goes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict

from checkout.request import CODES_MAX, QUANTITY_MAX
from shop.money_field import MoneyField

LINES_MAX = 50
TEXT_MAX = 64
CODE_MAX = 40


@dataclass(frozen=True, slots=True)
class Trial:
    """A cart to be tried. `lines`: sku -> quantity; `delivery` in minor units; `at` None: now.

    `moment`, `fee` and `codes_typed` are as they were typed; `wrong` names the fields that make no sense.
    """

    customer: str
    lines: Mapping[str, int]
    codes: tuple[str, ...]
    delivery: int
    at: datetime | None
    points: int = 0
    who: str = ""
    what: str = ""
    codes_typed: str = ""
    delivery_method: str = ""
    payment_method: str = ""
    fee: str = ""
    moment: str = ""
    wrong: frozenset[str] = frozenset()


def read_trial(query: QueryDict, *, currency: str, zone: str) -> Trial:
    """Never fails: what cannot be read is left out and named in `wrong`."""
    delivery, fee_wrong = _delivery(query.get("delivery", ""), currency)
    at, moment_wrong = _moment(query.get("moment", ""), zone)
    codes, codes_wrong = _codes(query.get("codes", ""))
    wrong = {"delivery": fee_wrong, "moment": moment_wrong, "codes": codes_wrong}
    return Trial(
        customer=_text(query.get("pick", "") or query.get("customer", "")),
        lines=_lines(query),
        codes=codes,
        delivery=delivery,
        at=at,
        points=_quantity(query.get("points", "")),
        who=_text(query.get("who", "")),
        what=_text(query.get("what", "")),
        delivery_method=_text(query.get("delivery_method", "")),
        payment_method=_text(query.get("payment_method", "")),
        codes_typed=query.get("codes", "")[: CODE_MAX * CODES_MAX],
        fee=query.get("delivery", "")[:TEXT_MAX],
        moment=query.get("moment", "")[:TEXT_MAX],
        wrong=frozenset(name for name, is_wrong in wrong.items() if is_wrong),
    )


def address_of(trial: Trial) -> str:
    """The query string that shows this cart again, however often it is opened: nothing is added by it."""
    query = QueryDict(mutable=True)
    query["customer"] = trial.customer
    query.setlist("sku", list(trial.lines))
    query.setlist("quantity", [str(quantity) for quantity in trial.lines.values()])
    query["codes"], query["delivery"], query["moment"] = trial.codes_typed, trial.fee, trial.moment
    query["points"] = str(trial.points or "")
    query["delivery_method"], query["payment_method"] = trial.delivery_method, trial.payment_method
    return query.urlencode()


def _text(typed: str) -> str:
    return "".join(letter for letter in typed.strip()[:TEXT_MAX] if letter.isprintable())


def _lines(query: QueryDict) -> dict[str, int]:
    """The lines of the form, one more of what was added, without those at zero."""
    found: dict[str, int] = {}
    for sku, typed in zip(query.getlist("sku"), query.getlist("quantity"), strict=False):
        found[_text(sku)] = _quantity(typed)
    if added := _text(query.get("add", "")):
        found[added] = min(found.get(added, 0) + 1, QUANTITY_MAX)
    if dropped := _text(query.get("drop", "")):
        found.pop(dropped, None)
    kept = {sku: quantity for sku, quantity in found.items() if sku and quantity}
    return dict(list(kept.items())[:LINES_MAX])


def _quantity(typed: str) -> int:
    return min(int(typed), QUANTITY_MAX) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else 0


def _codes(typed: str) -> tuple[tuple[str, ...], bool]:
    words: Sequence[str] = [
        word for word in (_text(part) for part in typed.replace(",", " ").split()) if word
    ]
    fitting = [word for word in words if len(word) <= CODE_MAX][:CODES_MAX]
    return tuple(dict.fromkeys(fitting)), len(fitting) < len(words)


def _delivery(typed: str, currency: str) -> tuple[int, bool]:
    field = MoneyField(required=False, label="")
    field.set_currency(currency)
    try:
        return field.clean(typed.strip()) or 0, False
    except ValidationError:
        return 0, True


def _moment(typed: str, zone: str) -> tuple[datetime | None, bool]:
    if not typed.strip():
        return None, False
    try:
        moment = datetime.fromisoformat(typed.strip()[:TEXT_MAX])
    except ValueError:
        return None, True
    if not 2000 <= moment.year <= 2100:
        return None, True
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))), False
