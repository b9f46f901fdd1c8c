"""Status by behaviour: the ladder of tiers by version, who stands where, and how each came there."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tier(models.Model):
    """A status that customers reach. Offers and earning rules name it by its code, which stays for good."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.CharField(
        _("code"), max_length=40, help_text=_("Offers name the tier by it, for example gold.")
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("As customers read it, for example Gold."))
    benefits = models.TextField(
        _("what it gives"),
        max_length=1000,
        blank=True,
        help_text=_(
            "In your own words, for example Your own contact person. Offers for it are listed by themselves."
        ),
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_tier_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_tier_store_id"),
        ]

    def __str__(self) -> str:
        return self.name


class TierRules(models.Model):
    """One version of the ladder's rules: what is counted, over which time. Append-only.

    In force from `in_force_at` until the next one. `months` only of a rolling window; a version without steps ends the
    ladder.
    """

    class Measure(models.TextChoices):
        SPEND = "spend", _("money paid for goods")
        POINTS = "points", _("points earned")
        ORDERS = "orders", _("number of orders")

    class Period(models.TextChoices):
        ROLLING = "rolling", _("the last months")
        YEAR = "year", _("the calendar year")
        QUARTER = "quarter", _("the calendar quarter")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    number = models.PositiveIntegerField(_("version"))
    in_force_at = models.DateTimeField(_("in force from"))
    measure = models.CharField(_("what is counted"), max_length=8, choices=Measure.choices)
    period = models.CharField(_("over"), max_length=8, choices=Period.choices)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=0)
    created_by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("rules of the tiers")
        verbose_name_plural = _("rules of the tiers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "number"], name="loyalty_tierrules_number_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_tierrules_store_id"),
            models.CheckConstraint(
                condition=models.Q(period="rolling", months__gte=1, months__lte=60)
                | models.Q(period__in=["year", "quarter"], months__isnull=True),
                name="loyalty_tierrules_period_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(measure__in=["spend", "points", "orders"]),
                name="loyalty_tierrules_measure_known",
            ),
            models.CheckConstraint(
                condition=models.Q(grace_days__lte=366), name="loyalty_tierrules_grace_within_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.number}"


class TierStep(models.Model):
    """How much one version of the rules asks for a tier: minor units, points or orders. Append-only."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    rules = models.ForeignKey(
        TierRules, on_delete=models.PROTECT, related_name="steps", verbose_name=_("rules")
    )
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="steps", verbose_name=_("tier"))
    threshold = models.BigIntegerField(_("from"))

    class Meta:
        verbose_name = _("step of the ladder")
        verbose_name_plural = _("steps of the ladder")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rules", "tier"], name="loyalty_tierstep_tier_once"),
            models.UniqueConstraint(fields=["rules", "threshold"], name="loyalty_tierstep_threshold_once"),
            models.CheckConstraint(
                condition=models.Q(threshold__gte=1), name="loyalty_tierstep_threshold_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id} · {self.threshold}"


class TierGrant(models.Model):
    """A tier given by hand until an end; one without a tier takes back what was given. Append-only: the newest
    counts."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="tier_grants", verbose_name=_("customer")
    )
    tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, related_name="grants", verbose_name=_("tier")
    )
    at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"), null=True)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("tier given by hand")
        verbose_name_plural = _("tiers given by hand")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_tiergrant_store_id"),
            models.CheckConstraint(
                condition=models.Q(tier__isnull=True, until_at__isnull=True)
                | models.Q(tier__isnull=False, until_at__gt=models.F("at")),
                name="loyalty_tiergrant_whole",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="loyalty_tiergrant_says_why"),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "at"], name="loyalty_tiergrant_newest")]

    def __str__(self) -> str:
        return self.reason


class TierStatus(models.Model):
    """Where a customer stands by the facts known at `checked_at`; a row for everybody who was ever looked at.

    `until_at`: how long the tier is kept; `review_at`: when time alone may change it next; `changes`: how many rows of
    history there are. `next_tier` asks for `next_from`, of which `missing` was missing then.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.OneToOneField(
        "shop.Customer", on_delete=models.PROTECT, related_name="tier_status", verbose_name=_("customer")
    )
    tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, related_name="holders", verbose_name=_("tier")
    )
    since_at = models.DateTimeField(_("since"), null=True)
    until_at = models.DateTimeField(_("kept until"), null=True)
    review_at = models.DateTimeField(_("looked at again"), null=True)
    changes = models.PositiveIntegerField(_("changes"), default=0)
    next_tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("next tier")
    )
    next_from = models.BigIntegerField(_("next tier from"), default=0)
    missing = models.BigIntegerField(_("missing to it"), default=0)
    checked_at = models.DateTimeField(_("as of"), null=True)

    class Meta:
        verbose_name = _("customer's tier")
        verbose_name_plural = _("customers' tiers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(tier__isnull=True, since_at__isnull=True, until_at__isnull=True)
                | models.Q(tier__isnull=False, since_at__isnull=False, until_at__isnull=False),
                name="loyalty_tierstatus_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["review_at"],
                condition=models.Q(review_at__isnull=False),
                name="loyalty_tierstatus_due",
            ),
            models.Index(fields=["store", "tier"], name="loyalty_tierstatus_ladder"),
            models.Index(fields=["store", "checked_at"], name="loyalty_tierstatus_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.tier_id or '-'}"


class TierChange(models.Model):
    """One step of a customer up or down the ladder, or a tier kept anew: when, and by what. Append-only."""

    class Cause(models.TextChoices):
        EARNED = "earned", pgettext_lazy("tier", "earned")
        KEPT = "kept", _("kept for another period")
        LAPSED = "lapsed", _("ended with its period")
        WITHDRAWN = "withdrawn", _("taken back with a return")
        GRANTED = "granted", _("given by hand")
        GRANT_ENDED = "ended", _("the gift has ended")
        RULES = "rules", _("the ladder was changed")
        CORRECTED = "corrected", _("reported later")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="tier_changes", verbose_name=_("customer")
    )
    number = models.PositiveIntegerField(_("number"))
    before = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("before")
    )
    tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, related_name="changes", verbose_name=_("tier")
    )
    is_up = models.BooleanField(_("a step up"), default=False)
    at = models.DateTimeField(_("when"))
    until_at = models.DateTimeField(_("kept until"), null=True)
    cause = models.CharField(_("by"), max_length=12, choices=Cause.choices)
    score = models.BigIntegerField(_("counted"), default=0)
    order = models.ForeignKey(
        "shop.Order",
        on_delete=models.PROTECT,
        null=True,
        related_name="tier_changes",
        verbose_name=_("order"),
    )
    grant = models.ForeignKey(
        TierGrant,
        on_delete=models.PROTECT,
        null=True,
        related_name="changes",
        verbose_name=_("given by hand"),
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("change of tier")
        verbose_name_plural = _("changes of tiers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "number"], name="loyalty_tierchange_number_once"),
            models.CheckConstraint(
                condition=models.Q(tier__isnull=True, until_at__isnull=True)
                | models.Q(tier__isnull=False, until_at__isnull=False),
                name="loyalty_tierchange_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["store", "at"], name="loyalty_tierchange_newest")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.number}: {self.tier_id or '-'}"
