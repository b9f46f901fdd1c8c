"""What a month is to sell."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("loyalty", "0023_segments"),
        ("shop", "0018_customers_may_be_merged"),
    ]

    operations = [
        migrations.CreateModel(
            name="SalesPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.", verbose_name="month")),
                ("revenue", models.BigIntegerField(verbose_name="revenue")),
                ("margin", models.BigIntegerField(blank=True, null=True, verbose_name="margin")),
                ("store", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="shop.store", verbose_name="store")),
            ],
            options={
                "verbose_name": "sales plan",
                "verbose_name_plural": "sales plans",
                "constraints": [
                    models.UniqueConstraint(fields=("store", "month"), name="loyalty_salesplan_month_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="loyalty_salesplan_month_by_first_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revenue__gte", 1),
                            models.Q(
                                ("margin__isnull", True),
                                models.Q(("margin__gte", 1), ("margin__lte", models.F("revenue"))),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_salesplan_in_order",
                    ),
                ],
            },
        ),
    ]
