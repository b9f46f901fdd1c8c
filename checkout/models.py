"""Reserved quotes: a price that the shop is held to, and the rights that are kept for the cart it was made for."""

from functools import reduce
from operator import or_
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class Quote(models.Model):
    """A priced cart that was asked for with `reserve`. It holds until it becomes an order, is let go, or its time is
    over; a new quote of the same cart takes its place."""

    class Status(models.TextChoices):
        HELD = "held", _("held")
        SPENT = "spent", _("became an order")
        REPLACED = "replaced", _("replaced by a newer quote of its cart")
        RELEASED = "released", _("let go")
        LAPSED = "lapsed", _("its time was over")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    key = models.UUIDField(_("number"), default=uuid4, editable=False)
    # The storefront's own: a cart may be reserved before it was ever reported.
    cart_ref = models.CharField(_("cart"), max_length=64)
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="reserved_quotes",
        verbose_name=_("customer"),
    )
    status = models.CharField(_("state"), max_length=8, choices=Status.choices, default=Status.HELD)
    first_at = models.DateTimeField(_("the cart holds since"))
    priced_at = models.DateTimeField(_("priced"))
    ends_at = models.DateTimeField(_("holds until"))
    offers_version = models.BigIntegerField(_("version of the offers"))
    # SHA-256 of what was priced: an order of the same cart keeps the price.
    content_hash = models.BinaryField(max_length=32, editable=False)
    # The price itself, and by offer's code the version of its terms.
    priced = models.JSONField(_("price"))
    versions = models.JSONField(_("terms of its offers"))
    order = models.ForeignKey(
        "shop.Order",
        on_delete=models.PROTECT,
        null=True,
        related_name="reserved_quotes",
        verbose_name=_("order"),
    )

    class Meta:
        verbose_name = _("reserved quote")
        verbose_name_plural = _("reserved quotes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="checkout_quote_key_once"),
            models.UniqueConstraint(
                fields=["store", "cart_ref"],
                condition=models.Q(status="held"),
                name="checkout_quote_one_held_per_cart",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["held", "spent", "replaced", "released", "lapsed"]),
                name="checkout_quote_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(order__isnull=False, status="spent")
                | (models.Q(order__isnull=True) & ~models.Q(status="spent")),
                name="checkout_quote_spent_by_an_order",
            ),
            models.CheckConstraint(
                condition=models.Q(first_at__lte=models.F("priced_at"), priced_at__lt=models.F("ends_at")),
                name="checkout_quote_moments_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["store", "ends_at"], condition=models.Q(status="held"), name="checkout_quote_due"
            ),
            models.Index(fields=["ends_at"], condition=~models.Q(status="held"), name="checkout_quote_over"),
        ]

    def __str__(self) -> str:
        return f"{self.cart_ref} · {self.get_status_display()}"


def _one_of(*names: str) -> models.Q:
    """Exactly one of the references is there."""
    return reduce(or_, (models.Q(**{f"{name}__isnull": name != there for name in names}) for there in names))


class Reservation(models.Model):
    """One thing that a held quote holds: exactly one of the references says what, `amount` how much of it.

    The counter beside it (`held`) counts it in; the row goes when the hold ends.
    """

    quote = models.ForeignKey(
        Quote, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("quote")
    )
    offer_use = models.ForeignKey(
        "loyalty.OfferUse",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("use of all"),
    )
    day_use = models.ForeignKey(
        "loyalty.OfferDayUse",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("use of a day"),
    )
    customer_use = models.OneToOneField(
        "loyalty.CustomerUse",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("use by the customer"),
    )
    budget = models.ForeignKey(
        "loyalty.OfferBudget",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("budget"),
    )
    coupon = models.ForeignKey(
        "coupons.Coupon",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("coupon"),
    )
    lot = models.ForeignKey(
        "loyalty.Lot",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("earned portion"),
    )
    # Of a gift balance.
    account = models.ForeignKey(
        "loyalty.Account",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("gift balance"),
    )
    amount = models.BigIntegerField(_("amount"), default=1)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of(
                    "offer_use", "day_use", "customer_use", "budget", "coupon", "lot", "account"
                ),
                name="checkout_reservation_holds_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=1), name="checkout_reservation_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} · {self.amount}"
