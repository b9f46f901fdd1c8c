"""A code without a limit has no uses of its own to count: an empty limit slipped through the comparison."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coupons", "0003_redemptions_are_append_only")]
    operations = [
        migrations.RemoveConstraint("coupon", "coupons_coupon_within_limit"),
        migrations.AddConstraint(
            "coupon",
            models.CheckConstraint(
                condition=models.Q(uses_max__isnull=True, used=0, held=0)
                | models.Q(uses_max__isnull=False, uses_max__gte=models.F("used") + models.F("held")),
                name="coupons_coupon_within_limit",
            ),
        ),
    ]
