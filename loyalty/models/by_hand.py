"""Points that people move: corrections by colleagues, customers who hand points on. And how much of it is allowed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

REASON = r"^\S.{3,}\S$"  # five letters at least, and none of them a space at an end


class PointsLimits(models.Model):
    """What a store lets people do with points. One row; a store without one goes by the defaults here."""

    store = models.OneToOneField(
        "shop.Store", on_delete=models.PROTECT, related_name="points_limits", verbose_name=_("store")
    )
    support_day_max = models.PositiveIntegerField(
        _("support corrects, points a day"),
        default=1000,
        db_default=1000,
        help_text=_(
            "Each colleague of support gives and takes this many in all on one day, for example 1000. What goes beyond "
            "waits for an owner or admin. 0: everything waits."
        ),
    )
    admin_day_max = models.PositiveIntegerField(
        _("admins correct, points a day"),
        null=True,
        blank=True,
        help_text=_("As above, for each admin and owner, for example 20000. Empty: without a limit."),
    )
    may_move = models.BooleanField(
        _("customers may give points to each other"),
        default=False,
        db_default=False,
        help_text=_(
            "Ticked: a member may hand spendable points to another member. They end when they would have."
        ),
    )
    move_max = models.PositiveIntegerField(
        _("given at once, at most"), default=500, db_default=500, help_text=_("Points, for example 500.")
    )
    move_month_max = models.PositiveIntegerField(
        _("given in a month, at most"),
        default=1000,
        db_default=1000,
        help_text=_("By one customer in a calendar month, for example 1000."),
    )

    class Meta:
        verbose_name = _("limits of points")
        verbose_name_plural = _("limits of points")

    def __str__(self) -> str:
        return str(self.store)


class Allowance(models.Model):
    """How much of a limit has been used within its period: one row for each person and day, customer and month."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    key = models.CharField(_("key"), max_length=80, help_text=_("For example adjust:7:2026-05-31."))
    used = models.BigIntegerField(_("used"), default=0)
    used_max = models.BigIntegerField(_("limit"))

    class Meta:
        verbose_name = _("used part of a limit")
        verbose_name_plural = _("used parts of limits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="loyalty_allowance_once"),
            models.CheckConstraint(
                condition=models.Q(used__gte=0, used__lte=models.F("used_max")),
                name="loyalty_allowance_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.used}/{self.used_max}"


class Adjustment(models.Model):
    """Points that a colleague gave or took by hand, and why. `transfer` is empty while it waits for a second person,
    and stays so where that person said no: the Approval "adjustment:<id>" says which."""

    class Way(models.TextChoices):
        GIVE = "give", _("give")
        TAKE = "take", _("take")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="adjustments", verbose_name=_("customer")
    )
    way = models.CharField(_("give or take"), max_length=4, choices=Way.choices)
    points = models.BigIntegerField(_("points"))
    reason = models.CharField(_("reason"), max_length=240)
    key = models.CharField(_("key"), max_length=80, help_text=_("One correction is made once per key."))
    ends_at = models.DateTimeField(_("spendable until"), null=True)
    created_by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"))
    transfer = models.OneToOneField(
        "loyalty.Transfer",
        on_delete=models.PROTECT,
        null=True,
        related_name="adjustment",
        verbose_name=_("movement"),
    )

    class Meta:
        verbose_name = _("correction by hand")
        verbose_name_plural = _("corrections by hand")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="loyalty_adjustment_key_once"),
            models.CheckConstraint(
                condition=models.Q(points__gte=1), name="loyalty_adjustment_points_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__regex=REASON),
                name="loyalty_adjustment_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(way="give", ends_at__isnull=False)
                | models.Q(way="take", ends_at__isnull=True),
                name="loyalty_adjustment_given_points_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["store", "-id"],
                condition=models.Q(transfer__isnull=True),
                name="loyalty_adjustment_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.points}"


class PointsMove(models.Model):
    """Points that one customer gave to another, once per reference. Each portion moved by a transfer of its own."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    ref = models.CharField(_("reference"), max_length=64)
    source = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="points_given", verbose_name=_("from")
    )
    target = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="points_received", verbose_name=_("to")
    )
    points = models.BigIntegerField(_("points"))
    created_by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("points given to another customer")
        verbose_name_plural = _("points given to other customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "ref"], name="loyalty_pointsmove_ref_once"),
            models.CheckConstraint(
                condition=models.Q(points__gte=1), name="loyalty_pointsmove_points_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="loyalty_pointsmove_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} · {self.ref}"
