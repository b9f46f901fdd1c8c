"""What the shop sells."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop.models import Product, ProductGroup
from shop.money_column import money_column
from shop.store_admin import StoreAdmin


@admin.register(Product)
class ProductAdmin(StoreAdmin):
    lead_text = _(
        "What your storefront sells. Prices include tax; where a cost is known, reports can say what an offer earned."
    )
    empty_text = _(
        "Products come with an import of orders, or from your storefront over the API. You may also add one by hand."
    )
    add_label = _("Add a product")
    list_display = (
        "sku",
        "name",
        "category",
        "kind",
        money_column("price", _("price")),
        "stock",
        "is_active",
    )
    list_filter = ("kind", "is_active", "is_never_discounted")
    search_fields = ("sku", "name", "category")
    search_help_text = _("Sku, name or category")
    list_select_related = ("store",)
    ordering = ("sku",)
    money_fields = ("price", "cost", "lowest_price")
    percent_fields = ("tax_bp",)
    fieldsets: ClassVar = (
        (None, {"fields": ("sku", "name", "kind", "category", "is_active")}),
        (_("Money"), {"fields": ("price", "cost", "tax_bp", "lowest_price", "is_never_discounted")}),
        (_("Stock"), {"fields": ("stock", "stocked_on", "is_preorder")}),
        (_("In the shop"), {"fields": ("url", "image_url")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> tuple[str, ...]:
        return ("sku",) if obj else ()


@admin.register(ProductGroup)
class ProductGroupAdmin(StoreAdmin):
    lead_text = _(
        "Named sets of products for offers: those listed, those of a category, or those in a price band."
    )
    empty_text = _(
        "A group lets an offer speak of some goods only, for example of Candles. Name one, and list skus or categories."
    )
    add_label = _("Add a group")
    list_display = (
        "name",
        "code",
        "contents",
        money_column("price_min", _("price from")),
        money_column("price_max", _("price up to")),
    )
    search_fields = ("name", "code")
    search_help_text = _("Name or code")
    list_select_related = ("store",)
    ordering = ("name",)
    fields = ("name", "code", "skus", "categories", "price_min", "price_max")
    money_fields = ("price_min", "price_max")

    @admin.display(description=_("products"))
    def contents(self, group: ProductGroup) -> str:
        return ", ".join([*group.categories, *group.skus][:6]) or "–"
