"""Gift balances: money behind a code. How much is left is the ledger's to say; here stands whose code it is, where it
came from, and until when it is good."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models import Role


class GiftProduct(models.Model):
    """On which terms a product of the kind "gift balance" is sold. A product without terms goes by DEFAULT_DAYS."""

    DEFAULT_DAYS = 365

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    product = models.OneToOneField(
        "shop.Product", on_delete=models.PROTECT, related_name="gift_terms", verbose_name=_("product")
    )
    face_value = models.BigIntegerField(
        _("worth"),
        null=True,
        blank=True,
        help_text=_("What the code is worth, for example 50.00. Empty: what was paid for it."),
    )
    valid_days = models.PositiveIntegerField(
        _("valid, days"),
        default=DEFAULT_DAYS,
        help_text=_("From the day it is issued to the end of the last day."),
    )

    class Meta:
        verbose_name = _("gift balance on sale")
        verbose_name_plural = _("gift balances on sale")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(face_value__isnull=True) | models.Q(face_value__gte=1),
                name="coupons_giftproduct_worth_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_days__gte=1), name="coupons_giftproduct_valid_days_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.product)


class GiftBalance(models.Model):
    """One code and the account behind it. The code is found by a keyed hash and kept encrypted; `ending` are its last
    four letters, which may be shown to anybody who works in the store.

    `line` and `unit` are where it was bought; without them it was issued by hand or by the storefront. `prolonged_at`:
    money came back to it late, so it lasts longer, once. `lapsed_at`: its end has been booked.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    account = models.OneToOneField(
        "loyalty.Account", on_delete=models.PROTECT, related_name="gift_balance", verbose_name=_("account")
    )
    code_hash = models.BinaryField(max_length=32, editable=False)
    code_cipher = models.BinaryField(max_length=64, editable=False)
    ending = models.CharField(_("code ends with"), max_length=4)
    face_value = models.BigIntegerField(_("issued for"))
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gift_balances",
        verbose_name=_("holder"),
        help_text=_("Who got it. Whoever brings the code may pay with it."),
    )
    line = models.ForeignKey(
        "shop.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gift_balances",
        verbose_name=_("bought with"),
    )
    unit = models.PositiveIntegerField(_("unit of the line"), null=True, blank=True)
    issue_key = models.CharField(
        _("issued for"),
        max_length=120,
        help_text=_("One gift balance per key, however often it is asked for."),
    )
    by = models.ForeignKey(
        "shop.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the storefront, or its sale."),
    )
    reason = models.CharField(_("why"), max_length=200, blank=True)
    issued_at = models.DateTimeField(_("issued"))
    ends_at = models.DateTimeField(_("valid until"))
    prolonged_at = models.DateTimeField(_("prolonged"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("gift balance")
        verbose_name_plural = _("gift balances")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code_hash"], name="coupons_giftbalance_code_once"),
            models.UniqueConstraint(fields=["store", "issue_key"], name="coupons_giftbalance_issued_once"),
            models.UniqueConstraint(fields=["line", "unit"], name="coupons_giftbalance_once_per_unit"),
            models.UniqueConstraint(fields=["store", "id"], name="coupons_giftbalance_store_id"),
            models.CheckConstraint(
                condition=models.Q(line__isnull=True, unit__isnull=True)
                | models.Q(line__isnull=False, unit__isnull=False, unit__gte=1),
                name="coupons_giftbalance_line_and_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(face_value__gte=1), name="coupons_giftbalance_worth_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(issued_at__lt=models.F("ends_at")),
                name="coupons_giftbalance_window_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(ending__regex=r"^[A-Z0-9]{4}$"), name="coupons_giftbalance_ending_form"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "ending"], name="coupons_giftbalance_ending"),
            models.Index(fields=["store", "-id"], name="coupons_giftbalance_newest"),
            models.Index(fields=["customer", "ends_at"], name="coupons_giftbalance_holder"),
            models.Index(
                fields=["ends_at"],
                condition=models.Q(lapsed_at__isnull=True),
                name="coupons_giftbalance_due",
            ),
            models.Index(fields=["store", "issued_at"], name="coupons_giftbalance_issued"),
        ]

    def __str__(self) -> str:
        return f"…{self.ending}"


class GiftWithdrawal(models.Model):
    """Somebody took what was left of a gift balance away: its purchase was refunded, or it was revoked. Append-only.

    A refund leaves the code good for money that may come back to it; a revoked one is refused from then on.
    """

    class Reason(models.TextChoices):
        REFUND = "refund", _("its purchase was given back")
        MISTAKE = "mistake", _("issued by mistake")
        ABUSE = "abuse", _("misused")
        REQUEST = "request", _("the customer asked for it")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    balance = models.ForeignKey(
        GiftBalance, on_delete=models.PROTECT, related_name="withdrawals", verbose_name=_("gift balance")
    )
    by = models.ForeignKey(
        "shop.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the storefront."),
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    amount = models.BigIntegerField(_("withdrawn"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("withdrawn gift balance")
        verbose_name_plural = _("withdrawn gift balances")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["balance"],
                condition=models.Q(reason="refund"),
                name="coupons_giftwithdrawal_refunded_once",
            ),
            models.UniqueConstraint(
                fields=["balance"],
                condition=~models.Q(reason="refund"),
                name="coupons_giftwithdrawal_revoked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=["refund", "mistake", "abuse", "request"]),
                name="coupons_giftwithdrawal_reason_known",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="coupons_giftwithdrawal_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.balance} · {self.get_reason_display()}"


class GiftLimit(models.Model):
    """The most that people of a role may issue by hand in one gift balance. No row: they may issue none; owners may
    issue any."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    amount_max = models.BigIntegerField(
        _("at most"), help_text=_("In one gift balance, for example 50.00. 0: none.")
    )

    class Meta:
        verbose_name = _("limit of gift balances")
        verbose_name_plural = _("limits of gift balances")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "role"], name="coupons_giftlimit_role_once"),
            models.CheckConstraint(
                condition=models.Q(amount_max__gte=0), name="coupons_giftlimit_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.role
