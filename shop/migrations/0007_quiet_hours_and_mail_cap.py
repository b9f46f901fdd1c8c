from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_partition_made_by_another")]
    operations = [
        migrations.AddField(
            "store",
            "quiet_from",
            models.TimeField(
                "no offers by mail from",
                null=True,
                blank=True,
                help_text="By the customer's own clock, for example 21:00. Empty: 21:00, and a win-back goes at any "
                "hour. The same time in both fields: no quiet hours.",
            ),
        ),
        migrations.AddField(
            "store",
            "quiet_until",
            models.TimeField(
                "no offers by mail until",
                null=True,
                blank=True,
                help_text="For example 09:00. What was held back goes then. Empty: 09:00.",
            ),
        ),
        migrations.AddField(
            "store",
            "mails_max",
            models.PositiveSmallIntegerField(
                "offers by mail, at most",
                null=True,
                blank=True,
                help_text="To one customer within the days below, for example 2. Empty: 2, and a win-back does not "
                "ask.",
            ),
        ),
        migrations.AddField(
            "store",
            "mails_max_days",
            models.PositiveSmallIntegerField(
                "within days", null=True, blank=True, help_text="For example 7. Empty: 7."
            ),
        ),
        migrations.AddConstraint(
            "store",
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="shop_store_quiet_hours_whole",
                violation_error_message="Fill in both times of the quiet hours, or neither.",
            ),
        ),
    ]
