"""What the API remembers of requests, so that a repeated write answers as the first did."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotentRequest(models.Model):
    """The decided answer to one Idempotency-Key, written in the effect's own transaction.

    Answers hold no personal data.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"), db_index=False)
    key = models.CharField(_("key"), max_length=255)
    body_hash = models.BinaryField(max_length=32)
    route = models.CharField(_("route"), max_length=120)
    status = models.PositiveSmallIntegerField(_("status"))
    answer = models.JSONField(_("answer"), null=True)
    object_ref = models.CharField(
        _("about"),
        max_length=120,
        blank=True,
        help_text=_("Where the answer holds personal data, it is rendered anew from this."),
    )
    created_at = models.DateTimeField(_("first asked"))

    class Meta:
        verbose_name = _("remembered request")
        verbose_name_plural = _("remembered requests")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="storefront_idempotentrequest_key_once"),
            models.CheckConstraint(
                condition=models.Q(status__lt=500), name="storefront_idempotentrequest_decided_only"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="storefront_idempotent_age")]

    def __str__(self) -> str:
        return self.route


class ThrottleCount(models.Model):
    """One counter of a limit, kept here only while Valkey is away. The key holds a hash, never an address."""

    key = models.CharField(_("key"), max_length=80, primary_key=True)
    used = models.BigIntegerField(_("used"))
    ends_at = models.DateTimeField(_("counts until"))

    class Meta:
        verbose_name = _("counter of a limit")
        verbose_name_plural = _("counters of limits")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(used__gte=0), name="storefront_throttlecount_not_negative"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="storefront_throttle_age")]

    def __str__(self) -> str:
        return self.key
