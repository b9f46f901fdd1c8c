"""Offers as versioned documents, the uses they have left, and what they took off which line."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Offer(models.Model):
    """What may be given and on which terms. The terms themselves are in its versions."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        ARCHIVED = "archived", _("archived")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(
        _("code"), max_length=60, help_text=_("Short name for reports and the API, for example win-back-10.")
    )
    name = models.CharField(
        _("name"), max_length=120, help_text=_("As customers read it, for example Autumn discount.")
    )
    status = models.CharField(_("state"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_offer_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_offer_store_id"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "running", "paused", "archived"]),
                name="loyalty_offer_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfferVersion(models.Model):
    """The terms of an offer from a moment on, one typed document. Orders keep what priced them."""

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="versions", verbose_name=_("offer")
    )
    number = models.PositiveIntegerField(_("version"))
    document = models.JSONField(_("terms"))
    in_force_at = models.DateTimeField(_("in force from"))
    created_by = models.ForeignKey(
        "shop.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("version of an offer")
        verbose_name_plural = _("versions of offers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "number"], name="loyalty_offerversion_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="loyalty_offerversion_number_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} · {self.number}"


class OfferUse(models.Model):
    """Uses of an offer that has a limit in all. A large limit is split over shards, so that no row is hot."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="uses", verbose_name=_("offer"))
    shard = models.PositiveSmallIntegerField(_("shard"))
    used = models.BigIntegerField(_("used"), default=0)
    held = models.BigIntegerField(_("held"), default=0)
    uses_max = models.BigIntegerField(_("at most"))

    class Meta:
        verbose_name = _("uses of an offer")
        verbose_name_plural = _("uses of offers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "shard"], name="loyalty_offeruse_shard_once"),
            models.CheckConstraint(
                condition=models.Q(
                    used__gte=0, held__gte=0, uses_max__gte=models.F("used") + models.F("held")
                ),
                name="loyalty_offeruse_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used}/{self.uses_max}"


class OfferDayUse(models.Model):
    """Uses of an offer that has a limit a day, on one local day of the store; split over shards as those in all are.

    Made when the day's first order or cart asks for one; pruned long after.
    """

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="day_uses", verbose_name=_("offer")
    )
    day = models.DateField(_("day"))
    shard = models.PositiveSmallIntegerField(_("shard"))
    used = models.BigIntegerField(_("used"), default=0)
    held = models.BigIntegerField(_("held"), default=0)
    uses_max = models.BigIntegerField(_("at most"))

    class Meta:
        verbose_name = _("uses of an offer on a day")
        verbose_name_plural = _("uses of offers by day")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "day", "shard"], name="loyalty_offerdayuse_shard_once"),
            models.CheckConstraint(
                condition=models.Q(
                    used__gte=0, held__gte=0, uses_max__gte=models.F("used") + models.F("held")
                ),
                name="loyalty_offerdayuse_within_limit",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="loyalty_offerdayuse_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.used}/{self.uses_max}"


class OrderDayUse(models.Model):
    """Which counter an order's use is counted in: that of the day it was held on, which may be the day before."""

    counter = models.ForeignKey(
        OfferDayUse,
        on_delete=models.PROTECT,
        related_name="orders",
        verbose_name=_("uses of an offer on a day"),
    )
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, related_name="+", verbose_name=_("order")
    )

    class Meta:
        verbose_name = _("use on a day by an order")
        verbose_name_plural = _("uses on days by orders")

    def __str__(self) -> str:
        return f"{self.counter_id} · {self.order_id}"


class OfferBudget(models.Model):
    """The money an offer may cost in all, in minor units, and what of it has been given."""

    offer = models.OneToOneField(
        Offer, on_delete=models.PROTECT, related_name="budget", verbose_name=_("offer")
    )
    spent = models.BigIntegerField(_("given"), default=0)
    held = models.BigIntegerField(_("held"), default=0)
    budget_max = models.BigIntegerField(_("at most"))

    class Meta:
        verbose_name = _("budget of an offer")
        verbose_name_plural = _("budgets of offers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    spent__gte=0, held__gte=0, budget_max__gte=models.F("spent") + models.F("held")
                ),
                name="loyalty_offerbudget_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent}/{self.budget_max}"


class CustomerUse(models.Model):
    """The n-th use of an offer by one customer: the unique n is what holds the limit per customer.

    Without an order it is held by a cart with a reservation.
    """

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="customer_uses", verbose_name=_("offer")
    )
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="offer_uses", verbose_name=_("customer")
    )
    n = models.PositiveIntegerField(_("which use"))
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("order")
    )

    class Meta:
        verbose_name = _("use by a customer")
        verbose_name_plural = _("uses by customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "customer", "n"], name="loyalty_customeruse_n_once"),
            models.CheckConstraint(condition=models.Q(n__gte=1), name="loyalty_customeruse_n_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.offer} · {self.n}"


class Discount(models.Model):
    """What one version of an offer took off one order line, or off delivery where the line is empty.

    Every report reads this.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"), db_index=False)
    order = models.ForeignKey(
        "shop.Order",
        on_delete=models.PROTECT,
        related_name="discounts",
        verbose_name=_("order"),
        db_index=False,
    )
    line = models.ForeignKey(
        "shop.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        related_name="discounts",
        verbose_name=_("line"),
    )
    version = models.ForeignKey(
        OfferVersion, on_delete=models.PROTECT, related_name="discounts", verbose_name=_("offer")
    )
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("discount")
        verbose_name_plural = _("discounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "line", "version"], name="loyalty_discount_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=1), name="loyalty_discount_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)
