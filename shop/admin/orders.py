"""Carts, orders and refunds, as the storefront reported them: shown, never typed."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from shop.models import Cart, CartLine, Order, Refund, RefundLine
from shop.money_column import money_column
from shop.store_admin import StoreAdmin, StoreInline


class CartLineInline(StoreInline):
    model = CartLine
    fields = ("ordinal", "sku", "quantity", "unit_price")


class RefundLineInline(StoreInline):
    model = RefundLine
    fields = ("ordinal", "sku", "name", "quantity", "amount")


@admin.register(Order)
class OrderAdmin(StoreAdmin):
    page_route = "panel:order"
    is_append_only = True
    is_searched_by_support = True
    lead_text = _("Every order, newest first. The row opens lines, discounts, coupons and points.")
    empty_text = _(
        "No order yet. Import past ones from a CSV, or let your storefront report them over the API."
    )
    list_display = (
        "ref",
        "placed_at",
        "customer",
        "status",
        "source",
        money_column("discount", _("discount")),
        money_column("payable", _("to pay")),
    )
    list_filter = ("status", "source", ("placed_at", RangeDateTimeFilter), "country")
    search_fields = ("ref", "customer__ref")
    search_help_text = _("Order or customer number")
    list_select_related = ("store", "customer")
    ordering = ("-placed_at", "-id")


@admin.register(Refund)
class RefundAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _(
        "Money given back. Those without an order came from an import that could not say which one they belong to."
    )
    empty_text = _("No refund yet. They come with an import, or from your storefront.")
    list_display = ("ref", "at", "order", "customer", "source", money_column("amount", _("amount")))
    list_filter = ("source", ("order", admin.EmptyFieldListFilter), ("at", RangeDateTimeFilter))
    search_fields = ("ref", "order__ref", "customer__ref")
    search_help_text = _("Refund, order or customer number")
    list_select_related = ("store", "order", "customer")
    ordering = ("-at", "-id")
    inlines: ClassVar = [RefundLineInline]


@admin.register(Cart)
class CartAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Carts as the storefront last reported them.")
    empty_text = _("No cart yet. Your storefront reports them over the API: PUT /api/v1/carts/{ref}.")
    list_display = ("ref", "customer", "status", money_column("subtotal", _("subtotal")), "changed_at")
    list_filter = ("status", ("changed_at", RangeDateTimeFilter))
    search_fields = ("ref", "customer__ref")
    search_help_text = _("Cart or customer number")
    list_select_related = ("store", "customer")
    ordering = ("-changed_at", "-id")
    inlines: ClassVar = [CartLineInline]
