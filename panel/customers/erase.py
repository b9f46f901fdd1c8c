"""What a person may ask of the shop: a file of all that is known of them, and that it be forgotten."""

import json

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from checkout.erase import erase_person
from panel.customers.merges import show_side
from panel.guard import PanelRequest
from panel.page import show_page
from reports.export_person import known_of
from shop.clock import store_moment
from shop.find_customer import references_of
from shop.models import Customer
from shop.record import record


class EraseForm(forms.Form):
    """The number, typed once more."""

    ref = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=64,
        help_text=gettext_lazy("Type the number shown above, to be sure that it is the right customer."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: object, customer: Customer, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.customer = customer

    def clean_ref(self) -> str:
        typed: str = self.cleaned_data["ref"]
        if typed != self.customer.ref:
            raise forms.ValidationError(_("This is not the number of this customer."))
        return typed


def erase_customer(request: PanelRequest, pk: int) -> HttpResponse:
    customer = _find(request, pk)
    form = EraseForm(request.POST or None, customer=customer)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            erase_person(customer, by=request.user, at=store_moment(request.store, timezone.now()))
        messages.success(request, _("The personal data is erased."))
        return HttpResponseRedirect(reverse("panel:customer", args=[customer.pk]))
    return show_page(
        request,
        "panel/customers/erase.html",
        title=_("Erase customer %(ref)s") % {"ref": customer.ref},
        customer=customer,
        numbers=Customer.objects.filter(pk__in=references_of(customer)).order_by("id"),
        store=request.store,
        side=show_side(customer, is_open=True, at=store_moment(request.store, timezone.now())),
        form=form,
        status=400 if form.errors else 200,
    )


@require_POST
def export_customer(request: PanelRequest, pk: int) -> HttpResponse:
    """A JSON file. That it was made is written down."""
    customer = _find(request, pk)
    with transaction.atomic():
        record(
            "customer.exported",
            store=request.store,
            at=store_moment(request.store, timezone.now()),
            customer=customer,
            subject=f"customer:{customer.ref}",
            data={"by": request.user.pk},
        )
        known = known_of(customer)
    return HttpResponse(
        json.dumps(known, ensure_ascii=False, indent=1),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="customer-{customer.pk}.json"'},
    )


def _find(request: PanelRequest, pk: int) -> Customer:
    """Of a merged one it is the customer who was kept: they are one person."""
    found = get_object_or_404(
        Customer.objects.select_related("merged_into", "person"), store=request.store, pk=pk
    )
    customer = found.merged_into or found
    customer.store = request.store
    return customer
