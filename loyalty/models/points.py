"""Points in double entry: accounts, transfers between two of them, and the earned portions called lots."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """Whose points, or the money behind a gift balance. These two keep a balance; the programme's own accounts are
    sums of their transfers."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("customer")
        ISSUED = "issued", _("issued by the programme")
        SPENT = "spent", _("spent")
        EXPIRED = "expired", _("expired")
        ADJUSTED = "adjusted", _("adjusted by hand")
        GIFT = "gift", _("gift balance")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Asset(models.TextChoices):
        POINTS = "points", _("points")
        MONEY = "money", _("money")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    asset = models.CharField(_("what it holds"), max_length=8, choices=Asset.choices, default=Asset.POINTS)
    customer = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("customer"),
    )
    balance = models.BigIntegerField(_("balance"), default=0)
    # Of the balance: what carts with a reservation will pay with, and nobody else can spend.
    held = models.BigIntegerField(_("held"), default=0, db_default=0)
    # What refunds could not take back; whatever comes in later repays it first.
    owed = models.BigIntegerField(_("owed"), default=0, db_default=0)
    # Of a customer who was merged into another one: whatever comes or goes for them comes and goes there.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_away",
        verbose_name=_("merged into"),
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "asset"],
                condition=models.Q(kind="customer"),
                name="loyalty_account_once_per_customer",
            ),
            models.UniqueConstraint(
                fields=["store", "kind", "asset"],
                condition=models.Q(customer__isnull=True) & ~models.Q(kind="gift"),
                name="loyalty_account_once_per_kind",
            ),
            models.UniqueConstraint(fields=["id", "asset"], name="loyalty_account_id_asset"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_account_store_id"),
            models.CheckConstraint(
                condition=models.Q(balance__gte=0), name="loyalty_account_balance_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(held__gte=0, held__lte=models.F("balance")),
                name="loyalty_account_held_within_balance",
            ),
            # Empty but for what is held, which repays the debt when the hold ends.
            models.CheckConstraint(
                condition=models.Q(owed=0) | models.Q(owed__gt=0, balance=models.F("held"), kind="customer"),
                name="loyalty_account_owes_only_when_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="customer", customer__isnull=False)
                | models.Q(kind="gift", customer__isnull=True, asset="money")
                | (~models.Q(kind__in=["customer", "gift"]) & models.Q(customer__isnull=True, balance=0)),
                name="loyalty_account_balance_only_of_holders",
            ),
            # Nothing is stranded where nobody looks any more.
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True)
                | models.Q(kind="customer", balance=0, held=0, owed=0),
                name="loyalty_account_merged_is_empty",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="loyalty_account_merged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.customer or ''}".strip()


class Transfer(models.Model):
    """One movement of points between two accounts. Append-only; a correction is another transfer."""

    class Kind(models.TextChoices):
        ACCRUAL = "accrual", _("earned")
        REDEMPTION = "redemption", _("spent")
        EXPIRY = "expiry", _("expired")
        ADJUSTMENT = "adjustment", _("adjusted")
        REVERSAL = "reversal", _("taken back")
        # Of gift balances, in money:
        ISSUE = "issue", _("issued")
        PAYMENT = "payment", _("paid with")
        RETURN = "return", _("given back")
        LAPSE = "lapse", _("ended")
        WITHDRAWAL = "withdrawal", _("withdrawn")
        MOVE = "move", _("given to another customer")
        MERGE = "merge", _("merged")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"), db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    asset = models.CharField(
        _("what moves"), max_length=8, choices=Account.Asset.choices, default=Account.Asset.POINTS
    )
    source = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="outgoing",
        verbose_name=_("from"),
        db_index=False,
    )
    target = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="incoming",
        verbose_name=_("to"),
        db_index=False,
    )
    amount = models.BigIntegerField(_("amount"))
    key = models.CharField(
        _("key"),
        max_length=80,
        help_text=_("The movement happens once per key, for example order:77:accrual."),
    )
    input_hash = models.BinaryField(max_length=32, editable=False)
    order = models.ForeignKey(
        "shop.Order",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transfers",
        verbose_name=_("order"),
    )
    rule = models.ForeignKey(
        "loyalty.EarningRule",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transfers",
        verbose_name=_("earning rule"),
    )
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversals",
        verbose_name=_("takes back"),
    )
    effective_at = models.DateTimeField(_("took effect"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("movement of points")
        verbose_name_plural = _("movements of points")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="loyalty_transfer_key_once"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=1), name="loyalty_transfer_amount_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="loyalty_transfer_between_two"
            ),
            models.CheckConstraint(
                condition=models.Q(asset="money")
                | ~models.Q(kind__in=["issue", "payment", "return", "lapse", "withdrawal"]),
                name="loyalty_transfer_gifts_are_money",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "id"], name="loyalty_transfer_out"),
            models.Index(fields=["target", "id"], name="loyalty_transfer_in"),
            # Days are sealed and checked by when their movements were recorded, which is how they lie on disk.
            BrinIndex(fields=["recorded_at"], name="loyalty_transfer_recorded", pages_per_range=32),
        ]

    def __str__(self) -> str:
        return self.key


class Lot(models.Model):
    """One earned portion of points with its own start and end. Spendable while active_at <= now < ends_at."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lots", verbose_name=_("account")
    )
    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, related_name="lot", verbose_name=_("earned by")
    )
    amount = models.BigIntegerField(_("earned"))
    left = models.BigIntegerField(_("left"))
    # Of what is left: held by carts with a reservation. A portion that has ended keeps what is held of it.
    held = models.BigIntegerField(_("held"), default=0, db_default=0)
    active_at = models.DateTimeField(_("spendable from"))
    ends_at = models.DateTimeField(_("spendable until"))
    origin = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="returned_lots",
        verbose_name=_("given back from"),
        help_text=_("The portion that these points were spent from before they were given back."),
    )
    earned_by = models.ForeignKey(
        Transfer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="moved_lots",
        verbose_name=_("first earned by"),
        help_text=_("The movement that brought these points before their customer was merged."),
    )

    class Meta:
        verbose_name = _("earned portion")
        verbose_name_plural = _("earned portions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(left__gte=0, left__lte=models.F("amount")),
                name="loyalty_lot_left_within_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(held__gte=0, held__lte=models.F("left")),
                name="loyalty_lot_held_within_left",
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=1), name="loyalty_lot_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(active_at__lt=models.F("ends_at")), name="loyalty_lot_starts_before_end"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "ends_at", "id"], condition=models.Q(left__gt=0), name="loyalty_lot_open"
            ),
            models.Index(fields=["ends_at"], condition=models.Q(left__gt=0), name="loyalty_lot_due"),
            models.Index(
                fields=["earned_by"], condition=models.Q(earned_by__isnull=False), name="loyalty_lot_moved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left}/{self.amount}"
