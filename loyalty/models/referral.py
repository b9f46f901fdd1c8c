"""Friends who bring friends: the programme's terms, each customer's own link, and who was brought by whom."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LEVELS_MAX = 5
LEVELS = tuple(f"level_{number}" for number in range(1, LEVELS_MAX + 1))


class ReferralProgramme(models.Model):
    """What a store gives whoever brings a friend, and those before them, level by level.

    A level is a share in basis points of what the friend paid for goods, or a number of points; 0: nothing. With
    `gives` = coupon every level that is not 0 gets a coupon of `reward_campaign`.
    """

    class Unit(models.TextChoices):
        SHARE = "share", _("a share of what the friend paid")
        POINTS = "points", _("a number of points")

    class Gives(models.TextChoices):
        POINTS = "points", _("points")
        COUPON = "coupon", _("a coupon")

    store = models.OneToOneField(
        "shop.Store", on_delete=models.PROTECT, related_name="referral_programme", verbose_name=_("store")
    )
    is_on = models.BooleanField(_("switched on"), default=False)
    unit = models.CharField(_("a level is"), max_length=8, choices=Unit.choices, default=Unit.SHARE)
    level_1 = models.PositiveIntegerField(_("who brought the friend"), default=500)
    level_2 = models.PositiveIntegerField(_("who brought them"), default=200)
    level_3 = models.PositiveIntegerField(_("third level"), default=0)
    level_4 = models.PositiveIntegerField(_("fourth level"), default=0)
    level_5 = models.PositiveIntegerField(_("fifth level"), default=0)
    cap = models.PositiveIntegerField(_("all levels together, at most"), default=1000)
    gives = models.CharField(_("gives"), max_length=8, choices=Gives.choices, default=Gives.POINTS)
    reward_campaign = models.CharField(_("coupon for the customer who recommends"), max_length=60, blank=True)
    friend_campaign = models.CharField(_("coupon for the friend"), max_length=60, blank=True)
    first_order_only = models.BooleanField(_("only the friend's first order counts"), default=True)
    window_days = models.PositiveSmallIntegerField(_("orders count for, days"), default=365)
    life_days = models.PositiveSmallIntegerField(_("points live, days"), default=365)
    joins_an_hour_max = models.PositiveSmallIntegerField(_("friends an hour that look usual"), default=5)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("referral programme")
        verbose_name_plural = _("referral programmes")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    cap__gte=F("level_1") + F("level_2") + F("level_3") + F("level_4") + F("level_5")
                ),
                name="loyalty_referralprogramme_levels_within_cap",
            ),
            models.CheckConstraint(
                condition=Q(unit="points") | Q(unit="share", cap__lte=10_000),
                name="loyalty_referralprogramme_cap_at_most_whole",
            ),
            models.CheckConstraint(
                condition=Q(gives="points", reward_campaign="") | Q(gives="coupon") & ~Q(reward_campaign=""),
                name="loyalty_referralprogramme_reward_whole",
            ),
            models.CheckConstraint(
                condition=Q(window_days__gte=1, life_days__gte=1, joins_an_hour_max__gte=1),
                name="loyalty_referralprogramme_times_positive",
            ),
        ]

    def __str__(self) -> str:
        return str(self.store_id)

    @property
    def levels(self) -> tuple[int, ...]:
        return tuple(getattr(self, name) for name in LEVELS)


class ReferralLink(models.Model):
    """A customer's own code, under which friends come. Made when it is first asked for."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="referral_links", verbose_name=_("customer")
    )
    code = models.CharField(_("code"), max_length=16)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("referral link")
        verbose_name_plural = _("referral links")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_referrallink_code_once"),
            models.UniqueConstraint(fields=["customer"], name="loyalty_referrallink_once_per_customer"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_referrallink_store_id"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[2-9A-HJ-KM-NP-Z]{12,16}$"), name="loyalty_referrallink_code_form"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """`customer` was brought by `referrer`: once and for ever, never by oneself nor by anybody one has brought, however
    far down (a trigger in the database walks up the line). Append-only."""

    class How(models.TextChoices):
        CODE = "code", _("told the code when joining")
        ORDER = "order", _("told the code with an order")
        CLICK = "click", _("followed the link")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="brought_by", verbose_name=_("friend")
    )
    referrer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="brought", verbose_name=_("brought by")
    )
    how = models.CharField(_("how"), max_length=8, choices=How.choices)
    at = models.DateTimeField(_("joined"))

    class Meta:
        verbose_name = _("brought friend")
        verbose_name_plural = _("brought friends")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer"], name="loyalty_referral_once_for_ever"),
            models.CheckConstraint(condition=~Q(customer=F("referrer")), name="loyalty_referral_not_oneself"),
            models.CheckConstraint(
                condition=Q(how__in=["code", "order", "click"]), name="loyalty_referral_how_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["referrer", "at"], name="loyalty_referral_of_referrer")]

    def __str__(self) -> str:
        return f"{self.referrer_id} → {self.customer_id}"
