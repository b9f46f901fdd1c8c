"""What a month is to bring, as people type it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.models import SalesPlan
from shop.models import Store
from shop.money_field import MoneyField


class PlanForm(forms.Form):
    """Cleaned data becomes the amounts of a `SalesPlan`."""

    revenue = MoneyField(
        label=gettext_lazy("Revenue"),
        help_text=gettext_lazy(
            "What customers are to pay in the month, returns taken off, for example 40000.00."
        ),
    )
    margin = MoneyField(
        label=gettext_lazy("Margin"),
        required=False,
        help_text=gettext_lazy(
            "What is to be left of it without tax and the cost of the goods, for example 15000.00. "
            "Empty: no margin is planned."
        ),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            assert isinstance(field, MoneyField)
            field.set_currency(store.currency)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        revenue, margin = cleaned.get("revenue"), cleaned.get("margin")
        if revenue == 0:
            self.add_error("revenue", ValidationError(_("Give an amount above nothing.")))
        if margin == 0:
            self.add_error("margin", ValidationError(_("Leave it empty where no margin is planned.")))
        if revenue and margin and margin > revenue:
            self.add_error("margin", ValidationError(_("The margin is a part of the revenue.")))
        return cleaned


def values_of(plan: SalesPlan | None) -> dict[str, int | None]:
    """What the form begins with."""
    return {} if plan is None else {"revenue": plan.revenue, "margin": plan.margin}
