"""What the database keeps true of every store."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

DAYS_OF_MONTH = list(range(1, 32))

STORE_RULES: tuple[models.BaseConstraint, ...] = (
    models.UniqueConstraint(fields=["code"], name="shop_store_code_once"),
    models.CheckConstraint(
        condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="shop_store_currency_is_iso"
    ),
    models.CheckConstraint(
        condition=models.Q(clock_shift_seconds=0) | models.Q(is_sandbox=True, clock_shift_seconds__gt=0),
        name="shop_store_only_sandbox_shifts",
    ),
    models.CheckConstraint(
        condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
        | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
        name="shop_store_quiet_hours_whole",
        violation_error_message=_("Fill in both times of the quiet hours, or neither."),
    ),
    models.CheckConstraint(
        condition=models.Q(margin_floor_bp__isnull=True) | models.Q(margin_floor_bp__lte=9999),
        name="shop_store_margin_floor_below_whole",
    ),
    models.CheckConstraint(
        condition=models.Q(line_cap_bp__isnull=True) | models.Q(line_cap_bp__lte=10000),
        name="shop_store_line_cap_at_most_whole",
    ),
    models.CheckConstraint(
        condition=models.Q(discount_share_max_bp__isnull=True) | models.Q(discount_share_max_bp__lte=10000),
        name="shop_store_discount_share_at_most_whole",
    ),
    models.CheckConstraint(
        condition=models.Q(points_share_bp__lte=10000), name="shop_store_points_share_at_most_whole"
    ),
    models.CheckConstraint(condition=models.Q(points_step__gte=1), name="shop_store_points_step_positive"),
    models.CheckConstraint(
        condition=models.Q(return_policy__in=["keep", "reprice"]), name="shop_store_return_policy_known"
    ),
    models.CheckConstraint(
        condition=models.Q(lowest_price_shown__in=["by_country", "always", "never"]),
        name="shop_store_lowest_price_shown_known",
    ),
    models.CheckConstraint(
        condition=models.Q(rounding__in=["half_up", "down"]), name="shop_store_rounding_known"
    ),
    models.CheckConstraint(
        condition=models.Q(leftover__in=["largest", "first", "last"]),
        name="shop_store_leftover_known",
    ),
    models.CheckConstraint(
        condition=models.Q(multiplier_cap_bp__isnull=True) | models.Q(multiplier_cap_bp__gte=10000),
        name="shop_store_multiplier_cap_at_least_once",
        violation_error_message=_("Type how many times, 1 or more, for example 3."),
    ),
    models.CheckConstraint(
        condition=models.Q(
            paydays__contained_by=Value(
                DAYS_OF_MONTH, output_field=ArrayField(models.PositiveSmallIntegerField())
            ),
            paydays__len__lte=31,
        ),
        name="shop_store_paydays_of_month",
        violation_error_message=_("Paydays are days of the month: 1 to 31."),
    ),
    models.CheckConstraint(
        condition=models.Q(country__regex=r"^([A-Z]{2})?$"), name="shop_store_country_is_iso"
    ),
)
