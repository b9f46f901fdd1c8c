"""A list column that shows an amount in the store's currency."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.translation import get_language

from shop.models import Store
from shop.show_money import show_money


def money_column(
    field: str, title: Any, *, store: Callable[[Any], Store] = lambda row: row.store
) -> Callable[[Any], str]:
    """For `list_display` and `readonly_fields`. Load the store with the rows (`list_select_related`)."""

    @admin.display(description=title, ordering=field)
    def column(row: Any) -> str:
        amount: int | None = getattr(row, field)
        if amount is None:
            return "–"
        return show_money(amount, store(row).currency, language=get_language() or "en")

    return column
