"""Money as people type it, kept in minor units."""

import re
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

AMOUNT_MAX = 10_000_000_000  # minor units
TYPED = re.compile(r"^(\d{1,10})(?:[.,](\d{1,3}))?$")


class MoneyField(forms.Field):
    """ "20", "20.00" or "20,00" become 2000 for a currency with two places; no float on the way."""

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)
        self.currency, self.places = "", 2
        if currency:
            self.set_currency(currency)

    def set_currency(self, currency: str) -> None:
        """Which currency is typed; also shown behind the label."""
        self.currency, self.places = currency, get_currency_precision(currency)
        self.label = f"{self.label} ({currency})"

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        unit = 10**self.places
        return f"{value // unit}.{value % unit:0{self.places}d}" if self.places else str(value)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        found = TYPED.match(str(value).replace(" ", "").replace("\u00a0", ""))
        digits = (found[2] or "") if found else ""
        if not found or len(digits) > self.places:
            raise ValidationError(
                _("Type an amount like 20.00, without the currency's sign."), code="invalid"
            )
        amount: int = int(found[1]) * 10**self.places + int(digits.ljust(self.places, "0") or 0)
        if amount > AMOUNT_MAX:
            raise ValidationError(_("This is more than any order can be."), code="too_large")
        return amount
