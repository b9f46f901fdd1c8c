"""How gift balances are shown: never with their code, which money answers to, but by its last four letters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from checkout.balances import NamedBalance, paid_by
from checkout.priced_cart import PricedCart
from checkout.refund_balances import ReturnedTo
from coupons.find_balances import left_of, state_of
from coupons.models import GiftBalance
from loyalty.models import BalancePayment
from pricing.refusals import Refusal
from shop.models import Order
from storefront.api.fields import Moment, Out

Ending = Annotated[str, Meta(description="The last four letters of its code.", examples=["WXYZ"])]


class PaidByBalanceOut(Out, frozen=True, kw_only=True):
    """One of the `gift_balances` that you named. `amount` is what it pays of this cart, `left` what it holds then.
    `refused` says why it pays nothing: `unknown_code`, `expired`, `revoked`, `used_up` (empty, or held by other carts),
    `not_started`, `paused`."""

    place: Annotated[
        int, Meta(description="Which of the codes that you named, counted from 1.", examples=[1])
    ]
    ending: Ending | None
    amount: int
    left: int
    ends_at: Moment | None
    refused: str | None
    detail: Annotated[str, Meta(description="The same as a sentence.")] | None


class OrderBalanceOut(Out, frozen=True, kw_only=True):
    """What one gift balance paid of the order, and how much of that has gone back to it."""

    ending: Ending
    amount: int
    returned: int


class ReturnedToOut(Out, frozen=True, kw_only=True):
    """What went back to one gift balance. Money that comes back late makes it last a fortnight longer."""

    ending: Ending
    amount: int
    ends_at: Moment


class GiftBalanceOut(Out, frozen=True, kw_only=True):
    """`state`: usable, empty, expired or revoked. `left` can be spent now, `held` is kept for carts with a
    reservation."""

    ending: Ending
    state: str
    issued_for: int
    left: int
    held: int
    currency: str
    issued_at: Moment
    ends_at: Annotated[Moment, Meta(description="The first moment at which it is no longer good.")]
    customer: str | None


REASONS: Mapping[Refusal, str | Promise] = {
    Refusal.UNKNOWN_CODE: _("There is no gift balance with this code. Check it letter by letter."),
    Refusal.EXPIRED: _("This gift balance has ended."),
    Refusal.REVOKED: _("The shop has taken this gift balance back."),
    Refusal.USED_UP: _("Nothing is left of this gift balance, or another cart holds it at the moment."),
    Refusal.NOT_STARTED: _("This gift balance was issued after this order."),
    Refusal.PAUSED: _("The shop takes no gift balances at the moment."),
}


def show_named(priced: PricedCart) -> list[PaidByBalanceOut]:
    paid = paid_by(priced.quote)
    return [_named(one, paid) for one in priced.balances]


def _named(named: NamedBalance, paid: Mapping[int, int]) -> PaidByBalanceOut:
    balance = named.balance
    amount = 0 if balance is None else paid.get(balance.account_id, 0)
    return PaidByBalanceOut(
        place=named.place,
        ending=balance.ending if balance else None,
        amount=amount,
        left=named.available - amount,
        ends_at=balance.ends_at if balance else None,
        refused=named.refusal.value if named.refusal else None,
        detail=str(REASONS[named.refusal]) if named.refusal else None,
    )


def balances_of_order(order: Order) -> list[OrderBalanceOut]:
    """No query where no gift balance paid."""
    if not order.balance_amount:
        return []
    sums = BalancePayment.objects.filter(order=order).values_list("account__gift_balance__ending", "account")
    found = sums.annotate(paid=Sum("amount"), back=Sum("returned")).order_by("account")
    return [OrderBalanceOut(ending=ending, amount=paid, returned=back) for ending, _id, paid, back in found]


def show_returned(returned: list[ReturnedTo]) -> list[ReturnedToOut]:
    return [ReturnedToOut(ending=one.ending, amount=one.amount, ends_at=one.ends_at) for one in returned]


def show_balance(balance: GiftBalance, *, currency: str, at: datetime) -> GiftBalanceOut:
    """Of one of `whole_balances`."""
    return GiftBalanceOut(**about_balance(balance, currency=currency, at=at))


def about_balance(balance: GiftBalance, *, currency: str, at: datetime) -> dict[str, Any]:
    return {
        "ending": balance.ending,
        "state": state_of(balance, at=at).value,
        "issued_for": balance.face_value,
        "left": left_of(balance, at=at),
        "held": balance.account.held,
        "currency": currency,
        "issued_at": balance.issued_at,
        "ends_at": balance.ends_at,
        "customer": balance.customer.ref if balance.customer else None,
    }
