"""What is to be said to whom, each attempt to say it, and who must not be written to.

Neither address nor body is kept here.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from triggers.models.trigger import Purpose, Step, Trigger


class Message(models.Model):
    """One thing to say to one customer about one occasion: once per occasion, step and channel, for ever."""

    class Status(models.TextChoices):
        DUE = "due", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        SUPPRESSED = "suppressed", _("held back")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("too late")
        UNKNOWN = "unknown", _("unknown")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    trigger = models.ForeignKey(
        Trigger, on_delete=models.PROTECT, related_name="messages", verbose_name=_("trigger")
    )
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="messages", verbose_name=_("step"))
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="messages", verbose_name=_("customer")
    )
    channel = models.CharField(_("way"), max_length=16)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    occasion_key = models.CharField(
        _("occasion"), max_length=80, help_text=_("For example silent:2026-09-01.")
    )
    coupon = models.ForeignKey(
        "coupons.Coupon",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("coupon"),
    )
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.DUE)
    reason = models.CharField(_("why"), max_length=40, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=160, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    occurred_at = models.DateTimeField(_("occasion at"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("too late from"))
    claimed_at = models.DateTimeField(_("being sent since"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["step", "customer", "channel", "occasion_key"],
                name="triggers_message_once_per_occasion",
            ),
            models.UniqueConstraint(fields=["store", "id"], name="triggers_message_store_id"),
            models.UniqueConstraint(
                fields=["message_id"], condition=~models.Q(message_id=""), name="triggers_message_id_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["due", "sending", "sent", "suppressed", "failed", "expired", "unknown"]
                ),
                name="triggers_message_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["due", "sending"], decided_at__isnull=True)
                | (~models.Q(status__in=["due", "sending"]) & models.Q(decided_at__isnull=False)),
                name="triggers_message_decided_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__lt=models.F("expires_at")),
                name="triggers_message_due_before_expiry",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(status="due"), name="triggers_message_due"
            ),
            models.Index(
                fields=["claimed_at"], condition=models.Q(status="sending"), name="triggers_message_sending"
            ),
            models.Index(fields=["customer", "-id"], name="triggers_message_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} · {self.occasion_key}"


class Delivery(models.Model):
    """One attempt to say a message. Append-only, partitioned by month."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("message")
    )
    outcome = models.CharField(_("outcome"), max_length=12, help_text=_("sent, failed or unknown."))
    detail = models.CharField(
        _("answer"),
        max_length=200,
        blank=True,
        help_text=_("What the other side answered, without addresses."),
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        managed = False  # Django can not declare partitions: the table is made by SQL in the first migrations
        verbose_name = pgettext_lazy("of a message", "delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return self.outcome


class Suppression(models.Model):
    """An address that must not be written to, kept as a keyed hash only, so that it outlives erasure."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    channel = models.CharField(_("way"), max_length=16, default="email")
    address_hash = models.BinaryField(max_length=32)
    reason = models.CharField(_("why"), max_length=40, help_text=_("For example unsubscribed or bounced."))
    at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "channel", "address_hash"], name="triggers_suppression_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.reason}"
