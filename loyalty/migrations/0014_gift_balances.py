"""Gift balances are accounts in money, and orders keep what each of them paid."""

import django.db.models.deletion
from django.db import migrations, models

from shop.migration_sql import same_store

SQL = "\n".join(
    [
        same_store("loyalty_balancepayment", "order_id", "shop_order"),
        same_store("loyalty_balancepayment", "account_id", "loyalty_account"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0013_earning_rules_of_every_kind"),
        ("shop", "0016_gift_balances_as_payment"),
    ]

    operations = [
        migrations.CreateModel(
            name="BalancePayment",
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
                ("amount", models.BigIntegerField(verbose_name="amount")),
                (
                    "returned",
                    models.BigIntegerField(default=0, verbose_name="given back"),
                ),
                (
                    "was_prolonged",
                    models.BooleanField(
                        default=False, verbose_name="paid on prolonged time"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balance_payments",
                        to="loyalty.account",
                        verbose_name="gift balance",
                    ),
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balance_payments",
                        to="shop.order",
                        verbose_name="order",
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
                "verbose_name": "payment by gift balance",
                "verbose_name_plural": "payments by gift balance",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "account", "line"),
                        name="loyalty_balancepayment_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)),
                        name="loyalty_balancepayment_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("returned__gte", 0), ("returned__lte", models.F("amount"))
                        ),
                        name="loyalty_balancepayment_returned_within_amount",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="loyalty_account_once_per_kind",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="loyalty_account_balance_only_of_customers",
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("customer", "customer"),
                    ("issued", "issued by the programme"),
                    ("spent", "spent"),
                    ("expired", "expired"),
                    ("adjusted", "adjusted by hand"),
                    ("gift", "gift balance"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    ("accrual", "earned"),
                    ("redemption", "spent"),
                    ("expiry", "expired"),
                    ("adjustment", "adjusted"),
                    ("reversal", "taken back"),
                    ("issue", "issued"),
                    ("payment", "paid with"),
                    ("return", "given back"),
                    ("lapse", "ended"),
                    ("withdrawal", "withdrawn"),
                    ("move", "given to another customer"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("customer__isnull", True),
                    models.Q(("kind", "gift"), _negated=True),
                ),
                fields=("store", "kind", "asset"),
                name="loyalty_account_once_per_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer__isnull", False), ("kind", "customer")),
                    models.Q(
                        ("asset", "money"), ("customer__isnull", True), ("kind", "gift")
                    ),
                    models.Q(
                        models.Q(("kind__in", ["customer", "gift"]), _negated=True),
                        ("balance", 0),
                        ("customer__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="loyalty_account_balance_only_of_holders",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asset", "money"),
                    models.Q(
                        (
                            "kind__in",
                            ["issue", "payment", "return", "lapse", "withdrawal"],
                        ),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="loyalty_transfer_gifts_are_money",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
