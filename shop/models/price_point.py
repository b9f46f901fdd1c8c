"""What products have cost, for the lowest price of the last days."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class PricePoint(models.Model):
    """A product's own price from a moment on, before any offer; one for each change.

    The database writes it whenever a product gets a price, whoever gave it; what is written is never changed, and goes
    when no lowest price asks for it any more.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    product = models.ForeignKey(
        "shop.Product",
        on_delete=models.PROTECT,
        related_name="price_points",
        db_index=False,
        verbose_name=_("product"),
    )
    price = models.BigIntegerField(_("price"))
    at = models.DateTimeField(_("from"))

    class Meta:
        verbose_name = _("price of a product")
        verbose_name_plural = _("prices of products")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(price__gte=0), name="shop_pricepoint_price_not_negative"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "-at", "-id"], name="shop_pricepoint_of_product"),
            models.Index(fields=["store", "at"], name="shop_pricepoint_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} · {self.price}"
