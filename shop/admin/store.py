"""The store's own settings, and the widget's."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from shop.models import Order, Role, StaffRole, Store, WidgetSettings
from shop.store_admin import StoreAdmin, store_of
from shop.times_field import TimesField


@admin.register(Store)
class StoreSettingsAdmin(StoreAdmin):
    store_path = "pk"
    lead_text = _("How your shop works here: money, days, mails, and the two switches that stop everything.")
    empty_text = _("Make a store: its name, currency and time zone. Everything else belongs to it.")
    list_display = (
        "name",
        "code",
        "currency",
        "time_zone",
        "language",
        "is_sending_paused",
        "is_redemption_paused",
    )
    search_fields = ("name", "code")
    money_fields = ("points_value",)
    percent_fields = ("margin_floor_bp", "line_cap_bp", "points_share_bp", "discount_share_max_bp")
    fieldsets: ClassVar = (
        (None, {"fields": ("name", "code", "domain", "currency", "time_zone", "language")}),
        (_("Mails"), {"fields": ("mail_from", "postal_address", "is_sending_paused")}),
        (
            _("Not too often, not at night"),
            {"fields": (("quiet_from", "quiet_until"), ("mails_max", "mails_max_days"))},
        ),
        (_("Programme"), {"fields": ("return_window_days", "silent_after_days", "is_redemption_paused")}),
        (_("Returns"), {"fields": ("return_policy",)}),
        (_("Paying with points"), {"fields": ("points_value", "points_share_bp", "points_step")}),
        (
            _("How offers count"),
            {
                "fields": (
                    "rounding",
                    "leftover",
                    "reuses_units",
                    "exclusive_first",
                    "cancel_returns_use",
                    "multiplier_cap_bp",
                )
            },
        ),
        (_("Days of your customers"), {"fields": ("paydays", "country")}),
        (
            _("Discipline"),
            {"fields": ("margin_floor_bp", "line_cap_bp", "discount_share_max_bp", "lowest_price_shown")},
        ),
        (_("Trying out"), {"fields": ("is_sandbox",)}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        store = store_of(request)
        rows = Store.objects.all()
        return rows.filter(pk=store.pk) if store else rows.none()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "multiplier_cap_bp":
            label = capfirst(db_field.verbose_name)
            return TimesField(label=label, help_text=db_field.help_text, required=False)
        if db_field.name == "paydays":
            kwargs["widget"] = UnfoldAdminTextInputWidget()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new store is a new shop on this installation: for whoever runs it."""
        return bool(getattr(request.user, "is_superuser", False)) and super().has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Store | None = None) -> tuple[str, ...]:
        """Amounts are in the currency's unit, so it stays once there is an order; the code stands in addresses."""
        if obj is None:
            return ()
        has_orders = Order.objects.filter(store=obj).exists()
        return ("code", "currency") if has_orders else ("code",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            assert request.user.pk is not None, "the guard lets nobody here without a log-in"
            StaffRole.objects.get_or_create(store=obj, user_id=request.user.pk, defaults={"role": Role.OWNER})


@admin.register(WidgetSettings)
class WidgetSettingsAdmin(StoreAdmin):
    lead_text = _("Where your shop's pages may show the widget, and in which colour.")
    empty_text = _("The widget is not set up. Name the pages it may run on and choose your shop's colour.")
    add_label = _("Set the widget up")
    list_display = ("store", "is_enabled", "accent_colour")
    list_select_related = ("store",)
    fields = ("is_enabled", "allowed_origins", "accent_colour")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One per store: a second one is the first one, to be changed."""
        there = self.get_queryset(request).first()
        if there is not None:
            return HttpResponseRedirect(self.page_of(there))
        response: HttpResponse = super().add_view(request, form_url, extra_context)
        return response
