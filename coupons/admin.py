"""Campaigns, coupons and their uses in the panel."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from coupons.models import (
    Coupon,
    CouponCampaign,
    GiftLimit,
    GiftProduct,
    Handover,
    Redemption,
    Revocation,
)
from coupons.queries import chain_of
from shop.models import Product
from shop.money_column import money_column
from shop.store_admin import StoreAdmin, sees_people, store_of

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
        fields = (
            "campaign",
            "customer",
            "issued_at",
            "starts_at",
            "ends_at",
            "used",
            "held",
            "uses_max",
            "hands",
        )
        return ("code", *fields) if sees_people(request) else ("masked_code", *fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("masked_code", "hands")

    @admin.display(description=_("through whose hands"))
    def hands(self, coupon: Coupon) -> str:
        """ "17850, 24 Nov 2026 → friend 1": the whole chain, from the first giver to whoever has it now."""
        chain = chain_of(coupon)
        if not chain:
            return "–"
        givers = [
            _("%(who)s on %(day)s")
            % {
                "who": hand.giver.ref if hand.giver else _("friend %(number)d") % {"number": hand.level - 1},
                "day": date_format(timezone.localtime(hand.at), "DATE_FORMAT"),
            }
            for hand in chain
        ]
        return " → ".join([*givers, str(_("friend %(number)d") % {"number": chain[-1].level})])

    @admin.display(description=_("code"))
    def masked_code(self, coupon: Coupon) -> str:
        return DOTS


@admin.register(GiftProduct)
class GiftProductAdmin(StoreAdmin):
    lead_text = _(
        "What a product of the kind “gift balance” becomes when its order is paid. Without terms it is worth its price "
        "for a year."
    )
    empty_text = _(
        "No terms yet. Give a product the kind “gift balance” first, then say here what it is worth."
    )
    add_label = _("Set the terms of a product")
    list_display = ("product", money_column("face_value", _("worth")), "valid_days")
    list_filter = ("valid_days",)
    search_fields = ("product__sku", "product__name")
    search_help_text = _("Sku or name")
    list_select_related = ("store", "product")
    money_fields = ("face_value",)
    ordering = ("-id",)
    fields = ("product", "face_value", "valid_days")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "product":
            kwargs["queryset"] = Product.objects.filter(
                store=store_of(request), kind=Product.Kind.GIFT_BALANCE
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(GiftLimit)
class GiftLimitAdmin(StoreAdmin):
    lead_text = _("How much people of each role may issue by hand in one gift balance. Owners may issue any.")
    empty_text = _("No limit yet: only owners issue gift balances by hand. Let a role issue some.")
    add_label = _("Let a role issue some")
    list_display = ("role", money_column("amount_max", _("at most")))
    list_filter = ("role",)
    list_select_related = ("store",)
    money_fields = ("amount_max",)
    ordering = ("role",)
    fields = ("role", "amount_max")


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


@admin.register(Revocation)
class RevocationAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Coupons that were taken back before their time, and why.")
    empty_text = _("No coupon has been taken back.")
    list_display = ("at", "reason", "by")
    list_filter = ("reason", ("at", RangeDateTimeFilter))
    list_select_related = ("by",)
    ordering = ("-id",)
    fields = ("reason", "by", "at")


@admin.register(Handover)
class HandoverAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _(
        "Gift coupons that went from one person to the next. The old code is void, the new one a friend's."
    )
    empty_text = _("No gift has been handed on yet. Your storefront asks for the link that a customer sends.")
    list_display = ("at", "campaign", "giver", "level")
    list_filter = (("at", RangeDateTimeFilter),)
    search_fields = ("giver__ref",)
    search_help_text = _("Customer number of the giver")
    list_select_related = ("giver", "source__campaign")
    ordering = ("-id",)
    fields = ("giver", "level", "at")

    @admin.display(description=_("campaign"))
    def campaign(self, handover: Handover) -> str:
        return handover.source.campaign.name
