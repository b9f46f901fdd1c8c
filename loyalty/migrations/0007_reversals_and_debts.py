"""What refunds need to undo exactly: uses of lots, earnings of lines, debts. Debts stay within their store."""

import django.db.models.deletion
from django.db import migrations, models

from shop.migration_sql import same_store


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0006_version_numbers_come_once"),
        ("shop", "0008_points_as_payment_and_reversals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Debt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="A debt is made once per key.",
                        max_length=80,
                        verbose_name="key",
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="points")),
                ("repaid", models.BigIntegerField(default=0, verbose_name="repaid")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debts",
                        to="loyalty.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "accrual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debts",
                        to="loyalty.transfer",
                        verbose_name="earned by",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="shop.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "debt of points",
                "verbose_name_plural": "debts of points",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "key"), name="loyalty_debt_key_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)),
                        name="loyalty_debt_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("repaid__gte", 0), ("repaid__lte", models.F("amount"))
                        ),
                        name="loyalty_debt_repaid_within_amount",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("repaid__lt", models.F("amount"))),
                        fields=["account", "id"],
                        name="loyalty_debt_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineEarning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="points")),
                (
                    "taken_back",
                    models.BigIntegerField(default=0, verbose_name="taken back"),
                ),
                (
                    "accrual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_earnings",
                        to="loyalty.transfer",
                        verbose_name="earned by",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earning",
                        to="shop.orderline",
                        verbose_name="order line",
                    ),
                ),
            ],
            options={
                "verbose_name": "points earned by a line",
                "verbose_name_plural": "points earned by lines",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back__gte", 0),
                            ("taken_back__lte", models.F("amount")),
                        ),
                        name="loyalty_lineearning_taken_within_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LotUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="points")),
                (
                    "returned",
                    models.BigIntegerField(default=0, verbose_name="given back"),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shop.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="loyalty.lot",
                        verbose_name="earned portion",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lot_uses",
                        to="loyalty.transfer",
                        verbose_name="movement",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of an earned portion",
                "verbose_name_plural": "uses of earned portions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("transfer", "lot", "line"),
                        name="loyalty_lotuse_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)),
                        name="loyalty_lotuse_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("returned__gte", 0), ("returned__lte", models.F("amount"))
                        ),
                        name="loyalty_lotuse_returned_within_amount",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="account",
            name="owed",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="owed"),
        ),
        migrations.AddField(
            model_name="lot",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                help_text="The portion that these points were spent from before they were given back.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returned_lots",
                to="loyalty.lot",
                verbose_name="given back from",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("left__gt", 0)),
                fields=["ends_at"],
                name="loyalty_lot_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("owed", 0),
                    models.Q(("balance", 0), ("kind", "customer"), ("owed__gt", 0)),
                    _connector="OR",
                ),
                name="loyalty_account_owes_only_when_empty",
            ),
        ),
        migrations.RunSQL(
            same_store("loyalty_debt", "account_id", "loyalty_account"),
            migrations.RunSQL.noop,
        ),
    ]
