"""When points end: a store's choice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

EXPIRY_RULES: tuple[models.BaseConstraint, ...] = (
    models.CheckConstraint(
        condition=models.Q(points_expiry__in=["rolling", "year", "quarter", "sliding"]),
        name="shop_store_points_expiry_known",
    ),
    models.CheckConstraint(
        condition=models.Q(points_grace_days__lte=3660), name="shop_store_points_grace_bounded"
    ),
    models.CheckConstraint(
        condition=models.Q(points_slide_days__gte=1, points_slide_days__lte=3660),
        name="shop_store_points_slide_bounded",
    ),
)


class PointsExpiry(models.Model):
    """The settings of a store by which points end. Points that are there keep their end when these change."""

    class Expiry(models.TextChoices):
        ROLLING = "rolling", _("some days after they became spendable")
        YEAR = "year", _("with the calendar year")
        QUARTER = "quarter", _("with the quarter")
        SLIDING = "sliding", _("some days after the last purchase")

    points_expiry = models.CharField(
        _("points end"),
        max_length=8,
        choices=Expiry.choices,
        default=Expiry.ROLLING,
        db_default=Expiry.ROLLING,
        help_text=_("What customers have already keeps its end; each purchase moves it later if you say so."),
    )
    points_grace_days = models.PositiveIntegerField(
        _("days after the end of the year or quarter"),
        default=0,
        db_default=0,
        help_text=_("For example 31: points of 2026 can be spent until the end of January 2027."),
    )
    points_slide_days = models.PositiveIntegerField(
        _("days after a purchase"),
        default=365,
        db_default=365,
        help_text=_("For example 365: whoever buys once a year loses nothing."),
    )

    class Meta:
        abstract = True
