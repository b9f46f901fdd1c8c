"""Carts as the storefront last reported them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cart(models.Model):
    """One cart under the storefront's reference; a late report with a lower version changes nothing."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ORDERED = "ordered", _("ordered")
        EMPTIED = "emptied", _("emptied")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    ref = models.CharField(_("reference"), max_length=64)
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carts",
        verbose_name=_("customer"),
    )
    visitor = models.ForeignKey(
        "shop.Visitor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carts",
        verbose_name=_("visitor"),
    )
    status = models.CharField(_("state"), max_length=8, choices=Status.choices, default=Status.OPEN)
    version = models.BigIntegerField(
        _("version"), default=1, help_text=_("Grows with every report; older reports are ignored.")
    )
    subtotal = models.BigIntegerField(_("subtotal"), default=0)
    changed_at = models.DateTimeField(_("changed"))
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "ref"], name="shop_cart_ref_once"),
            models.UniqueConstraint(fields=["store", "id"], name="shop_cart_store_id"),
            models.CheckConstraint(
                condition=models.Q(subtotal__gte=0), name="shop_cart_subtotal_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "ordered", "emptied"]), name="shop_cart_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["store", "changed_at"], condition=models.Q(status="open"), name="shop_cart_open"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class CartLine(models.Model):
    """One line of a cart. Replaced whole with every report of its cart."""

    # CASCADE: a line has no life of its own, and a cart's report replaces its lines.
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines", verbose_name=_("cart"))
    ordinal = models.PositiveSmallIntegerField(_("line"))
    product = models.ForeignKey(
        "shop.Product", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    sku = models.CharField(_("sku"), max_length=64)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.BigIntegerField(_("unit price"))

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "ordinal"], name="shop_cartline_ordinal_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="shop_cartline_quantity_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(unit_price__gte=0), name="shop_cartline_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
