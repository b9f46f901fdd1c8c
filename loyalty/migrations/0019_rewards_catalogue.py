"""What points buy beside paying in the cart, and who took what."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from shop.migration_sql import same_store

SQL = "\n".join(
    [
        same_store("loyalty_cataloguetake", "item_id", "loyalty_catalogueitem"),
        same_store("loyalty_cataloguetake", "customer_id", "shop_customer"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0018_stamp_cards"),
        ("shop", "0016_gift_balances_as_payment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueItem",
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
                    models.SlugField(
                        help_text="Your storefront names it so, for example mug.",
                        max_length=40,
                        verbose_name="code",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As customers read it, for example Blue mug.",
                        max_length=120,
                        verbose_name="name",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("coupon", "coupon for the next order"),
                            ("gift", "gift"),
                            ("card", "club card"),
                        ],
                        max_length=8,
                        verbose_name="what it is",
                    ),
                ),
                (
                    "campaign",
                    models.CharField(
                        blank=True,
                        db_default="",
                        max_length=64,
                        verbose_name="coupon campaign",
                    ),
                ),
                (
                    "item",
                    models.CharField(
                        blank=True,
                        db_default="",
                        max_length=64,
                        verbose_name="gift or card",
                    ),
                ),
                (
                    "points",
                    models.PositiveIntegerField(
                        help_text="What it costs, for example 500.",
                        verbose_name="points",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        blank=True,
                        db_default="",
                        max_length=40,
                        verbose_name="from tier",
                    ),
                ),
                (
                    "stock_max",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="For example 20. Empty: no limit.",
                        null=True,
                        verbose_name="how many there are",
                    ),
                ),
                (
                    "taken",
                    models.PositiveIntegerField(
                        db_default=0, default=0, editable=False, verbose_name="taken"
                    ),
                ),
                (
                    "per_customer",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="For example 1. Empty: no limit.",
                        null=True,
                        verbose_name="for one customer",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: without end.",
                        null=True,
                        verbose_name="until",
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
                "verbose_name": "reward in the catalogue",
                "verbose_name_plural": "rewards catalogue",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "code"), name="loyalty_catalogueitem_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1)),
                        name="loyalty_catalogueitem_points_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stock_max__isnull", True),
                            ("taken__lte", models.F("stock_max")),
                            _connector="OR",
                        ),
                        name="loyalty_catalogueitem_within_stock",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="loyalty_catalogueitem_window_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("item", ""),
                                ("kind", "coupon"),
                                models.Q(("campaign", ""), _negated=True),
                            ),
                            models.Q(
                                ("campaign", ""),
                                ("kind__in", ["gift", "card"]),
                                models.Q(("item", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_catalogueitem_kind_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueTake",
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
                ("key", models.CharField(max_length=64, verbose_name="key")),
                ("n", models.PositiveIntegerField(null=True, verbose_name="number")),
                ("points", models.PositiveIntegerField(verbose_name="points")),
                ("at", models.DateTimeField(verbose_name="taken")),
                (
                    "cancelled_at",
                    models.DateTimeField(null=True, verbose_name="given back"),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="catalogue_takes",
                        to="shop.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takes",
                        to="loyalty.catalogueitem",
                        verbose_name="reward",
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
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.transfer",
                        verbose_name="movement",
                    ),
                ),
            ],
            options={
                "verbose_name": "reward taken",
                "verbose_name_plural": "rewards taken",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "key"), name="loyalty_cataloguetake_key_once"
                    ),
                    models.UniqueConstraint(
                        fields=("item", "customer", "n"),
                        name="loyalty_cataloguetake_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancelled_at__isnull", True), ("n__isnull", False)
                            ),
                            models.Q(
                                ("cancelled_at__isnull", False), ("n__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_cataloguetake_counts_until_cancelled",
                    ),
                ],
            },
        ),
        # Beside the model: with the table's database defaults its constraints come after the SQL below.
        migrations.AddConstraint(
            model_name="catalogueitem",
            constraint=models.UniqueConstraint(
                fields=("store", "id"), name="loyalty_catalogueitem_store_id"
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
