"""What a refund needs to know to undo exactly what was done: from which lots, for which lines, and what is owed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class LotUse(models.Model):
    """Points that one transfer took from one lot, for an order line where it paid for one.

    `returned` of them have been given back since; they opened lots of their own.
    """

    transfer = models.ForeignKey(
        "loyalty.Transfer",
        on_delete=models.PROTECT,
        related_name="lot_uses",
        verbose_name=_("movement"),
        db_index=False,
    )
    lot = models.ForeignKey(
        "loyalty.Lot", on_delete=models.PROTECT, related_name="uses", verbose_name=_("earned portion")
    )
    line = models.ForeignKey(
        "shop.OrderLine", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("order line")
    )
    amount = models.BigIntegerField(_("points"))
    returned = models.BigIntegerField(_("given back"), default=0)

    class Meta:
        verbose_name = _("use of an earned portion")
        verbose_name_plural = _("uses of earned portions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["transfer", "lot", "line"], name="loyalty_lotuse_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=1), name="loyalty_lotuse_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(returned__gte=0, returned__lte=models.F("amount")),
                name="loyalty_lotuse_returned_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} · {self.lot_id}"


class LineEarning(models.Model):
    """An order line's share of what its order earned. Shared out once, at the first refund, and kept."""

    line = models.OneToOneField(
        "shop.OrderLine", on_delete=models.PROTECT, related_name="earning", verbose_name=_("order line")
    )
    accrual = models.ForeignKey(
        "loyalty.Transfer",
        on_delete=models.PROTECT,
        related_name="line_earnings",
        verbose_name=_("earned by"),
    )
    amount = models.BigIntegerField(_("points"))
    taken_back = models.BigIntegerField(_("taken back"), default=0)

    class Meta:
        verbose_name = _("points earned by a line")
        verbose_name_plural = _("points earned by lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(taken_back__gte=0, taken_back__lte=models.F("amount")),
                name="loyalty_lineearning_taken_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.taken_back}/{self.amount}"


class Debt(models.Model):
    """Earned points that a refund had to take back and that were gone. Every later credit repays it first."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    account = models.ForeignKey(
        "loyalty.Account", on_delete=models.PROTECT, related_name="debts", verbose_name=_("account")
    )
    accrual = models.ForeignKey(
        "loyalty.Transfer", on_delete=models.PROTECT, related_name="debts", verbose_name=_("earned by")
    )
    key = models.CharField(_("key"), max_length=80, help_text=_("A debt is made once per key."))
    amount = models.BigIntegerField(_("points"))
    repaid = models.BigIntegerField(_("repaid"), default=0)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("debt of points")
        verbose_name_plural = _("debts of points")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="loyalty_debt_key_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=1), name="loyalty_debt_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(repaid__gte=0, repaid__lte=models.F("amount")),
                name="loyalty_debt_repaid_within_amount",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "id"],
                condition=models.Q(repaid__lt=models.F("amount")),
                name="loyalty_debt_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repaid}/{self.amount}"
