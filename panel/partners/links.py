"""A link for a partner to publish: a short name, and the page of the shop that it leads to."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from loyalty.models import Partner
from loyalty.partners.keep_partner import PartnerFault, PartnerRefused, add_link
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment


class LinkForm(forms.Form):
    """Where people land."""

    code = forms.RegexField(
        r"^[a-z0-9_-]+$",
        label=gettext_lazy("Short name of the link"),
        max_length=60,
        help_text=gettext_lazy("Stands in the address, for example anna-spring."),
        widget=UnfoldAdminTextInputWidget(),
        error_messages={
            "invalid": gettext_lazy("Only small letters, digits and hyphens, for example anna-spring.")
        },
    )
    path = forms.RegexField(
        r"^/([^/\\\s][^\\\s]*)?$",
        label=gettext_lazy("Page of your shop"),
        max_length=240,
        initial="/",
        help_text=gettext_lazy("What follows your domain, for example /candles or / for the start page."),
        widget=UnfoldAdminTextInputWidget(),
        error_messages={
            "invalid": gettext_lazy("Begin with one slash and leave your domain out, for example /candles.")
        },
    )


def new_link(request: PanelRequest, code: str) -> HttpResponse:
    partner = get_object_or_404(Partner, store=request.store, code=code)
    form = LinkForm(request.POST or None, initial={"path": "/", "code": partner.code})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                at = store_moment(request.store, timezone.now())
                add_link(partner, form.cleaned_data["code"], form.cleaned_data["path"], at=at)
        except PartnerRefused as refused:
            taken = refused.code is PartnerFault.LINK_TAKEN
            form.add_error(
                "code",
                _("Another partner has a link of this name.")
                if taken
                else _("A partner has 50 links at most."),
            )
        else:
            messages.success(request, _("The link works from now on."))
            return HttpResponseRedirect(reverse("panel:partner", args=[partner.code]))
    return show_page(
        request,
        "panel/partners/link.html",
        title=_("A link for “%(name)s”") % {"name": partner.name},
        partner=partner,
        domain=request.store.domain,
        form=form,
        status=400 if form.errors else 200,
    )
