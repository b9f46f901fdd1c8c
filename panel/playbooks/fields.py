"""Fields that several playbooks ask for, each with its help."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from shop.models import Store
from shop.money_field import MoneyField

if TYPE_CHECKING:  # only the stubs know its name
    from django.utils.functional import _StrPromise


def whole_number(
    label: "str | _StrPromise",
    help_text: "str | _StrPromise",
    *,
    least: int,
    most: int,
    required: bool = True,
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "inputmode": "numeric"}),
    )


def subject(
    label: "str | _StrPromise", help_text: "str | _StrPromise", *, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=78,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget(),
    )


def body(
    label: "str | _StrPromise", help_text: "str | _StrPromise", *, rows: int = 7, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4000,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}),
    )


def name_of_campaign(help_text: "str | _StrPromise") -> forms.CharField:
    return forms.CharField(
        label=_("Name of the campaign"),
        max_length=120,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget(),
    )


class PlaybookForm(forms.Form):
    """Asked in one store, whose currency its amounts are in. Each playbook's form says what its answers make."""

    # Of the playbook's own kind; asked only after `is_valid()`.
    plan: Callable[[], Any]

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.set_currency(store.currency)
