"""What earns points, what each rule gave, and how much of a rule's cap a customer has used."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

CODE_MAX = 40
NO_CODES = Value([], output_field=ArrayField(models.CharField(max_length=64)))


def new_code() -> str:
    """Of a rule that nobody has named."""
    return f"rule-{uuid4().hex[:12]}"


class EarningRule(models.Model):
    """One version of one rule: what it gives, for what and to whom, within its window.

    Rows of one `code` are versions of one rule; an edit ends one and begins the next at the same moment, and what was
    earned names the version it was earned by. `tiers` and `plans`: only who has one of them; both empty: everybody.
    """

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("for every amount paid")
        ORDER = "order", _("for an order")
        EVENT = "event", _("for something a customer does")
        MULTIPLIER = "multiplier", _("points times a number")

    class Event(models.TextChoices):
        JOINED = "joined", _("joins the programme")
        SUBSCRIBED = "subscribed", _("agrees to get offers")
        FIRST_ORDER = "first_order", _("pays a first order")
        BIRTHDAY = "birthday", _("has a birthday")
        REVIEW = "review", _("writes a review")
        LIKE = "like", _("likes or shares")

    class Period(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(_("code"), max_length=CODE_MAX, default=new_code, editable=False)
    number = models.PositiveIntegerField(_("version"), default=1, db_default=1, editable=False)
    name = models.CharField(_("name"), max_length=120, help_text=_("For example 1 point for every £1."))
    kind = models.CharField(
        _("gives points"), max_length=10, choices=Kind.choices, default=Kind.AMOUNT, db_default=Kind.AMOUNT
    )
    points = models.PositiveIntegerField(
        _("points"), help_text=_("How many points are given, for example 1.")
    )
    per_amount = models.BigIntegerField(
        _("for every"),
        null=True,
        help_text=_("The amount paid for goods that earns the points, for example 1.00."),
    )
    factor_bp = models.PositiveIntegerField(_("times"), null=True, blank=True)
    group = models.CharField(_("product group"), max_length=64, blank=True, db_default="")
    tiers = ArrayField(
        models.CharField(max_length=64),
        default=list,
        db_default=NO_CODES,
        blank=True,
        verbose_name=_("tiers"),
    )
    plans = ArrayField(
        models.CharField(max_length=64),
        default=list,
        db_default=NO_CODES,
        blank=True,
        verbose_name=_("cards"),
    )
    event = models.CharField(_("event"), max_length=12, choices=Event.choices, blank=True, db_default="")
    cap_points = models.PositiveIntegerField(_("at most, points"), null=True, blank=True)
    cap_period = models.CharField(_("in a"), max_length=5, choices=Period.choices, blank=True, db_default="")
    cooldown_days = models.PositiveIntegerField(_("not again for, days"), null=True, blank=True)
    life_days = models.PositiveIntegerField(
        _("points live, days"), default=365, help_text=_("Counted from the day they become spendable.")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: without end."))
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "code", "number"], name="loyalty_earningrule_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(points__gte=1) | models.Q(points=0, kind="multiplier"),
                name="loyalty_earningrule_points_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(per_amount__gte=1), name="loyalty_earningrule_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(life_days__gte=1), name="loyalty_earningrule_life_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="loyalty_earningrule_window_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="amount", per_amount__isnull=False, factor_bp__isnull=True, event="")
                | models.Q(kind="order", per_amount__isnull=True, factor_bp__isnull=True, event="")
                | (
                    models.Q(kind="event", per_amount__isnull=True, factor_bp__isnull=True, group="")
                    & ~models.Q(event="")
                )
                | models.Q(
                    kind="multiplier",
                    per_amount__isnull=True,
                    factor_bp__gt=10_000,
                    cap_points__isnull=True,
                    event="",
                ),
                name="loyalty_earningrule_kind_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(cap_points__isnull=True, cap_period="")
                | models.Q(cap_points__gte=1, cap_period__in=["day", "month", "year"]),
                name="loyalty_earningrule_cap_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(cooldown_days__isnull=True) | models.Q(cooldown_days__gte=1, kind="event"),
                name="loyalty_earningrule_cooldown_of_event",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleEarning(models.Model):
    """What one version of a rule gave of an accrual. Append-only."""

    transfer = models.ForeignKey(
        "loyalty.Transfer",
        on_delete=models.PROTECT,
        related_name="rule_earnings",
        verbose_name=_("earned by"),
        db_index=False,
    )
    rule = models.ForeignKey(
        EarningRule, on_delete=models.PROTECT, related_name="earnings", verbose_name=_("earning rule")
    )
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("points by a rule")
        verbose_name_plural = _("points by rules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transfer", "rule"], name="loyalty_ruleearning_once"),
            models.CheckConstraint(
                condition=models.Q(points__gte=1), name="loyalty_ruleearning_points_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} · {self.rule_id}"


class EarningCount(models.Model):
    """What a rule has given a customer in one period ("2026-11-24", "2026-11", "2026"), up to its cap; or, under the
    period "last", when it gave something last."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="+", verbose_name=_("customer")
    )
    code = models.CharField(_("rule"), max_length=CODE_MAX)
    period = models.CharField(_("period"), max_length=10)
    points = models.BigIntegerField(_("points"), default=0)
    points_max = models.BigIntegerField(_("at most, points"), null=True)
    last_at = models.DateTimeField(_("last given"))

    class Meta:
        verbose_name = _("use of a rule's cap")
        verbose_name_plural = _("uses of rules' caps")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "code", "period"], name="loyalty_earningcount_once"),
            models.CheckConstraint(
                condition=models.Q(points__gte=0)
                & (models.Q(points_max__isnull=True) | models.Q(points__lte=models.F("points_max"))),
                name="loyalty_earningcount_within_cap",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period}: {self.points}"
