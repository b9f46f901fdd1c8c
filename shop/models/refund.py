"""Refunds: stored once for ever under the storefront's reference, by lines."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models.order import Order, OrderLine


class Refund(models.Model):
    """Money given back. Without an order where the import could not say which order it belongs to.

    `amount` is money, `delivery` the part of it for delivery; both in minor units. The lines' amounts and `delivery`,
    less `kept_back`, make `amount`. `balance_amount` went back to the gift balances that had paid,
    `delivery_balance_amount` of it for delivery. `withdrawn` was taken off gift balances whose purchase this refunds.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    ref = models.CharField(_("reference"), max_length=64)
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        verbose_name=_("order"),
        help_text=_("Empty: unmatched, counted apart from revenue and points."),
    )
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        verbose_name=_("customer"),
    )
    amount = models.BigIntegerField(_("amount"))
    delivery = models.BigIntegerField(_("of it for delivery"), default=0, db_default=0)
    balance_amount = models.BigIntegerField(_("to gift balances"), default=0, db_default=0)
    delivery_balance_amount = models.BigIntegerField(
        _("to gift balances for delivery"), default=0, db_default=0
    )
    withdrawn = models.BigIntegerField(_("withdrawn from gift balances"), default=0, db_default=0)
    kept_back = models.BigIntegerField(
        _("kept back"),
        default=0,
        db_default=0,
        help_text=_(
            "What the rest of the order costs more without what came back. Below 0: of that, given back now."
        ),
    )
    source = models.CharField(_("came by"), max_length=8, choices=Order.Source.choices)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "ref"], name="shop_refund_ref_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="shop_refund_amount_not_negative"),
            models.CheckConstraint(
                condition=models.Q(delivery__gte=0, delivery__lte=models.F("amount")),
                name="shop_refund_delivery_within_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    delivery_balance_amount__gte=0,
                    delivery_balance_amount__lte=models.F("balance_amount"),
                    withdrawn__gte=0,
                ),
                name="shop_refund_balances_within",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["api", "import", "late"]), name="shop_refund_source_known"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class RefundLine(models.Model):
    """One line of a refund, amounts in minor units: `amount` in money, `balance_amount` back to gift balances.

    `points_returned` had been spent on the line; `points_taken_back` it had earned, what became a debt included.
    """

    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, related_name="lines", verbose_name=_("refund")
    )
    ordinal = models.PositiveIntegerField(_("line"))
    order_line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refund_lines",
        verbose_name=_("order line"),
    )
    sku = models.CharField(_("sku"), max_length=64)
    name = models.CharField(_("name"), max_length=240, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.BigIntegerField(_("amount"))
    balance_amount = models.BigIntegerField(_("to gift balances"), default=0, db_default=0)
    points_returned = models.BigIntegerField(_("points given back"), default=0, db_default=0)
    points_taken_back = models.BigIntegerField(_("points taken back"), default=0, db_default=0)

    class Meta:
        verbose_name = _("refund line")
        verbose_name_plural = _("refund lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["refund", "ordinal"], name="shop_refundline_ordinal_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="shop_refundline_quantity_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="shop_refundline_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(balance_amount__gte=0), name="shop_refundline_balance_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(points_returned__gte=0, points_taken_back__gte=0),
                name="shop_refundline_points_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
