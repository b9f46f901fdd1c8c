"""A percentage as people type it, kept in basis points."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

WHOLE_BP = 10_000
TYPED = re.compile(r"^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$")


class PercentField(forms.Field):
    """ "12.5" becomes 1250; at most 100, two decimals at most, above 0 unless that is allowed; no float on the way."""

    def __init__(self, *, zero_allowed: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)
        self.zero_allowed = zero_allowed

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return f"{value // 100}.{value % 100:02d}".rstrip("0").rstrip(".")

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        found = TYPED.match(str(value).strip())
        rate_bp = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
        if not (0 if self.zero_allowed else 1) <= rate_bp <= WHOLE_BP:
            raise ValidationError(
                _("Type a percentage above 0 and up to 100, for example 10."), code="invalid"
            )
        return rate_bp
