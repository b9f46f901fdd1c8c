"""Long work, and signs of life of the workers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from shop.models import Heartbeat, Job
from shop.store_admin import StoreAdmin


@admin.register(Job)
class JobAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Long work with its progress. A failed job says what to do about it.")
    empty_text = _("No long work yet. An import of orders would be the first.")
    list_display = (
        "title",
        "status",
        "stage",
        "done_count",
        "total_count",
        "created_by",
        "created_at",
        "error",
    )
    list_filter = ("status", "kind")
    search_fields = ("title", "error")
    search_help_text = _("Title or error")
    list_select_related = ("created_by",)
    ordering = ("-id",)


@admin.register(Heartbeat)
class HeartbeatAdmin(StoreAdmin):
    store_path = None  # of the machinery, which works for all stores
    is_append_only = True
    lead_text = _(
        "When each part was last seen doing real work. “tick” should never be older than two minutes."
    )
    empty_text = _("No part has been seen yet. Start worker and beat.")
    list_display = ("name", "at")
    search_fields = ("name",)
