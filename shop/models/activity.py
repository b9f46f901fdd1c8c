"""What happened, append-only, and what others have yet to hear of."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Activity(models.Model):
    """One fact that happened. Partitioned by month; the key in the database is (store_id, id, at)."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    kind = models.CharField(_("what"), max_length=40, help_text=_("For example order.placed."))
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="activity",
        verbose_name=_("customer"),
    )
    visitor = models.ForeignKey(
        "shop.Visitor",
        on_delete=models.PROTECT,
        null=True,
        related_name="activity",
        verbose_name=_("visitor"),
    )
    subject = models.CharField(
        _("about"), max_length=80, blank=True, help_text=_("For example order:536365.")
    )
    data = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        managed = False  # Django can not declare partitions: the table is made by SQL in the first migrations
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()


class Outbox(models.Model):
    """One fact that one consumer has yet to act on: claimed (SKIP LOCKED), acted on, deleted in one go."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"), db_index=False)
    consumer = models.CharField(_("for"), max_length=40, help_text=_("For example loyalty.earn."))
    kind = models.CharField(_("what"), max_length=40)
    subject_id = models.BigIntegerField(_("number"), help_text=_("Key of the row that the fact is about."))
    at = models.DateTimeField(_("when"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"))
    error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("waiting fact")
        verbose_name_plural = _("waiting facts")
        indexes: ClassVar = [models.Index(fields=["consumer", "due_at", "id"], name="shop_outbox_due")]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.kind} {self.subject_id}"
