"""Campaigns, coupons and their uses in the panel."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from coupons.models import Coupon, CouponCampaign, Redemption
from shop.money_column import money_column
from shop.store_admin import StoreAdmin, sees_people

DOTS = "•••"


@admin.register(CouponCampaign)
class CouponCampaignAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("The batches that coupons are issued from. What a campaign brought stands under Campaigns.")
    empty_text = _("No campaign yet. A playbook under Bring customers back makes one.")
    list_display = ("name", "code", "kind", "offer", "valid_days", "created_at")
    list_filter = ("kind",)
    search_fields = ("name", "code")
    search_help_text = _("Name or code")
    list_select_related = ("offer",)
    ordering = ("-id",)


@admin.register(Coupon)
class CouponAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Every code that was issued, to whom, and whether it was used.")
    empty_text = _("No coupon yet. Campaigns issue them, one for each customer they write to.")
    list_display = ("code", "campaign", "customer", "issued_at", "ends_at", "used", "uses_max")
    list_filter = ("campaign", ("ends_at", RangeDateTimeFilter))
    search_fields = ("code", "customer__ref")
    search_help_text = _("Code or customer number")
    list_select_related = ("campaign", "customer")
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Coupon | None = None) -> tuple[str, ...]:
        """A code is money: who may not see people may not see it either."""
        fields = ("campaign", "customer", "issued_at", "starts_at", "ends_at", "used", "held", "uses_max")
        return ("code", *fields) if sees_people(request) else ("masked_code", *fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("masked_code",)

    @admin.display(description=_("code"))
    def masked_code(self, coupon: Coupon) -> str:
        return DOTS


@admin.register(Redemption)
class RedemptionAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Every use of a coupon by an order.")
    empty_text = _("No coupon has been used yet.")
    list_display = ("at", "campaign", "order", "customer", money_column("amount", _("discount")))
    list_filter = ("campaign", ("at", RangeDateTimeFilter))
    search_fields = ("order__ref", "customer__ref")
    search_help_text = _("Order or customer number")
    list_select_related = ("store", "campaign", "order", "customer")
    ordering = ("-id",)
    fields = ("campaign", "order", "customer", "amount", "at")
