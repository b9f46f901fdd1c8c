"""Issue a gift balance by hand, with the reason; its code is shown once. And take one back."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from coupons.find_balances import BalanceState, state_of, whole_balances
from coupons.gift_limits import limit_of, refuse_above_limit
from coupons.issue_balance import DAYS_MAX, GiftFault, GiftRefused, GiftTerms, code_of, issue_balance
from coupons.models import GiftBalance, GiftProduct, GiftWithdrawal
from coupons.show_code import note_shown
from coupons.withdraw_balance import revoke_balance
from loyalty.transfer_gifts import Booking
from panel.gift_balances.page import show_balance
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment
from shop.find_customer import find_customer
from shop.models import Customer, Store
from shop.money_field import MoneyField

TOKEN_LENGTH = 22
SAID = {
    GiftFault.AMOUNT_OUT_OF_RANGE: gettext_lazy("Give an amount above nothing, for example 25.00."),
    GiftFault.DAYS_OUT_OF_RANGE: gettext_lazy("Give a number of days between 1 and 3653."),
    GiftFault.ABOVE_LIMIT: gettext_lazy(
        "This is more than your role may issue in one. Ask an owner, who can raise the limit."
    ),
    GiftFault.ISSUE_CONFLICT: gettext_lazy("This form was sent before with other content. Open it anew."),
    GiftFault.OTHER_STORE: gettext_lazy("There is no customer with this number."),
}


class IssueForm(forms.Form):
    """How much, for whom, how long, why."""

    amount = MoneyField(
        label=gettext_lazy("Worth"), help_text=gettext_lazy("For example 25.00. It is spent in parts.")
    )
    days = forms.IntegerField(
        label=gettext_lazy("Valid, days"),
        min_value=1,
        max_value=DAYS_MAX,
        initial=GiftProduct.DEFAULT_DAYS,
        help_text=gettext_lazy("To the end of the last day, for example 365."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    customer = forms.CharField(
        label=gettext_lazy("Customer number"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Who gets it, for example 17850. Empty: a code on paper."),
        widget=UnfoldAdminTextInputWidget(),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=5,
        max_length=200,
        help_text=gettext_lazy(
            "For the books, for example “parcel came a week late”. No names, no addresses."
        ),
        widget=UnfoldAdminTextInputWidget(),
    )
    token = forms.CharField(max_length=40, widget=forms.HiddenInput())

    def __init__(self, *args: object, store: Store, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.store = store
        amount = self.fields["amount"]
        assert isinstance(amount, MoneyField)
        amount.set_currency(store.currency)

    def clean_customer(self) -> Customer | None:
        ref: str = self.cleaned_data["customer"]
        if not ref:
            return None
        found = find_customer(self.store, ref)
        if found is None:
            raise forms.ValidationError(str(SAID[GiftFault.OTHER_STORE]))
        return found


class TakeBackForm(forms.Form):
    """Why."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[
            (one.value, one.label) for one in GiftWithdrawal.Reason if one is not GiftWithdrawal.Reason.REFUND
        ],
        help_text=gettext_lazy("Kept with your name, for example issued by mistake."),
        widget=UnfoldAdminSelectWidget(),
    )


def issue_gift_balance(request: PanelRequest) -> HttpResponse:
    """The form; sent, the code, which is shown here and nowhere else."""
    store = request.store
    form = IssueForm(request.POST or None, store=store, initial={"token": get_random_string(TOKEN_LENGTH)})
    if request.method == "POST" and form.is_valid():
        issued = _issue(request, form)
        if issued is not None:
            return _show_code(request, issued)
    return show_page(
        request,
        "panel/gift_balances/issue.html",
        title=_("Issue a gift balance"),
        store=store,
        form=form,
        most=limit_of(store, request.role),
        status=400 if form.errors else 200,
    )


def take_back_gift_balance(request: PanelRequest, pk: int) -> HttpResponse:
    booking = _booking(request.store)
    balance = get_object_or_404(whole_balances(request.store), pk=pk)
    balance.store = request.store
    if state_of(balance, at=booking.at) == BalanceState.REVOKED:
        raise Http404
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            revoke_balance(balance, by=request.user, reason=form.cleaned_data["reason"], booking=booking)
        messages.success(request, _("Taken back. The code is refused from now on."))
        return HttpResponseRedirect(reverse("panel:gift_balance", args=[balance.pk]))
    return show_page(
        request,
        "panel/gift_balances/take_back.html",
        title=_("Take gift balance …%(ending)s back") % {"ending": balance.ending},
        store=request.store,
        balance=balance,
        shown=show_balance(balance, at=booking.at),
        form=form,
        status=400 if form.errors else 200,
    )


def _issue(request: PanelRequest, form: IssueForm) -> GiftBalance | None:
    given = form.cleaned_data
    terms = GiftTerms(
        amount=given["amount"],
        key=f"panel:{given['token']}",
        days=given["days"],
        customer=given["customer"],
        by=request.user,
        reason=given["reason"],
    )
    try:
        refuse_above_limit(request.store, request.role, terms.amount)
        with transaction.atomic():
            issued = issue_balance(request.store, terms, _booking(request.store))
            note_shown(issued.balance, store=request.store, by=request.user, at=issued.balance.issued_at)
    except GiftRefused as refused:
        form.add_error("amount", str(SAID[refused.code]))
        return None
    if not issued.created:
        form.add_error(None, str(SAID[GiftFault.ISSUE_CONFLICT]))
        return None
    return issued.balance


def _show_code(request: PanelRequest, balance: GiftBalance) -> HttpResponse:
    return show_page(
        request,
        "panel/gift_balances/issued.html",
        title=_("Hand this code on"),
        store=request.store,
        balance=balance,
        code=code_of(balance),
    )


def _booking(store: Store) -> Booking:
    now = timezone.now()
    return Booking(store, store_moment(store, now), now)
