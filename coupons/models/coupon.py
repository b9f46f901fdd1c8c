"""Coupons: the campaign they are issued from, each code, each use of one, its end before time, its hand-overs."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CouponCampaign(models.Model):
    """The batch that coupons of one offer are issued from."""

    class Kind(models.TextChoices):
        NAMED = "named", _("named: only its holder may use it")
        GIFT = "gift", _("gift: whoever brings it")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(
        _("code"), max_length=60, help_text=_("Short name for reports and the API, for example win-back.")
    )
    name = models.CharField(
        _("name"), max_length=120, help_text=_("For colleagues, for example Win back after 60 days.")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.NAMED)
    offer = models.ForeignKey(
        "loyalty.Offer", on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("offer")
    )
    valid_days = models.PositiveIntegerField(
        _("valid, days"), default=30, help_text=_("From the day it is issued to the end of the last day.")
    )
    # Reports count from here on: the moment of its store, which a sandbox has moved.
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("coupon campaign")
        verbose_name_plural = _("coupon campaigns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="coupons_campaign_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="coupons_campaign_store_id"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["named", "gift"]), name="coupons_campaign_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_days__gte=1), name="coupons_campaign_valid_days_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Coupon(models.Model):
    """One code. Named: with a holder. Public: one row that many use, limited by its offer only."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    campaign = models.ForeignKey(
        CouponCampaign, on_delete=models.PROTECT, related_name="coupons", verbose_name=_("campaign")
    )
    code = models.CharField(_("code"), max_length=40)
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="coupons",
        verbose_name=_("holder"),
    )
    issue_key = models.CharField(
        _("issued for"),
        max_length=120,
        help_text=_("One coupon per campaign and key, however often it is asked for."),
    )
    issued_at = models.DateTimeField(_("issued"))
    starts_at = models.DateTimeField(_("valid from"))
    ends_at = models.DateTimeField(_("valid until"))
    uses_max = models.PositiveIntegerField(
        _("uses at most"),
        null=True,
        blank=True,
        default=1,
        help_text=_("Empty: a public code, limited by its offer."),
    )
    used = models.PositiveIntegerField(_("used"), default=0)
    held = models.PositiveIntegerField(_("held"), default=0)

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="coupons_coupon_code_once"),
            models.UniqueConstraint(fields=["campaign", "issue_key"], name="coupons_coupon_issued_once"),
            models.UniqueConstraint(fields=["store", "id"], name="coupons_coupon_store_id"),
            models.CheckConstraint(
                condition=models.Q(uses_max__isnull=True, used=0, held=0)
                # Without "not empty" an empty limit would make this neither true nor false, and so allowed.
                | models.Q(uses_max__isnull=False, uses_max__gte=models.F("used") + models.F("held")),
                name="coupons_coupon_within_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="coupons_coupon_window_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z0-9-]{3,40}$"), name="coupons_coupon_code_form"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "ends_at"], name="coupons_coupon_of_customer"),
        ]

    def __str__(self) -> str:
        return self.code


class Redemption(models.Model):
    """One use of one coupon by one order. Append-only."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    coupon = models.ForeignKey(
        Coupon, on_delete=models.PROTECT, related_name="redemptions", verbose_name=_("coupon")
    )
    campaign = models.ForeignKey(
        CouponCampaign,
        on_delete=models.PROTECT,
        related_name="redemptions",
        verbose_name=_("campaign"),
        db_index=False,
    )
    order = models.ForeignKey(
        "shop.Order",
        on_delete=models.PROTECT,
        related_name="redemptions",
        verbose_name=_("order"),
        db_index=False,
    )
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="redemptions",
        verbose_name=_("customer"),
    )
    amount = models.BigIntegerField(_("discount"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "coupon"], name="coupons_redemption_once_per_order"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="coupons_redemption_amount_not_negative"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["campaign", "at"], name="coupons_redemption_time")]

    def __str__(self) -> str:
        return f"{self.coupon} · {self.order}"


class Revocation(models.Model):
    """Somebody took the right away before its time: by hand, or because the coupon was handed on."""

    class Reason(models.TextChoices):
        HANDED_ON = "handed_on", _("handed on to a friend, who got a new code")
        MISTAKE = "mistake", _("issued by mistake")
        ABUSE = "abuse", _("misused")
        REQUEST = "request", _("the customer asked for it")
        REFUND = "refund", _("the order that earned it was given back")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    coupon = models.OneToOneField(
        Coupon, on_delete=models.PROTECT, related_name="revocation", verbose_name=_("coupon")
    )
    by = models.ForeignKey(
        "shop.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the storefront, or the hand-over itself."),
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("revoked coupon")
        verbose_name_plural = _("revoked coupons")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(reason__in=["handed_on", "mistake", "abuse", "request", "refund"]),
                name="coupons_revocation_reason_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} · {self.reason}"


class Handover(models.Model):
    """A gift coupon went from one person to the next: the old code is void, the new one is the taker's."""

    LEVELS_MAX = 20

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    source = models.OneToOneField(
        Coupon, on_delete=models.PROTECT, related_name="handed_on", verbose_name=_("given coupon")
    )
    target = models.OneToOneField(
        Coupon, on_delete=models.PROTECT, related_name="handed_over", verbose_name=_("new coupon")
    )
    giver = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="coupons_given",
        verbose_name=_("given by"),
    )
    level = models.PositiveSmallIntegerField(_("how many hands"), default=1)
    # SHA-256 of what the taker's browser keeps, so that only it sees the code again. Empty: claimed otherwise.
    claim_hash = models.BinaryField(max_length=32, default=bytes, editable=False)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="coupons_handover_two_coupons"
            ),
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=20), name="coupons_handover_level_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
