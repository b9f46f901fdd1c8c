"""Gift balances: codes with money behind them, on which terms they are sold, and how they end before time."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from shop.migration_sql import append_only, same_store

SQL = "\n".join(
    [
        same_store("coupons_giftproduct", "product_id", "shop_product"),
        same_store("coupons_giftbalance", "account_id", "loyalty_account"),
        same_store("coupons_giftbalance", "customer_id", "shop_customer"),
        same_store("coupons_giftwithdrawal", "balance_id", "coupons_giftbalance"),
        append_only("coupons_giftwithdrawal"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("coupons", "0008_revoked_with_the_order_that_earned_it"),
        ("loyalty", "0014_gift_balances"),
        ("shop", "0016_gift_balances_as_payment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GiftBalance",
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
                ("code_hash", models.BinaryField(max_length=32)),
                ("code_cipher", models.BinaryField(max_length=64)),
                (
                    "ending",
                    models.CharField(max_length=4, verbose_name="code ends with"),
                ),
                ("face_value", models.BigIntegerField(verbose_name="issued for")),
                (
                    "unit",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="unit of the line"
                    ),
                ),
                (
                    "issue_key",
                    models.CharField(
                        help_text="One gift balance per key, however often it is asked for.",
                        max_length=120,
                        verbose_name="issued for",
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=200, verbose_name="why"),
                ),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("ends_at", models.DateTimeField(verbose_name="valid until")),
                (
                    "prolonged_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="prolonged"
                    ),
                ),
                (
                    "lapsed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ended"),
                ),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift_balance",
                        to="loyalty.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the storefront, or its sale.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who got it. Whoever brings the code may pay with it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift_balances",
                        to="shop.customer",
                        verbose_name="holder",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift_balances",
                        to="shop.orderline",
                        verbose_name="bought with",
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
                "verbose_name": "gift balance",
                "verbose_name_plural": "gift balances",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code_hash",), name="coupons_giftbalance_code_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "issue_key"),
                        name="coupons_giftbalance_issued_once",
                    ),
                    models.UniqueConstraint(
                        fields=("line", "unit"),
                        name="coupons_giftbalance_once_per_unit",
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="coupons_giftbalance_store_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line__isnull", True), ("unit__isnull", True)),
                            models.Q(
                                ("line__isnull", False),
                                ("unit__gte", 1),
                                ("unit__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="coupons_giftbalance_line_and_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("face_value__gte", 1)),
                        name="coupons_giftbalance_worth_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("issued_at__lt", models.F("ends_at"))),
                        name="coupons_giftbalance_window_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ending__regex", "^[A-Z0-9]{4}$")),
                        name="coupons_giftbalance_ending_form",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["store", "ending"], name="coupons_giftbalance_ending"
                    ),
                    models.Index(
                        fields=["store", "-id"], name="coupons_giftbalance_newest"
                    ),
                    models.Index(
                        fields=["customer", "ends_at"],
                        name="coupons_giftbalance_holder",
                    ),
                    models.Index(
                        condition=models.Q(("lapsed_at__isnull", True)),
                        fields=["ends_at"],
                        name="coupons_giftbalance_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftLimit",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin"),
                            ("marketer", "Marketer"),
                            ("support", "Support"),
                            ("analyst", "Analyst"),
                        ],
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                (
                    "amount_max",
                    models.BigIntegerField(
                        help_text="In one gift balance, for example 50.00. 0: none.",
                        verbose_name="at most",
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
                "verbose_name": "limit of gift balances",
                "verbose_name_plural": "limits of gift balances",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "role"), name="coupons_giftlimit_role_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_max__gte", 0)),
                        name="coupons_giftlimit_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftProduct",
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
                    "face_value",
                    models.BigIntegerField(
                        blank=True,
                        help_text="What the code is worth, for example 50.00. Empty: what was paid for it.",
                        null=True,
                        verbose_name="worth",
                    ),
                ),
                (
                    "valid_days",
                    models.PositiveIntegerField(
                        default=365,
                        help_text="From the day it is issued to the end of the last day.",
                        verbose_name="valid, days",
                    ),
                ),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift_terms",
                        to="shop.product",
                        verbose_name="product",
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
                "verbose_name": "gift balance on sale",
                "verbose_name_plural": "gift balances on sale",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("face_value__isnull", True),
                            ("face_value__gte", 1),
                            _connector="OR",
                        ),
                        name="coupons_giftproduct_worth_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_days__gte", 1)),
                        name="coupons_giftproduct_valid_days_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftWithdrawal",
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
                    "reason",
                    models.CharField(
                        choices=[
                            ("refund", "its purchase was given back"),
                            ("mistake", "issued by mistake"),
                            ("abuse", "misused"),
                            ("request", "the customer asked for it"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="withdrawn")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "balance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="coupons.giftbalance",
                        verbose_name="gift balance",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the storefront.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                "verbose_name": "withdrawn gift balance",
                "verbose_name_plural": "withdrawn gift balances",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reason", "refund")),
                        fields=("balance",),
                        name="coupons_giftwithdrawal_refunded_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reason", "refund"), _negated=True),
                        fields=("balance",),
                        name="coupons_giftwithdrawal_revoked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["refund", "mistake", "abuse", "request"])
                        ),
                        name="coupons_giftwithdrawal_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)),
                        name="coupons_giftwithdrawal_amount_not_negative",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
