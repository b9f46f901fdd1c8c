"""A multiplier as people type it ("2.5" times), kept in basis points."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

WHOLE_BP = 10_000
TYPED = re.compile(r"^(\d{1,3})(?:[.,](\d{1,2}))?\s*[x×]?$")


class TimesField(forms.Field):
    """ "2.5" becomes 25000; from 1 to 100 times, two decimals at most; no float on the way."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return f"{value // WHOLE_BP}.{value % WHOLE_BP // 100:02d}".rstrip("0").rstrip(".")

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        found = TYPED.match(str(value).strip())
        times_bp = int(found[1]) * WHOLE_BP + int((found[2] or "").ljust(2, "0")) * 100 if found else -1
        if not WHOLE_BP <= times_bp <= 100 * WHOLE_BP:
            raise ValidationError(_("Type how many times, 1 or more, for example 3."), code="invalid")
        return times_bp
