"""Offers and points in the panel. Points are shown, never typed: only the ledger moves them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from loyalty.models import (
    Account,
    CatalogueItem,
    EarningRule,
    Lot,
    Offer,
    OfferVersion,
    PointsLimits,
    Transfer,
)
from loyalty.say_rule import say_rule
from shop.clock import local_date, start_of_day
from shop.money_column import money_column
from shop.store_admin import StoreAdmin, StoreInline, store_of

PER_AMOUNT = money_column("per_amount", _("for every"))


class OfferVersionInline(StoreInline):
    model = OfferVersion
    verbose_name_plural = _("terms, newest last")
    fields = ("number", "sentence", "in_force_at", "created_by")
    readonly_fields = ("sentence",)
    ordering = ("number",)

    @admin.display(description=_("rule"))
    def sentence(self, version: OfferVersion) -> str:
        return say_rule(version.document, version.offer.store, language=get_language() or "en")


@admin.register(Offer)
class OfferAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("What may be given and on which terms. Orders keep the terms they were priced with.")
    empty_text = _("No offer yet. Build one under Programme, Offers; playbooks make those that they need.")
    list_display = ("name", "code", "status", "rule", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "code")
    search_help_text = _("Name or code")
    list_select_related = ("store",)
    ordering = ("-id",)
    fields = ("name", "code", "status", "rule", "taken", "created_at")
    readonly_fields = ("rule", "taken")
    inlines: ClassVar = [OfferVersionInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("versions")

    def page_of(self, obj: Any) -> str:
        return reverse("panel:offer", args=[obj.code])

    @admin.display(description=_("rule"))
    def rule(self, offer: Offer) -> str:
        newest = max(offer.versions.all(), key=lambda version: version.number, default=None)
        return say_rule(newest.document, offer.store, language=get_language() or "en") if newest else "–"

    @admin.display(description=_("used of its limit"))
    def taken(self, offer: Offer) -> str:
        """ "12 of 50; 3 more are held by carts that are being paid"."""
        sums = offer.uses.aggregate(used=Sum("used"), held=Sum("held"), limit=Sum("uses_max"))
        if sums["limit"] is None:
            return "–"
        said = _("%(used)d of %(limit)d") % sums
        if not sums["held"]:
            return str(said)
        more = ngettext(
            "%(said)s; %(held)d more is held by a cart that is being paid",
            "%(said)s; %(held)d more are held by carts that are being paid",
            sums["held"],
        )
        return more % {"said": said, "held": sums["held"]}


@admin.register(EarningRule)
class EarningRuleAdmin(StoreAdmin):
    lead_text = _(
        "Points for money paid for goods. An order earns by the rule in force when it was placed; past orders too."
    )
    empty_text = _(
        "No rule yet, so nobody earns points. Begin simply: 1 point for every whole pound or euro, living a year."
    )
    add_label = _("Set up an earning rule")
    list_display = (
        "name",
        "points",
        PER_AMOUNT,
        "life_days",
        "starts_at",
        "ends_at",
    )
    list_filter = (("ends_at", admin.EmptyFieldListFilter),)
    search_fields = ("name",)
    list_select_related = ("store",)
    ordering = ("-starts_at", "-id")
    money_fields = ("per_amount",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        store = store_of(request)
        today = start_of_day(store, local_date(store, timezone.now())) if store else None
        return {"points": 1, "per_amount": 100, "starts_at": today}

    def get_fields(self, request: HttpRequest, obj: EarningRule | None = None) -> tuple[Any, ...]:
        amount = PER_AMOUNT if self._is_promised(request, obj) else "per_amount"
        return ("name", "points", amount, "life_days", "starts_at", "ends_at")

    def get_readonly_fields(self, request: HttpRequest, obj: EarningRule | None = None) -> tuple[Any, ...]:
        """What was promised stays: a rule that points were earned by can only be given an end."""
        return ("points", PER_AMOUNT, "life_days", "starts_at") if self._is_promised(request, obj) else ()

    def _is_promised(self, request: HttpRequest, obj: EarningRule | None) -> bool:
        may_change = self.has_change_permission(request, obj)
        return obj is not None and (not may_change or obj.transfers.exists() or obj.earnings.exists())


@admin.register(Account)
class AccountAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Whose points. A customer's balance is the sum of its movements and never below zero.")
    empty_text = _("No account yet. A member's is opened with the first points earned.")
    list_display = ("customer", "kind", "balance", "held")
    list_filter = ("kind",)
    search_fields = ("customer__ref",)
    search_help_text = _("Customer number")
    list_select_related = ("customer",)
    list_display_links = ("customer", "kind")
    ordering = ("-balance", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Gift balances have a list of their own."""
        return super().get_queryset(request).filter(asset=Account.Asset.POINTS)


