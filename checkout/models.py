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


class Merge(models.Model):
    """`merged` is the same person as `kept`, who has what was theirs from `at` on. Rows keep their customer; undone, it
    is over, and what was left of the points went back."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    key = models.CharField(_("key"), max_length=80, help_text=_("Two customers are merged once per key."))
    kept = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="merges", verbose_name=_("kept customer")
    )
    merged = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="merged_by", verbose_name=_("merged customer")
    )
    points = models.BigIntegerField(_("points that moved"), default=0)
    # The kept customer joined with the other one, where that had been earlier; undone, this is the moment again.
    kept_joined_at = models.DateTimeField(_("joined before"), null=True, editable=False)
    at = models.DateTimeField(_("when"))
    made_by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    points_returned = models.BigIntegerField(_("points that went back"), default=0)

    class Meta:
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="checkout_merge_key_once"),
            models.UniqueConstraint(
                fields=["merged"],
                condition=models.Q(undone_at__isnull=True),
                name="checkout_merge_one_open_per_customer",
            ),
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("merged")), name="checkout_merge_of_two_customers"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    points__gte=0, points_returned__gte=0, points_returned__lte=models.F("points")
                ),
                name="checkout_merge_returns_what_moved",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=False)
                | models.Q(undone_by__isnull=True, points_returned=0),
                name="checkout_merge_undone_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
