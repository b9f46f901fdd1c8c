"""Triggers, messages and what became of them, in the panel."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from loyalty.models import Segment
from shop.store_admin import StoreAdmin, StoreInline, is_allowed, role_of, store_of
from triggers import placeholders
from triggers.models import Delivery, Message, Step, Suppression, Trigger
from triggers.occasions.gift_balance_expiring import GiftBalanceExpiring
from triggers.occasions.gift_balance_issued import GiftBalanceIssued
from triggers.occasions.points_expiring import PointsExpiring
from triggers.occasions.referral_rewarded import ReferralRewarded
from triggers.occasions.reward_near import RewardNear
from triggers.occasions.stamp_card_full import StampCardFull
from triggers.occasions.tier_changed import TierChanged

# What the words of a step may hold, where the occasion tells of something of its own.
ALLOWED = {
    PointsExpiring.code: placeholders.NAMES_OF_POINTS,
    ReferralRewarded.code: placeholders.NAMES_OF_EARNED,
    TierChanged.code: placeholders.NAMES_OF_TIERS,
    RewardNear.code: placeholders.NAMES_OF_TIERS,
    StampCardFull.code: placeholders.NAMES_OF_CARDS,
    GiftBalanceIssued.code: placeholders.NAMES_OF_GIFTS,
    GiftBalanceExpiring.code: placeholders.NAMES_OF_GIFTS,
}


class StepForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    class Meta:
        model = Step
        fields = ("subject", "body", "delay_seconds")

    def clean_subject(self) -> str:
        text = str(self.cleaned_data["subject"])
        placeholders.check(text, allowed=self._allowed(), one_line=True)
        return text

    def clean_body(self) -> str:
        text = str(self.cleaned_data["body"])
        placeholders.check(text, allowed=self._allowed())
        return text

    def _allowed(self) -> tuple[str, ...]:
        return ALLOWED.get(self.instance.trigger.occasion, placeholders.NAMES)


class StepInline(StoreInline):
    """The words may be changed while the trigger runs: the next mail carries them."""

    model = Step
    form = StepForm
    fields = ("ordinal", "channel", "delay_seconds", "subject", "body")
    readonly_fields = ("ordinal", "channel")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_allowed(role_of(request), "admin:triggers_trigger_change", writing=True)


class DeliveryInline(StoreInline):
    model = Delivery
    fields = ("at", "outcome", "detail")


@admin.register(Trigger)
class TriggerAdmin(StoreAdmin):
    lead_text = _(
        "When to write to whom. Pause and resume a campaign on its own page; here you can change its words."
    )
    empty_text = _("No trigger yet. A playbook under Bring customers back makes one.")
    list_display = ("name", "occasion", "purpose", "status", "campaign", "created_at")
    list_filter = ("status", "occasion", "purpose")
    search_fields = ("name", "code")
    search_help_text = _("Name or code")
    list_select_related = ("campaign",)
    ordering = ("-id",)
    fields = ("name", "code", "occasion", "params", "purpose", "segments", "campaign", "status", "created_at")
    readonly_fields = ("code", "occasion", "params", "purpose", "campaign", "status", "created_at")
    inlines: ClassVar = [StepInline]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "segments":
            return _choose_segments(db_field, request)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Trigger | None = None) -> tuple[str, ...]:
        """One that gives no coupon has no campaign's page to pause it on."""
        is_paused_here = obj is not None and obj.campaign_id is None
        return tuple(name for name in self.readonly_fields if not (is_paused_here and name == "status"))


def _choose_segments(db_field: Any, request: HttpRequest) -> forms.TypedMultipleChoiceField:
    """Those of the store that are not archived."""
    rows = Segment.objects.filter(store=store_of(request), archived_at=None).order_by("name")
    return forms.TypedMultipleChoiceField(
        label=capfirst(db_field.verbose_name),
        help_text=db_field.help_text,
        choices=list(rows.values_list("code", "name")),
        coerce=str,
        empty_value=[],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )


@admin.register(Message)
class MessageAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("One row for each thing to say to one customer. Each ends decided, with the reason.")
    empty_text = _("Nothing to say yet. Start a campaign: its messages appear here as it finds customers.")
    list_display = ("customer", "trigger", "status", "reason", "due_at", "decided_at")
    list_filter = ("status", "reason", "trigger", ("decided_at", RangeDateTimeFilter))
    search_fields = ("=customer__ref", "=message_id", "=occasion_key")
    search_help_text = _("Customer number, Message-ID or occasion")
    list_select_related = ("customer", "trigger")
    ordering = ("-id",)
    exclude = ("coupon",)
    inlines: ClassVar = [DeliveryInline]


@admin.register(Delivery)
class DeliveryAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Every attempt to say a message, and what the other side answered.")
    empty_text = _("No attempt yet.")
    list_display = ("at", "message", "outcome", "detail")
    list_filter = (("at", RangeDateTimeFilter),)
    search_fields = ("outcome", "detail")
    search_help_text = _("Outcome or answer")
    list_select_related = ("message__trigger",)
    ordering = ("-at", "-id")


@admin.register(Suppression)
class SuppressionAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("Addresses that must not be written to, kept as a hash only; erasure does not undo them.")
    empty_text = _("Nobody has unsubscribed yet.")
    list_display = ("at", "channel", "reason")
    list_filter = ("channel", "reason", ("at", RangeDateTimeFilter))
    search_fields = ("reason",)
    ordering = ("-id",)
    exclude = ("address_hash",)
