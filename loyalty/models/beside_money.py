"""What offers give beside money off: time that runs for one shopper, and rewards for an order."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonalWindow(models.Model):
    """The time an offer with a countdown lasts for one visitor or one customer. It never changes nor restarts.

    So it goes only with its offer: an archived one never runs again, and nobody can begin its countdown anew.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    offer = models.ForeignKey(
        "loyalty.Offer", on_delete=models.PROTECT, related_name="personal_windows", verbose_name=_("offer")
    )
    visitor = models.ForeignKey(
        "shop.Visitor",
        on_delete=models.PROTECT,
        null=True,
        related_name="personal_windows",
        verbose_name=_("visitor"),
    )
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="personal_windows",
        verbose_name=_("customer"),
    )
    starts_at = models.DateTimeField(_("shown first"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("countdown")
        verbose_name_plural = _("countdowns")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visitor", "offer"], name="loyalty_personalwindow_once_per_visitor"
            ),
            models.UniqueConstraint(
                fields=["customer", "offer"], name="loyalty_personalwindow_once_per_customer"
            ),
            models.CheckConstraint(
                condition=models.Q(visitor__isnull=True, customer__isnull=False)
                | models.Q(visitor__isnull=False, customer__isnull=True),
                name="loyalty_personalwindow_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="loyalty_personalwindow_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} · {self.ends_at}"


class Reward(models.Model):
    """What somebody gets beside money off. Two kinds of rows:

    - of an order: what one version of an offer gave it, points or a coupon for the next order. The coupon is issued
      once the order is paid for (`granted_at`); a cancelled or wholly refunded order takes it back (`withdrawn_at`).
    - promised to a customer under a `key`, whatever for: issued by a job from `due_at` on. `campaign` names a coupon's,
      `item` the plan of a card or the sku of a gift, which somebody hands over.

    A coupon is issued under the key "reward:<id>". `refusal` says why the last attempt to issue it failed.
    """

    class Kind(models.TextChoices):
        POINTS = "points", _("points")
        COUPON = "coupon", _("coupon for the next order")
        GIFT = "gift", _("gift")
        CARD = "card", _("club card")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, null=True, related_name="rewards", verbose_name=_("order")
    )
    version = models.ForeignKey(
        "loyalty.OfferVersion",
        on_delete=models.PROTECT,
        null=True,
        related_name="rewards",
        verbose_name=_("offer"),
    )
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="rewards",
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    campaign = models.CharField(_("coupon campaign"), max_length=64, blank=True)
    item = models.CharField(_("gift or card"), max_length=64, blank=True, db_default="")
    key = models.CharField(_("key"), max_length=80, blank=True, db_default="")
    due_at = models.DateTimeField(_("due"), null=True)
    granted_at = models.DateTimeField(_("given"), null=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True)
    refusal = models.CharField(_("not given because"), max_length=40, blank=True, db_default="")

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "version", "kind", "campaign"], name="loyalty_reward_once"
            ),
            models.UniqueConstraint(
                fields=["store", "key"], condition=~models.Q(key=""), name="loyalty_reward_key_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    order__isnull=False,
                    version__isnull=False,
                    customer__isnull=True,
                    key="",
                    due_at__isnull=True,
                )
                | (
                    models.Q(
                        order__isnull=True, version__isnull=True, customer__isnull=False, due_at__isnull=False
                    )
                    & ~models.Q(key="")
                ),
                name="loyalty_reward_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="points", campaign="", item="", order__isnull=False)
                | (models.Q(kind="coupon", item="") & ~models.Q(campaign=""))
                | (models.Q(kind__in=["gift", "card"], campaign="", order__isnull=True) & ~models.Q(item="")),
                name="loyalty_reward_kind_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(due_at__isnull=False, granted_at__isnull=True, withdrawn_at__isnull=True),
                name="loyalty_reward_due",
            ),
            models.Index(
                fields=["customer", "id"],
                condition=models.Q(customer__isnull=False),
                name="loyalty_reward_of_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.campaign or self.item}".strip()
