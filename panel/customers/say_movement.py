"""One movement of points, in words, as the customer sees it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.models import Account, Transfer
from shop.models import Order

# The key of what repays a debt: see loyalty.transfer_debts.
REPAYS = "debt:"


@dataclass(frozen=True, slots=True)
class Movement:
    """`points` is less than 0 where the customer has fewer of them now."""

    at: datetime
    words: str | Promise
    icon: str
    points: int
    order: Order | None
    rule: str


def say_movement(transfer: Transfer, *, customer_id: int | None = None) -> Movement:
    """Of a transfer that was read with its accounts, order and rule; as `customer_id` sees it, where it lies between
    two customers."""
    target = transfer.target
    is_in = target.kind == Account.Kind.CUSTOMER and customer_id in (None, target.customer_id)
    words, icon = _words(transfer, is_in=is_in)
    return Movement(
        at=transfer.effective_at,
        words=words,
        icon=icon,
        points=transfer.amount if is_in else -transfer.amount,
        order=transfer.order,
        rule=transfer.rule.name if transfer.rule else "",
    )


def _words(transfer: Transfer, *, is_in: bool) -> tuple[str | Promise, str]:
    """And a Material symbol."""
    kind = transfer.kind
    if kind == Transfer.Kind.REVERSAL and is_in:
        return _("Given back for returned goods"), "undo"
    if kind == Transfer.Kind.REVERSAL and transfer.key.startswith(REPAYS):
        return _("Paid off points that were owed"), "balance"
    if kind == Transfer.Kind.ADJUSTMENT:
        return (_("Added by hand"), "add_circle") if is_in else (_("Taken off by hand"), "do_not_disturb_on")
    if kind == Transfer.Kind.MOVE:
        return _("Given by another customer") if is_in else _(
            "Given to another customer"
        ), "volunteer_activism"
    if kind == Transfer.Kind.MERGE:
        return (_("Came with a merged customer") if is_in else _("Went to the kept customer")), "merge"
    return WORDS.get(kind, (transfer.get_kind_display(), "toll"))


WORDS: dict[str, tuple[str | Promise, str]] = {
    Transfer.Kind.ACCRUAL: (_("Earned"), "toll"),
    Transfer.Kind.REDEMPTION: (_("Used as payment"), "shopping_bag"),
    Transfer.Kind.EXPIRY: (_("Ended unused"), "hourglass_disabled"),
    Transfer.Kind.REVERSAL: (_("Taken back for returned goods"), "assignment_return"),
}
