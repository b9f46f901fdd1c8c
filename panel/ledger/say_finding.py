"""What a recheck of the books found, in plain words, with what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.findings import FindingCode
from loyalty.models import Account


@dataclass(frozen=True, slots=True)
class SaidFinding:
    """`expected` and `found` are points, minor units or movements; `url` leads to the page of what it is about."""

    what: str | Promise
    advice: str | Promise
    subject: str
    expected: int
    found: int
    url: str


ADJUST = _("Look at the movements, then put the balance right with a correction by hand; never change rows.")
RESTORE = _(
    "Somebody with access to the database changed what is past. Compare with a backup of that day and find out who."
)
TELL = _(
    "Nothing is lost for the customer now. Keep this page and ask whoever runs the installation to look."
)
SAID: Mapping[str, tuple[str | Promise, str | Promise]] = {
    FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS: (_("A balance is not the sum of its movements"), ADJUST),
    FindingCode.BALANCE_IS_NOT_ITS_LOTS: (_("A balance is not the sum of its earned portions"), ADJUST),
    FindingCode.HELD_IS_NOT_ITS_LOTS: (_("What carts hold is not what the portions say"), TELL),
    FindingCode.POINTS_WITHOUT_LOT: (_("Points arrived without an earned portion"), TELL),
    FindingCode.LOT_IS_NOT_ITS_TRANSFER: (_("An earned portion differs from its movement"), TELL),
    FindingCode.LOT_IS_NOT_ITS_USES: (_("What is left of a portion is not what was taken from it"), ADJUST),
    FindingCode.OWED_IS_NOT_ITS_DEBTS: (_("What a customer owes is not the sum of the debts"), TELL),
    FindingCode.RETURNED_IS_NOT_ITS_TRANSFERS: (_("Points given back differ from the movements"), TELL),
    FindingCode.TAKEN_BACK_IS_NOT_ITS_TRANSFERS: (_("Points taken back differ from the movements"), TELL),
    FindingCode.SPENT_IS_NOT_ITS_TRANSFER: (_("An order's points differ from the movement"), TELL),
    FindingCode.REFUNDED_IS_NOT_ITS_REFUNDS: (_("What was refunded is not the sum of the refunds"), TELL),
    FindingCode.DISCOUNT_IS_NOT_ITS_ROWS: (_("An order's discount is not the sum of its parts"), TELL),
    FindingCode.USES_ARE_NOT_THEIR_ORDERS: (_("An offer counted fewer uses than it has orders"), TELL),
    FindingCode.DAY_USES_ARE_NOT_THEIR_ORDERS: (
        _("A day's counter of an offer differs from the orders that it counted"),
        TELL,
    ),
    FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS: (
        _("What gift balances paid of an order is not the sum of its parts"),
        TELL,
    ),
    FindingCode.BALANCE_MOVED_IS_NOT_ITS_PAYMENTS: (
        _("What a gift balance paid differs from its movements"),
        TELL,
    ),
    FindingCode.GIFT_BALANCE_DOES_NOT_ADD_UP: (
        _("A gift balance is not what was issued less spent, ended and withdrawn"),
        TELL,
    ),
    FindingCode.SEAL_IS_BROKEN: (_("A seal does not follow from the one before"), RESTORE),
    FindingCode.SEALED_DAY_GREW_OR_SHRANK: (_("A sealed day has more or fewer movements than then"), RESTORE),
    FindingCode.SEALED_ROWS_CHANGED: (_("A movement of a sealed day was changed"), RESTORE),
    FindingCode.DAY_WITHOUT_ITS_SEAL: (_("Movements lie on a day that was passed over empty"), RESTORE),
}
UNKNOWN = (_("Something does not add up"), TELL)


def say_findings(findings: Sequence[Mapping[str, Any]], *, store_id: int) -> list[SaidFinding]:
    """`findings` as a check keeps them. One query."""
    pages = _pages(findings, store_id=store_id)
    return [
        SaidFinding(
            *SAID.get(each["code"], UNKNOWN),
            subject=each["subject"],
            expected=each["expected"],
            found=each["found"],
            url=pages.get(each["subject"], ""),
        )
        for each in findings
    ]


def _pages(findings: Sequence[Mapping[str, Any]], *, store_id: int) -> dict[str, str]:
    """Where the customer of an account or the order is shown."""
    subjects = {each["subject"] for each in findings}
    ids = [int(name.partition(":")[2]) for name in subjects if name.startswith("account:")]
    rows = Account.objects.filter(store_id=store_id, pk__in=ids, customer__isnull=False)
    pages = {
        f"account:{pk}": reverse("panel:customer", args=[customer])
        for pk, customer in rows.values_list("pk", "customer_id")
    }
    orders = [name for name in subjects if name.startswith("order:")]
    return pages | {name: reverse("panel:order", args=[name.partition(":")[2]]) for name in orders}
