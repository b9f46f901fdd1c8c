"""All gift balances that can be spent, with their codes, as a CSV. Whoever takes it out says why, and it is written
down before the first line leaves: a file of codes is a file of money."""

import csv
from collections.abc import Iterator
from datetime import datetime

from django import forms
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from coupons.find_balances import left_of, revoked, whole_balances
from coupons.gift_codes import CodeUnreadable
from coupons.issue_balance import code_of
from coupons.models import GiftBalance
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import last_day_of, store_moment
from shop.models import Store
from shop.record import record
from shop.spreadsheet import unharmed

CHUNK = 500


class ExportForm(forms.Form):
    """Why. The tick is the second step: the number and the sum stand beside it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=5,
        max_length=200,
        help_text=gettext_lazy(
            "Kept with your name, for example “move to another shop system”. No names, no addresses."
        ),
        widget=UnfoldAdminTextInputWidget(),
    )
    is_meant = forms.BooleanField(
        label=gettext_lazy("I take all codes out"),
        help_text=gettext_lazy("Whoever has the file can spend them. Keep it as you would keep cash."),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )


def export_gift_balances(request: PanelRequest) -> HttpResponseBase:
    """GET says what would leave; POST with a reason and the tick gives the file. Owner and admin only (the route table
    says so)."""
    store, at = request.store, store_moment(request.store, timezone.now())
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _file(request, reason=form.cleaned_data["reason"], at=at)
    usable = _usable(store, at=at)
    return show_page(
        request,
        "panel/gift_balances/export.html",
        title=_("Take gift codes out"),
        store=store,
        form=form,
        count=usable.count(),
        left=usable.aggregate(left=Sum("account__balance"))["left"] or 0,
        status=400 if form.errors else 200,
    )


def _file(request: PanelRequest, *, reason: str, at: datetime) -> StreamingHttpResponse:
    store = request.store
    with transaction.atomic():
        record(
            "gift_codes.exported",
            store=store,
            at=at,
            subject="gift_balances",
            data={"by": request.user.pk, "reason": reason, "count": _usable(store, at=at).count()},
        )
    # Said here: the lines are written after the person's language has been left.
    unit = _("smallest unit of %(currency)s") % {"currency": store.currency}
    money = [f"{name} ({unit})" for name in (_("left"), _("issued for"))]
    head = [_("code"), *money, _("valid until"), _("holder"), _("order")]
    return StreamingHttpResponse(
        _lines(store, head=head, at=at),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{store.code}-gift-codes.csv"',
            "Cache-Control": "no-store",
        },
    )


class _Line:
    """What a csv writer writes to: it hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def _lines(store: Store, *, head: list[str], at: datetime) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield str(writer.writerow(head))
    rows = _usable(store, at=at).select_related("account", "customer", "line__order").order_by("id")
    for balance in rows.iterator(chunk_size=CHUNK):
        cells = [
            _code(balance),
            str(left_of(balance, at=at)),
            str(balance.face_value),
            last_day_of(store, balance.ends_at).isoformat(),
            balance.customer.ref if balance.customer else "",
            balance.line.order.ref if balance.line else "",
        ]
        yield str(writer.writerow([unharmed(cell) for cell in cells]))


def _code(balance: GiftBalance) -> str:
    """Only its ending where the key is gone that it was sealed with: one such code does not cut the file off."""
    try:
        return code_of(balance)
    except CodeUnreadable:
        return f"…{balance.ending}"


def _usable(store: Store, *, at: datetime) -> QuerySet[GiftBalance]:
    return whole_balances(store).filter(~revoked(), ends_at__gt=at, account__balance__gt=0)
