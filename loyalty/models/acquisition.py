"""Who brought an order, what they earn by it, and which of that waits for a person to look at it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LinkClick(models.Model):
    """A visitor followed a customer's or a partner's link. Kept for 90 days; the last one within 30 counts."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    visitor = models.ForeignKey(
        "shop.Visitor", on_delete=models.PROTECT, related_name="link_clicks", verbose_name=_("visitor")
    )
    referral_link = models.ForeignKey(
        "loyalty.ReferralLink",
        on_delete=models.PROTECT,
        null=True,
        related_name="clicks",
        verbose_name=_("customer's link"),
    )
    partner_link = models.ForeignKey(
        "loyalty.PartnerLink",
        on_delete=models.PROTECT,
        null=True,
        related_name="clicks",
        verbose_name=_("partner's link"),
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("followed link")
        verbose_name_plural = _("followed links")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(referral_link__isnull=True, partner_link__isnull=False)
                | Q(referral_link__isnull=False, partner_link__isnull=True),
                name="loyalty_linkclick_of_one",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["visitor", "-at"], name="loyalty_linkclick_newest"),
            models.Index(fields=["at"], name="loyalty_linkclick_age"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor_id} · {self.at}"


class Acquisition(models.Model):
    """Who brought this order: decided once, when we hear of it. One order pays one acquirer. Append-only.

    `line` are the customers who earn by it, the nearest first: who brought the buyer and those before, or the hands
    that a gift coupon went through. Empty for partners.
    """

    class Kind(models.TextChoices):
        GIFT = "gift", _("a coupon that was handed on")
        REFERRAL = "referral", _("a customer")
        PARTNER = "partner", _("a partner")

    class How(models.TextChoices):
        CODE = "code", _("by the code used")
        CLICK = "click", _("by the last link followed")
        TIE = "tie", _("brought once, and for ever")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, related_name="acquisitions", verbose_name=_("order")
    )
    kind = models.CharField(_("brought by"), max_length=8, choices=Kind.choices)
    how = models.CharField(_("how"), max_length=8, choices=How.choices)
    partner = models.ForeignKey(
        "loyalty.Partner",
        on_delete=models.PROTECT,
        null=True,
        related_name="acquisitions",
        verbose_name=_("partner"),
    )
    line = ArrayField(models.BigIntegerField(), default=list, size=5, verbose_name=_("who earns"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("acquired order")
        verbose_name_plural = _("acquired orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="loyalty_acquisition_once_per_order"),
            models.CheckConstraint(
                condition=Q(kind="partner", partner__isnull=False, line=[])
                | Q(kind__in=["gift", "referral"], partner__isnull=True) & ~Q(line=[]),
                name="loyalty_acquisition_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.kind}"


class ReferralReward(models.Model):
    """What one customer earns at one level of one order: once. `points` of the whole order, `taken_back` for what came
    back of it; a coupon is promised under the key "referral:<id>"."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for the payment")
        REVIEW = "review", _("waits for a person")
        GRANTED = "granted", _("given")
        REFUSED = "refused", _("refused by a person")
        WITHDRAWN = "withdrawn", _("taken back")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, related_name="referral_rewards", verbose_name=_("order")
    )
    level = models.PositiveSmallIntegerField(_("level"))
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        related_name="referral_rewards",
        verbose_name=_("who earns"),
    )
    paid = models.BigIntegerField(_("paid for goods"))
    rate = models.PositiveIntegerField(_("terms of then"), help_text=_("Basis points, or points."))
    life_days = models.PositiveSmallIntegerField(_("points live, days"))
    points = models.BigIntegerField(_("points"), default=0)
    campaign = models.CharField(_("coupon campaign"), max_length=60, blank=True)
    taken_back = models.BigIntegerField(_("taken back"), default=0)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices)
    transfer = models.OneToOneField(
        "loyalty.Transfer",
        on_delete=models.PROTECT,
        null=True,
        related_name="referral_reward",
        verbose_name=_("movement"),
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("reward for a friend")
        verbose_name_plural = _("rewards for friends")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "level"], name="loyalty_referralreward_once_per_level"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="loyalty_referralreward_level_within"
            ),
            models.CheckConstraint(
                condition=Q(taken_back__gte=0, taken_back__lte=F("points")),
                name="loyalty_referralreward_taken_within",
            ),
            models.CheckConstraint(
                condition=Q(campaign="", points__gte=1) | Q(points=0) & ~Q(campaign=""),
                name="loyalty_referralreward_gives_one",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "review", "granted", "refused", "withdrawn"]),
                name="loyalty_referralreward_status_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"], name="loyalty_referralreward_of"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.level}"

    @property
    def key(self) -> str:
        return f"referral:{self.order_id}:{self.level}"


class ReviewCase(models.Model):
    """The rewards of one order look like somebody's own: a person approves or rejects them, with a reason."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, related_name="review_cases", verbose_name=_("order")
    )
    signals = ArrayField(models.CharField(max_length=16), size=8, verbose_name=_("why"))
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("case for review")
        verbose_name_plural = _("cases for review")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="loyalty_reviewcase_once_per_order"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_reviewcase_store_id"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.signals)


class ReviewDecision(models.Model):
    """What a person decided of a case, once. Append-only."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    case = models.ForeignKey(
        ReviewCase, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("case")
    )
    is_approved = models.BooleanField(_("approved"))
    reason = models.CharField(_("reason"), max_length=240)
    by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision on a case")
        verbose_name_plural = _("decisions on cases")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], name="loyalty_reviewdecision_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="loyalty_reviewdecision_says_why"),
        ]

    def __str__(self) -> str:
        return self.reason
