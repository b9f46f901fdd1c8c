"""Stamp cards, who holds them, their stamps and full cards."""

import django.db.models.deletion
from django.db import migrations, models

from shop.migration_sql import same_store

SAME_STORE = (
    ("loyalty_stampholder", "card_id", "loyalty_stampcard"),
    ("loyalty_stampholder", "customer_id", "shop_customer"),
    ("loyalty_fullcard", "holder_id", "loyalty_stampholder"),
    ("loyalty_stamp", "holder_id", "loyalty_stampholder"),
    ("loyalty_stamp", "order_id", "shop_order"),
    ("loyalty_stamp", "full_card_id", "loyalty_fullcard"),
)
SQL = "\n".join(same_store(*columns) for columns in SAME_STORE)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0017_movements_found_by_day"),
        ("shop", "0013_store_discount_share"),
    ]

    operations = [
        migrations.CreateModel(
            name="StampCard",
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
                    "code",
                    models.CharField(
                        help_text="For example coffee.",
                        max_length=40,
                        verbose_name="code",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As customers read it, for example Coffee card.",
                        max_length=80,
                        verbose_name="name",
                    ),
                ),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("order", "each paid order"),
                            ("product", "products bought"),
                            ("visit", "visits that you report"),
                        ],
                        default="order",
                        max_length=8,
                        verbose_name="a stamp for",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="product group"
                    ),
                ),
                (
                    "per_unit",
                    models.BooleanField(
                        default=True, verbose_name="a stamp for each unit"
                    ),
                ),
                (
                    "needed",
                    models.PositiveSmallIntegerField(
                        default=6, verbose_name="stamps on a full card"
                    ),
                ),
                (
                    "reward",
                    models.CharField(
                        choices=[("coupon", "a coupon"), ("points", "points")],
                        max_length=8,
                        verbose_name="a full card gives",
                    ),
                ),
                (
                    "campaign",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="coupon campaign"
                    ),
                ),
                (
                    "points",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="points"
                    ),
                ),
                (
                    "day_max",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="stamps a day, at most"
                    ),
                ),
                (
                    "life_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="a stamp counts for, days"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
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
                "verbose_name": "stamp card",
                "verbose_name_plural": "stamp cards",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "code"), name="loyalty_stampcard_code_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_stampcard_store_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needed__gte", 1), ("needed__lte", 100)),
                        name="loyalty_stampcard_needed_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("points__isnull", True),
                                ("reward", "coupon"),
                                models.Q(("campaign", ""), _negated=True),
                            ),
                            models.Q(
                                ("campaign", ""),
                                ("points__gte", 1),
                                ("reward", "points"),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_stampcard_reward_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("day_max__isnull", True),
                            ("day_max__gte", 1),
                            _connector="OR",
                        ),
                        name="loyalty_stampcard_day_max_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("life_days__isnull", True),
                            ("life_days__gte", 1),
                            _connector="OR",
                        ),
                        name="loyalty_stampcard_life_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StampHolder",
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
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holders",
                        to="loyalty.stampcard",
                        verbose_name="stamp card",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamp_cards",
                        to="shop.customer",
                        verbose_name="customer",
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
                "verbose_name": "customer's stamp card",
                "verbose_name_plural": "customers' stamp cards",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("card", "customer"), name="loyalty_stampholder_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_stampholder_store_id"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FullCard",
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
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "needed",
                    models.PositiveSmallIntegerField(verbose_name="stamps on it"),
                ),
                ("at", models.DateTimeField(verbose_name="filled")),
                (
                    "withdrawn_at",
                    models.DateTimeField(null=True, verbose_name="opened again"),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="shop.store",
                        verbose_name="store",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="full_cards",
                        to="loyalty.stampholder",
                        verbose_name="customer's stamp card",
                    ),
                ),
            ],
            options={
                "verbose_name": "full stamp card",
                "verbose_name_plural": "full stamp cards",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("holder", "number"), name="loyalty_fullcard_number_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_fullcard_store_id"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["store", "at"], name="loyalty_fullcard_newest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stamp",
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
                ("key", models.CharField(max_length=100, verbose_name="key")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "ends_at",
                    models.DateTimeField(null=True, verbose_name="counts until"),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(null=True, verbose_name="withdrawn"),
                ),
                (
                    "full_card",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamps",
                        to="loyalty.fullcard",
                        verbose_name="full stamp card",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamps",
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
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamps",
                        to="loyalty.stampholder",
                        verbose_name="customer's stamp card",
                    ),
                ),
            ],
            options={
                "verbose_name": "stamp",
                "verbose_name_plural": "stamps",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("holder", "key"), name="loyalty_stamp_key_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True),
                            ("full_card__isnull", True),
                            _connector="OR",
                        ),
                        name="loyalty_stamp_withdrawn_fills_nothing",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=["holder", "at"],
                        name="loyalty_stamp_counts",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
