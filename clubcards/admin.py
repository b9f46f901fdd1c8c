"""Plans and club cards: lists to look through. Pages of the panel set plans up, give cards and end them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from clubcards.models import CardPlan, Membership
from clubcards.numbers import show_number
from shop.money_column import money_column
from shop.store_admin import StoreAdmin


@admin.register(CardPlan)
class CardPlanAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("What each card gives. The page Club cards sets plans up and changes them.")
    empty_text = _("No plan yet. The page Club cards has VIP and Premium ready: one click sets them up.")
    list_display = (
        "name",
        "code",
        "kind",
        "discount_bp",
        "group",
        "line_limit_bp",
        money_column("free_delivery_from", _("free delivery from")),
        "is_active",
    )
    list_filter = ("kind", "is_active")
    search_fields = ("name", "code")
    search_help_text = _("Name or code")
    list_select_related = ("store",)
    ordering = ("id",)
    fields = (
        "name",
        "code",
        "kind",
        "discount_bp",
        "group",
        "line_limit_bp",
        "free_delivery_from",
        "is_active",
        "created_at",
    )


@admin.register(Membership)
class MembershipAdmin(StoreAdmin):
    is_append_only = True
    is_searched_by_support = True
    lead_text = _("Who holds which card, and who held one. Give and end cards on the customer's own page.")
    empty_text = _("Nobody holds a card yet. Open a customer and choose Give a card.")
    list_display = ("spaced_number", "plan", "customer", "starts_at", "ends_at", "given_by")
    list_filter = ("plan", ("ends_at", admin.EmptyFieldListFilter), ("starts_at", RangeDateTimeFilter))
    search_fields = ("=number", "customer__ref")
    search_help_text = _("Card number (twelve digits) or customer number")
    list_select_related = ("plan", "customer", "given_by")
    ordering = ("-id",)
    fields = ("number", "plan", "customer", "starts_at", "ends_at", "given_by", "created_at")

    @admin.display(description=_("card number"), ordering="number")
    def spaced_number(self, card: Membership) -> str:
        return show_number(card.number)
