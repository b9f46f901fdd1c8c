"""Named groups of customers by rule: the rule, who is in it, whom a fixed list names, and how the size went."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """A group of customers by rule. Offers and triggers name it by its code, which stays for good.

    `document` is the rule as `loyalty.segments.document` reads it; what it was before stands in the activity
    "segment.changed". `size` is how many are in now; all were looked at `recomputed_at`, which is empty until the first
    time, and will be again `due_at`.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(
        _("code"), max_length=40, help_text=_("Offers and the API name the segment by it, for example lost.")
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("For colleagues, for example Lost."))
    document = models.JSONField(_("rule"))
    size = models.PositiveIntegerField(_("customers"), default=0)
    changed_at = models.DateTimeField(_("rule changed"))
    recomputed_at = models.DateTimeField(_("as of"), null=True, blank=True)
    due_at = models.DateTimeField(_("looked at again"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_segment_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_segment_store_id"),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True, due_at__isnull=False)
                | Q(archived_at__isnull=False, due_at__isnull=True, size=0),
                name="loyalty_segment_archived_is_empty",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="loyalty_segment_due"),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMember(models.Model):
    """A customer who is in a segment now. Entering and leaving are written down as activity."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, related_name="members", verbose_name=_("segment")
    )
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="segments", verbose_name=_("customer")
    )
    since_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("member of a segment")
        verbose_name_plural = _("members of segments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "customer"], name="loyalty_segmentmember_once"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} · {self.customer_id}"


class SegmentListed(models.Model):
    """A customer whom a segment's fixed list names."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, related_name="listed", verbose_name=_("segment")
    )
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="listed_in", verbose_name=_("customer")
    )

    class Meta:
        verbose_name = _("customer on a list")
        verbose_name_plural = _("customers on lists")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "customer"], name="loyalty_segmentlisted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} · {self.customer_id}"


class SegmentDay(models.Model):
    """One local day of a segment: its last size, and how many entered and left on it. Kept for 400 days."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, related_name="days", verbose_name=_("segment")
    )
    day = models.DateField(_("day"))
    size = models.PositiveIntegerField(_("customers"))
    entered = models.PositiveIntegerField(_("entered"), default=0)
    left = models.PositiveIntegerField(_("left"), default=0)

    class Meta:
        verbose_name = _("day of a segment")
        verbose_name_plural = _("days of segments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "day"], name="loyalty_segmentday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.size}"


class LifeCycleLimits(models.Model):
    """From how many days on a store calls its buyers slowing, passive, lost. A store without a row has the defaults."""

    store = models.OneToOneField(
        "shop.Store", on_delete=models.PROTECT, related_name="life_cycle_limits", verbose_name=_("store")
    )
    active_days = models.PositiveSmallIntegerField(
        _("active: buys every so many days or oftener"),
        default=30,
        help_text=_("And the last order is no longer ago than that, for example 30."),
    )
    passive_days = models.PositiveSmallIntegerField(
        _("passive: more days than this between orders, or since the last one"),
        default=60,
        help_text=_("For example 60. Between active and passive a buyer is slowing."),
    )
    lost_days = models.PositiveSmallIntegerField(
        _("lost: no order for so many days"), default=365, help_text=_("For example 365.")
    )

    class Meta:
        verbose_name = _("limits of the life cycle")
        verbose_name_plural = _("limits of the life cycle")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    active_days__gte=1,
                    passive_days__gte=F("active_days"),
                    lost_days__gt=F("passive_days"),
                    lost_days__lte=3660,
                ),
                name="loyalty_lifecyclelimits_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.active_days} · {self.passive_days} · {self.lost_days}"
