"""Club cards: the plans of a store, and who holds which."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _


def _only(column: str) -> Func:
    """A number as a range of itself: core PostgreSQL excludes overlaps of ranges, not equal numbers."""
    return Func(F(column), F(column), Value("[]"), function="int8range")


class CardPlan(models.Model):
    """What a card gives. Its price effects are offers of its own, which `keep_plan` writes from these settings."""

    class Kind(models.TextChoices):
        VIP = "vip", _("VIP")
        PREMIUM = "premium", _("Premium")
        CUSTOM = "custom", _("of your own")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(
        _("code"), max_length=40, help_text=_("Short name for offers and the API, for example vip.")
    )
    name = models.CharField(
        _("name"), max_length=80, help_text=_("As it stands on the card, for example VIP club.")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CUSTOM)
    discount_bp = models.PositiveIntegerField(
        _("discount"), default=0, help_text=_("In hundredths of a percent: 1000 is 10 %. 0: no discount.")
    )
    group = models.CharField(
        _("on the product group"),
        max_length=40,
        blank=True,
        help_text=_("Code of the group that the discount is for, for example candles. Empty: all goods."),
    )
    line_limit_bp = models.PositiveIntegerField(
        _("most discount on a line"),
        null=True,
        blank=True,
        help_text=_(
            "All discounts of a member together, in hundredths of a percent: 3000 is 30 %. Empty: no limit."
        ),
    )
    free_delivery_from = models.BigIntegerField(
        _("free delivery from"),
        null=True,
        blank=True,
        help_text=_("Goods worth this much, in the smallest unit. 0: always. Empty: members pay delivery."),
    )
    is_active = models.BooleanField(
        _("in use"),
        default=True,
        help_text=_("Without the tick its cards give nothing and no new one is given."),
    )
    discount_offer = models.ForeignKey(
        "loyalty.Offer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("offer of the discount"),
    )
    delivery_offer = models.ForeignKey(
        "loyalty.Offer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("offer of the delivery"),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("card plan")
        verbose_name_plural = _("card plans")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="clubcards_plan_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="clubcards_plan_store_id"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["vip", "premium", "custom"]), name="clubcards_plan_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(discount_bp__lte=10000), name="clubcards_plan_discount_at_most_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(line_limit_bp__isnull=True) | models.Q(line_limit_bp__lte=10000),
                name="clubcards_plan_line_limit_at_most_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(free_delivery_from__isnull=True) | models.Q(free_delivery_from__gte=0),
                name="clubcards_plan_free_delivery_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One customer's card of one plan, from `starts_at` until just before `ends_at`; activity tells who ended it."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    plan = models.ForeignKey(
        CardPlan, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("card plan")
    )
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="memberships", verbose_name=_("member")
    )
    number = models.CharField(_("card number"), max_length=12)
    starts_at = models.DateTimeField(_("held from"))
    ends_at = models.DateTimeField(
        _("held until"), null=True, blank=True, help_text=_("Empty: until it is ended.")
    )
    given_by = models.ForeignKey(
        "shop.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("club card")
        verbose_name_plural = _("club cards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "number"], name="clubcards_membership_number_once"),
            models.UniqueConstraint(fields=["store", "id"], name="clubcards_membership_store_id"),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[0-9]{12}$"), name="clubcards_membership_number_form"
            ),
            # Equal moments are a card that was taken back before it began: it was never held.
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(starts_at__lte=F("ends_at")),
                name="clubcards_membership_in_order",
            ),
            ExclusionConstraint(
                name="clubcards_membership_never_overlaps",
                index_type="GIST",
                expressions=[
                    (_only("customer_id"), "&&"),
                    (_only("plan_id"), "&&"),
                    (Func(F("starts_at"), F("ends_at"), function="tstzrange"), "&&"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"
