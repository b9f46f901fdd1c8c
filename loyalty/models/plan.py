"""What the store means to sell."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class SalesPlan(models.Model):
    """What one month of the store's calendar is to bring: revenue as customers pay it, and margin net of tax, both in
    minor units."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    revenue = models.BigIntegerField(_("revenue"))
    margin = models.BigIntegerField(_("margin"), null=True, blank=True)

    class Meta:
        verbose_name = _("sales plan")
        verbose_name_plural = _("sales plans")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "month"], name="loyalty_salesplan_month_once"),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="loyalty_salesplan_month_by_first_day"
            ),
            models.CheckConstraint(
                condition=models.Q(revenue__gte=1)
                & (models.Q(margin__isnull=True) | models.Q(margin__gte=1, margin__lte=models.F("revenue"))),
                name="loyalty_salesplan_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.revenue}"
