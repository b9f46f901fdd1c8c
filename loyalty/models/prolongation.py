"""Ends of points that were moved later."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Prolongation(models.Model):
    """A purchase moved the end of an earned portion from `from_at` to `to_at`, always later. Append-only."""

    lot = models.ForeignKey(
        "loyalty.Lot",
        on_delete=models.PROTECT,
        related_name="prolongations",
        verbose_name=_("earned portion"),
    )
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, related_name="+", verbose_name=_("order")
    )
    from_at = models.DateTimeField(_("ended"))
    to_at = models.DateTimeField(_("ends now"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("prolonged portion")
        verbose_name_plural = _("prolonged portions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lot", "order"], name="loyalty_prolongation_once"),
            models.CheckConstraint(
                condition=models.Q(to_at__gt=models.F("from_at")), name="loyalty_prolongation_only_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_at} → {self.to_at}"
