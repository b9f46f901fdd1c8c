"""What happened, and which facts wait for somebody to act on them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from shop.models import Activity, Outbox
from shop.store_admin import StoreAdmin


@admin.register(Activity)
class ActivityAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Everything that happened, newest first. Nothing here is ever changed.")
    empty_text = _("Nothing has happened yet. Import orders, or let your storefront report what visitors do.")
    list_display = ("at", "kind", "customer", "subject")
    list_filter = (("at", RangeDateTimeFilter),)
    search_fields = ("=kind", "=customer__ref", "=subject")
    search_help_text = _("Exactly: kind (order.placed), customer number, or subject (order:536365)")
    list_select_related = ("customer",)
    list_display_links = ("kind",)
    ordering = ("-at", "-id")


@admin.register(Outbox)
class OutboxAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _(
        "Facts that somebody has yet to act on. A healthy shop's list is short; a row with an error says why it waits."
    )
    empty_text = _("Nothing waits: all facts have been acted on.")
    list_display = ("consumer", "kind", "subject_id", "at", "attempts", "due_at", "error")
    list_filter = ("consumer", "kind")
    search_fields = ("consumer", "kind", "error")
    search_help_text = _("Consumer, kind or error")
    ordering = ("due_at", "id")