@admin.register(Transfer)
class TransferAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _(
        "Every movement of points between two accounts. Nothing is ever changed; a correction is another movement."
    )
    empty_text = _("No movement yet. Set up an earning rule: past orders of members earn at once.")
    list_display = ("effective_at", "kind", "source", "target", "amount", "order", "key")
    list_filter = ("kind", ("effective_at", RangeDateTimeFilter))
    search_fields = ("=key", "order__ref", "=target__customer__ref")
    search_help_text = _("Key, order or customer number")
    list_select_related = ("source__customer", "target__customer", "order")
    ordering = ("-id",)
    exclude = ("input_hash",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What gift balances paid stands on their own pages."""
        return super().get_queryset(request).filter(asset=Account.Asset.POINTS)


@admin.register(Lot)
class LotAdmin(StoreAdmin):
    store_path = "account__store"
    is_append_only = True
    lead_text = _("Points as they were earned, each portion with its own end. Spent earliest end first.")
    empty_text = _("No portion yet. Each order of a member makes one.")
    list_display = ("account", "amount", "left", "held", "active_at", "ends_at")
    list_filter = (("active_at", RangeDateTimeFilter), ("ends_at", RangeDateTimeFilter))
    search_fields = ("=account__customer__ref",)
    search_help_text = _("Customer number")
    list_select_related = ("account__customer",)
    ordering = ("-id",)


@admin.register(PointsLimits)
class PointsLimitsAdmin(StoreAdmin):
    lead_text = _(
        "How many points colleagues correct by hand alone, and whether customers give points to each other."
    )
    empty_text = _(
        "The usual limits hold: support corrects 1,000 points a day, and customers keep their points."
    )
    add_label = _("Set other limits")
    list_display = ("store", "support_day_max", "may_move")
    list_select_related = ("store",)
    fieldsets: ClassVar = (
        (_("Corrections by hand"), {"fields": ("support_day_max", "admin_day_max")}),
        (_("From customer to customer"), {"fields": ("may_move", "move_max", "move_month_max")}),
    )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One per store: a second one is the first one, to be changed."""
        there = self.get_queryset(request).first()
        if there is not None:
            return HttpResponseRedirect(self.page_of(there))
        response: HttpResponse = super().add_view(request, form_url, extra_context)
        return response


@admin.register(CatalogueItem)
class CatalogueItemAdmin(StoreAdmin):
    lead_text = _(
        "What points buy beside paying in the cart. Your storefront shows it and takes it by the API."
    )
    empty_text = _(
        "No reward yet. Begin with a coupon: choose its campaign and say how many points it costs."
    )
    add_label = _("Add a reward")
    list_display = ("name", "code", "kind", "points", "taken", "stock_max", "starts_at", "ends_at")
    list_filter = ("kind",)
    search_fields = ("name", "code")
    ordering = ("points", "id")
    fields = (
        "name",
        "code",
        "kind",
        "campaign",
        "item",
        "points",
        "tier",
        "stock_max",
        "per_customer",
        "starts_at",
        "ends_at",
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"points": 500, "starts_at": timezone.now()}

    def get_readonly_fields(self, request: HttpRequest, obj: CatalogueItem | None = None) -> tuple[Any, ...]:
        """What customers have taken stays what it was; a new price or end is for those who come."""
        return ("code", "kind", "campaign", "item") if obj is not None and obj.takes.exists() else ()
