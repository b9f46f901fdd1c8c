"""What the API remembers of requests, for whoever wonders why a repeat answered as it did."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from shop.store_admin import StoreAdmin
from storefront.models import IdempotentRequest


@admin.register(IdempotentRequest)
class IdempotentRequestAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _(
        "Writes that carried an Idempotency-Key, and how they were answered. A repeat gets the same answer."
    )
    empty_text = _("No write with an Idempotency-Key yet.")
    list_display = ("created_at", "route", "key", "status", "object_ref")
    list_filter = ("status", "route")
    search_fields = ("=key", "object_ref")
    search_help_text = _("Key or object")
    ordering = ("-id",)
    exclude = ("body_hash",)
