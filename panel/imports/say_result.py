"""What an import found, in groups that add up to the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.importing.check_row import Reason


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of the file, the orders or refunds they became, and their money in minor units (None: no money)."""

    label: str | Promise
    rows: int
    documents: int | None
    amount: int | None


def groups(result: Mapping[str, Any]) -> list[Group]:
    """Empty while there is no result yet. The rows of all groups add up to result["rows"]."""
    if "rows" not in result:
        return []
    return [
        Group(
            gettext_lazy("Orders of known customers"),
            result["customer_lines"],
            result["customer_orders"],
            result["customer_amount"],
        ),
        Group(
            gettext_lazy("Orders of guests"),
            result["guest_lines"],
            result["guest_orders"],
            result["guest_amount"],
        ),
        Group(
            gettext_lazy("Cancellations without their order"),
            result["refund_lines"],
            result["refunds"],
            result["refund_amount"],
        ),
        Group(gettext_lazy("Rows that could not be used"), result["bad_rows"], None, None),
    ]


def bad_rows(result: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Reason in words and number of rows, the most frequent first."""
    labels = {reason.value: str(reason.label) for reason in Reason}
    counted = sorted(result.get("bad", {}).items(), key=lambda item: (-item[1], item[0]))
    return [(labels.get(code, _("other")), count) for code, count in counted]
