"""Long work that people can watch, and signs of life of the workers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """A piece of long work with progress. May be left, resumed and repeated."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=160)
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.QUEUED)
    params = models.JSONField(_("settings"), default=dict)
    done_count = models.BigIntegerField(_("done so far"), default=0)
    total_count = models.BigIntegerField(_("in all"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=80, blank=True)
    result = models.JSONField(_("result"), default=dict)
    error = models.CharField(_("error"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        "shop.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "running", "done", "failed", "cancelled"]),
                name="shop_job_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(done_count__gte=0)
                & (models.Q(total_count__isnull=True) | models.Q(done_count__lte=models.F("total_count"))),
                name="shop_job_done_within_total",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "id"],
                condition=models.Q(status__in=["queued", "running"]),
                name="shop_job_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Heartbeat(models.Model):
    """The last time a named part was seen doing real work."""

    name = models.CharField(_("part"), max_length=40, unique=True)
    at = models.DateTimeField(_("last sign of life"))
    detail = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.name
