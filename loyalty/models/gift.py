"""What gift balances paid of orders: which balance, which line, how much."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class BalancePayment(models.Model):
    """What one gift balance paid of one order line, or of delivery where there is no line; in minor units.

    `returned` of it has gone back to the balance since. `was_prolonged`: the balance lived on borrowed time already,
    so what comes back of this gives it no more.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, related_name="balance_payments", verbose_name=_("order")
    )
    account = models.ForeignKey(
        "loyalty.Account",
        on_delete=models.PROTECT,
        related_name="balance_payments",
        verbose_name=_("gift balance"),
    )
    line = models.ForeignKey(
        "shop.OrderLine", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("order line")
    )
    amount = models.BigIntegerField(_("amount"))
    returned = models.BigIntegerField(_("given back"), default=0)
    was_prolonged = models.BooleanField(_("paid on prolonged time"), default=False)

    class Meta:
        verbose_name = _("payment by gift balance")
        verbose_name_plural = _("payments by gift balance")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "account", "line"],
                name="loyalty_balancepayment_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=1), name="loyalty_balancepayment_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(returned__gte=0, returned__lte=models.F("amount")),
                name="loyalty_balancepayment_returned_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.amount}"
