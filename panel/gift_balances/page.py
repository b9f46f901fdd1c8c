"""Gift balances: the list, found by the last letters of a code, and one of them with its movements."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coupons.find_balances import BalanceState, left_of, revoked, state_of, whole_balances
from coupons.gift_codes import ENDING
from coupons.gift_limits import limit_of
from coupons.models import GiftBalance, GiftWithdrawal
from loyalty.models import Transfer
from panel.gift_balances.mails import BALANCE_MAILS
from panel.guard import PanelRequest
from panel.page import show_page
from panel.playbooks.start_mails import has_mails
from shop.clock import store_moment
from shop.store_admin import is_allowed

ROWS_MAX = 50
MOVES_MAX = 200
STATES: dict[BalanceState, str | Promise] = {
    BalanceState.USABLE: gettext_lazy("usable"),
    BalanceState.EMPTY: gettext_lazy("empty"),
    BalanceState.EXPIRED: gettext_lazy("ended"),
    BalanceState.REVOKED: gettext_lazy("taken back"),
}
SAID: dict[str, str | Promise] = {
    Transfer.Kind.ISSUE: gettext_lazy("Issued"),
    Transfer.Kind.PAYMENT: gettext_lazy("Paid"),
    Transfer.Kind.RETURN: gettext_lazy("Came back for returned goods"),
    Transfer.Kind.LAPSE: gettext_lazy("Ended unused"),
    Transfer.Kind.WITHDRAWAL: gettext_lazy("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class ShownBalance:
    """`left` can be spent now, `held` is kept for carts with a reservation; in minor units."""

    balance: GiftBalance
    state: str
    is_usable: bool
    left: int
    held: int


@dataclass(frozen=True, slots=True)
class ShownMove:
    """`amount` is less than 0 where it went out; `after` is what was in it then."""

    transfer: Transfer
    said: str
    amount: int
    after: int


def show_gift_balances(request: PanelRequest) -> HttpResponse:
    """The newest, or those that are looked for. A fixed number of queries."""
    at = store_moment(request.store, timezone.now())
    wanted = request.GET.get("q", "").strip()
    rows = whole_balances(request.store)
    if wanted:
        ending = wanted.replace("-", "").upper()[-ENDING:]
        rows = rows.filter(Q(ending=ending) | Q(customer__ref=wanted) | Q(line__order__ref=wanted))
    state = request.GET.get("state", "")
    rows = _of_state(rows, state, at=at)
    found = list(rows.order_by("-id")[: ROWS_MAX + 1])
    return show_page(
        request,
        "panel/gift_balances/list.html",
        title=_("Look after gift balances"),
        store=request.store,
        balances=[show_balance(one, at=at) for one in found[:ROWS_MAX]],
        has_more=len(found) > ROWS_MAX,
        rows_max=ROWS_MAX,
        wanted=wanted,
        state=state,
        states=[(one.value, STATES[one]) for one in BalanceState],
        may_issue=is_allowed(request.role, "panel:gift_balance_issue", writing=True)
        and limit_of(request.store, request.role) != 0,
        may_set=is_allowed(request.role, "admin:coupons_giftproduct_changelist"),
        may_export=is_allowed(request.role, "panel:gift_balance_codes", writing=True),
        may_mail=is_allowed(request.role, "panel:gift_balance_mails", writing=True)
        and not has_mails(request.store, BALANCE_MAILS),
    )


def show_gift_balance(request: PanelRequest, pk: int) -> HttpResponse:
    at = store_moment(request.store, timezone.now())
    rows = whole_balances(request.store).select_related("account", "customer", "line__order", "by")
    balance = get_object_or_404(rows, pk=pk)
    return show_page(
        request,
        "panel/gift_balances/page.html",
        title=_("Gift balance …%(ending)s") % {"ending": balance.ending},
        store=request.store,
        shown=show_balance(balance, at=at),
        balance=balance,
        moves=_moves(balance),
        withdrawals=GiftWithdrawal.objects.filter(balance=balance).select_related("by").order_by("id"),
        may_take_back=is_allowed(request.role, "panel:gift_balance_take_back", writing=True)
        and state_of(balance, at=at) != BalanceState.REVOKED,
    )


def show_balance(balance: GiftBalance, *, at: datetime) -> ShownBalance:
    state = state_of(balance, at=at)
    return ShownBalance(
        balance=balance,
        state=str(STATES[state]),
        is_usable=state == BalanceState.USABLE,
        left=left_of(balance, at=at),
        held=balance.account.held,
    )


def _of_state(rows: QuerySet[GiftBalance], state: str, *, at: datetime) -> QuerySet[GiftBalance]:
    if state == BalanceState.REVOKED:
        return rows.filter(revoked())
    if state == BalanceState.EXPIRED:
        return rows.filter(~revoked(), ends_at__lte=at)
    if state == BalanceState.EMPTY:
        return rows.filter(~revoked(), ends_at__gt=at, account__balance=0)
    if state == BalanceState.USABLE:
        return rows.filter(~revoked(), ends_at__gt=at, account__balance__gt=0)
    return rows


def _moves(balance: GiftBalance) -> list[ShownMove]:
    """The oldest first, as a bank says it."""
    account = balance.account_id
    moved = Transfer.objects.filter(Q(source=account) | Q(target=account)).select_related("order")
    shown: list[ShownMove] = []
    after = 0
    for transfer in moved.order_by("id")[:MOVES_MAX]:
        amount = transfer.amount if transfer.target_id == account else -transfer.amount
        after += amount
        shown.append(ShownMove(transfer, str(SAID[transfer.kind]), amount, after))
    return shown
