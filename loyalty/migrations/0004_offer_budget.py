"""The most an offer may cost in all."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0003_ledger_is_append_only")]
    operations = [
        migrations.CreateModel(
            name="OfferBudget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spent", models.BigIntegerField(default=0, verbose_name="given")),
                ("held", models.BigIntegerField(default=0, verbose_name="held")),
                ("budget_max", models.BigIntegerField(verbose_name="at most")),
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget",
                        to="loyalty.offer",
                        verbose_name="offer",
                    ),
                ),
            ],
            options={
                "verbose_name": "budget of an offer",
                "verbose_name_plural": "budgets of offers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("budget_max__gte", models.F("spent") + models.F("held")), ("held__gte", 0), ("spent__gte", 0)
                        ),
                        name="loyalty_offerbudget_within_limit",
                    )
                ],
            },
        ),
    ]
