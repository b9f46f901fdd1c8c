"""A partner in plain words: who it is, and what it gets."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from coupons.models import CouponCampaign
from loyalty.models import Partner
from loyalty.partners.keep_partner import PartnerFault, PartnerRefused, PartnerTerms
from shop.models import ProductGroup, Store
from shop.percent_field import PercentField

TERMS_LENGTH_MAX = 4_000
SAID = {
    PartnerFault.CAMPAIGN_TAKEN: ("campaign", _("Another partner has this campaign. Choose another one.")),
    PartnerFault.CONTACT_UNKNOWN: ("contact", _("There is no customer of this number.")),
    PartnerFault.PRODUCT_UNKNOWN: ("by_sku", _("There is no such product:")),
    PartnerFault.PRODUCT_TAKEN: ("by_sku", _("Another partner supplies this product:")),
    PartnerFault.TOO_MANY: ("by_sku", _("Too many lines. 100 are the most.")),
}


class TermsField(forms.CharField):
    """One rate a line, "candles 15": a name and a percentage. Cleaned to name -> basis points."""

    def __init__(self, **given: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        super().__init__(required=False, max_length=TERMS_LENGTH_MAX, widget=widget, **given)

    def clean(self, value: Any) -> Any:
        found: dict[str, int] = {}
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            parts = re.split(r"[\s=:]+", line.strip().removesuffix("%").strip())
            if len(parts) != 2:
                raise forms.ValidationError(
                    _("Type a name and a percentage on each line, for example candles 15.")
                )
            found[parts[0]] = PercentField(zero_allowed=True).clean(parts[1]) or 0
        return found


class PartnerForm(forms.Form):
    """Cleaned data becomes the terms of `keep_partner`."""

    name = forms.CharField(
        label=_("Name of the partner"),
        max_length=120,
        help_text=_(
            "For example Anna's garden blog. A firm or a site: a person's data stands with the contact."
        ),
        widget=UnfoldAdminTextInputWidget(),
    )
    code = forms.RegexField(
        r"^[a-z0-9_-]+$",
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens, for example anna-blog. It stays for good."),
        widget=UnfoldAdminTextInputWidget(),
        error_messages={"invalid": _("Only small letters, digits and hyphens, for example anna-blog.")},
    )
    contact = forms.CharField(
        label=_("Contact, customer number"),
        required=False,
        max_length=64,
        help_text=_("Name and address stand in that customer's card, where erasing finds them. Empty: none."),
        widget=UnfoldAdminTextInputWidget(),
    )
    default_bp = PercentField(
        label=_("Commission, percent"),
        zero_allowed=True,
        help_text=_("Of what buyers paid for goods, less returns, for example 10."),
    )
    by_group = TermsField(
        label=_("Another commission on some goods"),
        help_text=_("A product group's code and a percentage on each line, for example candles 15."),
    )
    by_sku = TermsField(
        label=_("Goods that the partner supplies"),
        help_text=_(
            "A product's number and a percentage on each line, for example 85123A 30: the partner's share of every "
            "sale, whoever sent the buyer."
        ),
    )
    campaign = forms.ChoiceField(
        label=_("Coupon campaign of the partner"),
        required=False,
        help_text=_("Orders with one of its coupons are the partner's, without a link."),
        widget=UnfoldAdminSelectWidget(),
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        help_text=_(
            "Switched off, links lead nowhere and new orders bring nothing. What is owed stays owed."
        ),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )

    def __init__(self, *args: Any, store: Store, partner: Partner | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store, self.partner = store, partner
        campaigns = CouponCampaign.objects.filter(store=store).order_by("name").values_list("code", "name")
        field = self.fields["campaign"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("no coupons")), *campaigns[:500]]
        if partner is not None:
            del self.fields["code"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Partner.objects.filter(store=self.store, code=code).exists():
            raise forms.ValidationError(_("There is a partner of this code already."))
        return code

    def clean_by_group(self) -> dict[str, int]:
        terms: dict[str, int] = self.cleaned_data["by_group"]
        known = set(
            ProductGroup.objects.filter(store=self.store, code__in=terms).values_list("code", flat=True)
        )
        if unknown := sorted(set(terms) - known):
            raise forms.ValidationError(
                _("There is no such product group: %(names)s."), params={"names": ", ".join(unknown)}
            )
        return terms

    def terms(self) -> PartnerTerms:
        """Only after `is_valid()`."""
        return PartnerTerms(**{name: given for name, given in self.cleaned_data.items() if name != "code"})

    def refuse(self, refused: PartnerRefused) -> None:
        """Say what the verb found, at the field that is at fault."""
        field, text = SAID.get(refused.code, (None, refused.code.value))
        self.add_error(field, f"{text} {refused.subject}".strip())


def values_of(partner: Partner | None) -> dict[str, Any]:
    """What the form begins with."""
    if partner is None:
        return {"is_active": True, "default_bp": 1000}
    show = PercentField().prepare_value
    return {
        "name": partner.name,
        "contact": partner.contact.ref if partner.contact else "",
        "default_bp": partner.default_bp,
        "campaign": partner.campaign,
        "is_active": partner.is_active,
        "by_group": "\n".join(
            f"{rate.group} {show(rate.rate_bp)}" for rate in partner.rates.order_by("group")
        ),
        "by_sku": "\n".join(
            f"{terms.product.sku} {show(terms.rate_bp)}"
            for terms in partner.products.select_related("product").order_by("product__sku")
        ),
    }
