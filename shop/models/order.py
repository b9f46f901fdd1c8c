"""Orders. One is stored once for ever under the storefront's reference."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Order(models.Model):
    """What was bought. Amounts in minor units:
    payable = goods - discount + delivery - delivery_discount - points_amount - balance_amount.

    Points are payment: `points_spent` of them stood for `points_amount`, at `points_value` each. So are gift balances:
    they paid `balance_amount`, `delivery_balance_amount` of it for delivery. `refunded` is money given back,
    `balance_refunded` went back to gift balances; `delivery_refunded` is the part of both that is for delivery.
    """

    class Status(models.TextChoices):
        PLACED = "placed", _("placed")
        PAID = "paid", _("paid")
        FULFILLED = "fulfilled", _("delivered")
        CANCELLED = "cancelled", _("cancelled")

    class Source(models.TextChoices):
        API = "api", _("storefront")
        IMPORT = "import", _("import")
        LATE = "late", _("reported later")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"), db_index=False)
    ref = models.CharField(_("reference"), max_length=64, help_text=_("The storefront's own order number."))
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("customer"),
        db_index=False,
    )
    visitor = models.ForeignKey(
        "shop.Visitor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("visitor"),
    )
    cart = models.ForeignKey(
        "shop.Cart",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("cart"),
    )
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.PLACED)
    source = models.CharField(_("came by"), max_length=8, choices=Source.choices)
    placed_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    fulfilled_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    goods = models.BigIntegerField(_("goods"), help_text=_("Sum of the lines before discounts."))
    discount = models.BigIntegerField(_("discount"), default=0)
    delivery = models.BigIntegerField(_("delivery"), default=0)
    delivery_discount = models.BigIntegerField(_("delivery discount"), default=0)
    payable = models.BigIntegerField(_("to pay"))
    points_spent = models.BigIntegerField(_("paid with points, points"), default=0, db_default=0)
    points_value = models.BigIntegerField(_("worth of a point"), default=0, db_default=0)
    points_amount = models.BigIntegerField(_("paid with points"), default=0, db_default=0)
    balance_amount = models.BigIntegerField(_("paid with gift balances"), default=0, db_default=0)
    delivery_balance_amount = models.BigIntegerField(
        _("delivery paid with gift balances"), default=0, db_default=0
    )
    refunded = models.BigIntegerField(_("refunded"), default=0)
    balance_refunded = models.BigIntegerField(_("refunded to gift balances"), default=0, db_default=0)
    delivery_refunded = models.BigIntegerField(_("delivery refunded"), default=0, db_default=0)
    offers_version = models.BigIntegerField(_("version of offers"), default=0)
    country = models.CharField(_("country"), max_length=64, blank=True)
    # What brought the buyer, as the storefront tells: a partner by its code, a customer by the code of theirs.
    partner = models.CharField(_("partner"), max_length=64, blank=True, default="", db_default="")
    referral = models.CharField(
        _("code of who recommended"), max_length=16, blank=True, default="", db_default=""
    )
    # Keyed hashes of what the storefront told apart address and card by. Empty: not told.
    address_hash = models.BinaryField(max_length=32, null=True, editable=False)
    card_hash = models.BinaryField(max_length=32, null=True, editable=False)
    # SHA-256 of what was ordered, so that a repeat can be told from another order. Empty: not from the API.
    content_hash = models.BinaryField(max_length=32, null=True, editable=False)
    # Which quote it was made of: one quote makes one order.
    quote_key = models.UUIDField(_("its quote"), null=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "ref"], name="shop_order_ref_once"),
            models.UniqueConstraint(fields=["store", "id"], name="shop_order_store_id"),
            models.UniqueConstraint(
                fields=["store", "quote_key"],
                condition=models.Q(quote_key__isnull=False),
                name="shop_order_quote_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    payable=models.F("goods")
                    - models.F("discount")
                    + models.F("delivery")
                    - models.F("delivery_discount")
                    - models.F("points_amount")
                    - models.F("balance_amount")
                ),
                name="shop_order_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    delivery_balance_amount__gte=0,
                    delivery_balance_amount__lte=models.F("delivery") - models.F("delivery_discount"),
                    balance_amount__gte=models.F("delivery_balance_amount"),
                    payable__gte=0,
                ),
                name="shop_order_total_covers_balances",
            ),
            models.CheckConstraint(
                condition=models.Q(balance_refunded__gte=0, balance_refunded__lte=models.F("balance_amount")),
                name="shop_order_balance_refunded_within",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    points_spent__gte=0,
                    points_value__gte=0,
                    points_amount=models.F("points_spent") * models.F("points_value"),
                    points_amount__lte=models.F("goods") - models.F("discount"),
                ),
                name="shop_order_points_within_goods",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    delivery_refunded__gte=0,
                    delivery_refunded__lte=models.F("delivery") - models.F("delivery_discount"),
                ),
                name="shop_order_delivery_refunded_within",
            ),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=models.F("goods")),
                name="shop_order_discount_within_goods",
            ),
            models.CheckConstraint(
                condition=models.Q(delivery_discount__gte=0, delivery_discount__lte=models.F("delivery")),
                name="shop_order_delivery_discount_within",
            ),
            models.CheckConstraint(
                condition=models.Q(refunded__gte=0, refunded__lte=models.F("payable")),
                name="shop_order_refunded_within_paid",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["placed", "paid", "fulfilled", "cancelled"]),
                name="shop_order_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["api", "import", "late"]), name="shop_order_source_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "-placed_at", "-id"], name="shop_order_newest"),
            models.Index(fields=["customer", "placed_at"], name="shop_order_of_customer"),
        ]

    def __str__(self) -> str:
        return self.ref


class OrderLine(models.Model):
    """One line of an order. total = quantity x unit_price - discount; `points_amount` of it was paid with points,
    `balance_amount` with gift balances. `is_gift`: an offer added it and took all off. `points_to_earn`: as promised;
    empty: by the earning rule. `gift_value`: what each unit is worth as a gift balance, once the order is paid."""

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="lines", verbose_name=_("order"), db_index=False
    )
    ordinal = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(
        "shop.Product",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("product"),
    )
    sku = models.CharField(_("sku"), max_length=64)
    name = models.CharField(_("name"), max_length=240, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.BigIntegerField(_("unit price"))
    discount = models.BigIntegerField(_("discount"), default=0)
    total = models.BigIntegerField(_("total"))
    points_spent = models.BigIntegerField(_("paid with points, points"), default=0, db_default=0)
    points_amount = models.BigIntegerField(_("paid with points"), default=0, db_default=0)
    balance_amount = models.BigIntegerField(_("paid with gift balances"), default=0, db_default=0)
    gift_value = models.BigIntegerField(_("worth as a gift balance"), null=True, blank=True)
    points_to_earn = models.PositiveBigIntegerField(_("points promised"), null=True, blank=True)
    is_gift = models.BooleanField(_("gift of an offer"), default=False, db_default=False)
    cost = models.BigIntegerField(_("unit cost"), null=True, blank=True)
    tax_bp = models.PositiveIntegerField(_("tax rate"), default=0)
    refunded_quantity = models.PositiveIntegerField(_("refunded"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "ordinal"], name="shop_orderline_ordinal_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="shop_orderline_quantity_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(unit_price__gte=0), name="shop_orderline_price_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    total=models.F("quantity") * models.F("unit_price") - models.F("discount")
                ),
                name="shop_orderline_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, total__gte=0), name="shop_orderline_discount_within"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_quantity__lte=models.F("quantity")),
                name="shop_orderline_refunded_within",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    points_spent__gte=0, points_amount__gte=0, points_amount__lte=models.F("total")
                ),
                name="shop_orderline_points_within_total",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    balance_amount__gte=0, balance_amount__lte=models.F("total") - models.F("points_amount")
                ),
                name="shop_orderline_total_covers_balances",
            ),
            models.CheckConstraint(
                condition=models.Q(gift_value__isnull=True)
                | models.Q(gift_value__gte=1, points_amount=0, balance_amount=0, discount=0),
                name="shop_orderline_gift_balance_paid_in_full",
            ),
            models.CheckConstraint(
                condition=models.Q(is_gift=False) | models.Q(total=0),
                name="shop_orderline_gift_costs_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
