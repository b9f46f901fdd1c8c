"""What the storefront sells."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """One thing the storefront sells, under its sku. Prices include tax, cost does not."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        DELIVERY = "delivery", _("delivery")
        SERVICE = "service", _("service or fee")
        GIFT_BALANCE = "gift_balance", _("gift balance")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    sku = models.CharField(_("sku"), max_length=64, help_text=_("Your article number, for example 85123A."))
    name = models.CharField(_("name"), max_length=240, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.GOODS)
    category = models.CharField(
        _("category"), max_length=120, blank=True, help_text=_("For example Candles.")
    )
    price = models.BigIntegerField(_("price"), help_text=_("With tax, for example 2.55."))
    cost = models.BigIntegerField(
        _("cost"),
        null=True,
        blank=True,
        help_text=_("What it costs you without tax. Empty: unknown, and margins will say so."),
    )
    tax_bp = models.PositiveIntegerField(_("tax rate"), default=0, help_text=_("In percent, for example 20."))
    stock = models.IntegerField(_("in stock"), null=True, blank=True)
    stocked_on = models.DateField(_("in stock since"), null=True, blank=True)
    is_preorder = models.BooleanField(
        _("pre-order"),
        default=False,
        db_default=False,
        help_text=_("It can be ordered before it is there: offers for pre-orders count it."),
    )
    is_never_discounted = models.BooleanField(_("never discounted"), default=False)
    lowest_price = models.BigIntegerField(
        _("lowest price"), null=True, blank=True, help_text=_("No offer goes below it. Empty: no limit.")
    )
    url = models.URLField(_("page"), max_length=500, blank=True)
    image_url = models.URLField(_("picture"), max_length=500, blank=True)
    is_active = models.BooleanField(_("on sale"), default=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "sku"], name="shop_product_sku_once"),
            models.UniqueConstraint(fields=["store", "id"], name="shop_product_store_id"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="shop_product_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(cost__isnull=True) | models.Q(cost__gte=0),
                name="shop_product_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(lowest_price__isnull=True) | models.Q(lowest_price__gte=0),
                name="shop_product_lowest_price_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(tax_bp__lte=10000), name="shop_product_tax_at_most_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["goods", "delivery", "service", "gift_balance"]),
                name="shop_product_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}".strip()


class ProductGroup(models.Model):
    """A named set of products: those listed, of a category, or in a price band; any of these is enough."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(_("code"), max_length=40, help_text=_("For example candles."))
    name = models.CharField(_("name"), max_length=120)
    skus = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        size=5000,
        verbose_name=_("skus"),
        help_text=_("Separated by commas."),
    )
    categories = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        size=200,
        verbose_name=_("categories"),
        help_text=_("Separated by commas."),
    )
    price_min = models.BigIntegerField(_("price from"), null=True, blank=True)
    price_max = models.BigIntegerField(_("price up to"), null=True, blank=True)

    class Meta:
        verbose_name = _("product group")
        verbose_name_plural = _("product groups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="shop_productgroup_code_once"),
            models.CheckConstraint(
                condition=models.Q(price_min__isnull=True)
                | models.Q(price_max__isnull=True)
                | models.Q(price_min__lte=models.F("price_max")),
                name="shop_productgroup_band_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name
