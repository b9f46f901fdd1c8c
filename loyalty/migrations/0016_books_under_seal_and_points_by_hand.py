"""Days under seal, kept rechecks of the books, and points that people move by hand, within limits."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from shop.migration_sql import append_only, same_store


SQL = "\n".join(
    [
        append_only("loyalty_dayseal"),
        same_store("loyalty_adjustment", "customer_id", "shop_customer"),
        same_store("loyalty_pointsmove", "source_id", "shop_customer"),
        same_store("loyalty_pointsmove", "target_id", "shop_customer"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0015_tiers"),
        ("shop", "0013_store_discount_share"),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
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
                    "way",
                    models.CharField(
                        choices=[("give", "give"), ("take", "take")],
                        max_length=4,
                        verbose_name="give or take",
                    ),
                ),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("reason", models.CharField(max_length=240, verbose_name="reason")),
                (
                    "key",
                    models.CharField(
                        help_text="One correction is made once per key.",
                        max_length=80,
                        verbose_name="key",
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(null=True, verbose_name="spendable until"),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "created_by",
                    models.ForeignKey(
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
                        related_name="adjustments",
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
                (
                    "transfer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustment",
                        to="loyalty.transfer",
                        verbose_name="movement",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction by hand",
                "verbose_name_plural": "corrections by hand",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "key"), name="loyalty_adjustment_key_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1)),
                        name="loyalty_adjustment_points_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", "^\\S.{3,}\\S$")),
                        name="loyalty_adjustment_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at__isnull", False), ("way", "give")),
                            models.Q(("ends_at__isnull", True), ("way", "take")),
                            _connector="OR",
                        ),
                        name="loyalty_adjustment_given_points_end",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("transfer__isnull", True)),
                        fields=["store", "-id"],
                        name="loyalty_adjustment_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allowance",
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
                        help_text="For example adjust:7:2026-05-31.",
                        max_length=80,
                        verbose_name="key",
                    ),
                ),
                ("used", models.BigIntegerField(default=0, verbose_name="used")),
                ("used_max", models.BigIntegerField(verbose_name="limit")),
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
                "verbose_name": "used part of a limit",
                "verbose_name_plural": "used parts of limits",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "key"), name="loyalty_allowance_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used__gte", 0), ("used__lte", models.F("used_max"))
                        ),
                        name="loyalty_allowance_within_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DaySeal",
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
                    "day",
                    models.DateField(
                        help_text="Of recording, by Greenwich: it never moves with clocks.",
                        verbose_name="day",
                    ),
                ),
                ("transfers", models.BigIntegerField(verbose_name="movements")),
                ("points", models.BigIntegerField(verbose_name="points moved")),
                (
                    "money",
                    models.BigIntegerField(
                        help_text="In the smallest unit.", verbose_name="money moved"
                    ),
                ),
                ("rows_hash", models.BinaryField(max_length=32)),
                ("previous_hash", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField(verbose_name="sealed")),
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
                "verbose_name": "seal of a day",
                "verbose_name_plural": "seals of days",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "day"), name="loyalty_dayseal_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "previous_hash"),
                        name="loyalty_dayseal_one_chain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("transfers__gte", 1)),
                        name="loyalty_dayseal_of_a_day_with_movements",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerCheck",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("whole", "the whole books"),
                            ("sample", "a sample of accounts"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=80, verbose_name="key")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                (
                    "finished_at",
                    models.DateTimeField(null=True, verbose_name="finished"),
                ),
                (
                    "transfers",
                    models.BigIntegerField(default=0, verbose_name="movements"),
                ),
                (
                    "accounts",
                    models.BigIntegerField(default=0, verbose_name="accounts"),
                ),
                ("seals", models.BigIntegerField(default=0, verbose_name="seals")),
                (
                    "found",
                    models.PositiveIntegerField(default=0, verbose_name="findings"),
                ),
                (
                    "findings",
                    models.JSONField(default=list, verbose_name="what was found"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
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
                "verbose_name": "check of the books",
                "verbose_name_plural": "checks of the books",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "key"), name="loyalty_ledgercheck_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", False),
                            ("found", 0),
                            _connector="OR",
                        ),
                        name="loyalty_ledgercheck_found_when_finished",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["store", "kind", "-id"],
                        name="loyalty_ledgercheck_newest",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointsLimits",
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
                    "support_day_max",
                    models.PositiveIntegerField(
                        db_default=1000,
                        default=1000,
                        help_text="Each colleague of support gives and takes this many in all on one day, for example 1000. What goes beyond waits for an owner or admin. 0: everything waits.",
                        verbose_name="support corrects, points a day",
                    ),
                ),
                (
                    "admin_day_max",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="As above, for each admin and owner, for example 20000. Empty: without a limit.",
                        null=True,
                        verbose_name="admins correct, points a day",
                    ),
                ),
                (
                    "may_move",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Ticked: a member may hand spendable points to another member. They end when they would have.",
                        verbose_name="customers may give points to each other",
                    ),
                ),
                (
                    "move_max",
                    models.PositiveIntegerField(
                        db_default=500,
                        default=500,
                        help_text="Points, for example 500.",
                        verbose_name="given at once, at most",
                    ),
                ),
                (
                    "move_month_max",
                    models.PositiveIntegerField(
                        db_default=1000,
                        default=1000,
                        help_text="By one customer in a calendar month, for example 1000.",
                        verbose_name="given in a month, at most",
                    ),
                ),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_limits",
                        to="shop.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "limits of points",
                "verbose_name_plural": "limits of points",
            },
        ),
        migrations.CreateModel(
            name="PointsMove",
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
                ("ref", models.CharField(max_length=64, verbose_name="reference")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_given",
                        to="shop.customer",
                        verbose_name="from",
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
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_received",
                        to="shop.customer",
                        verbose_name="to",
                    ),
                ),
            ],
            options={
                "verbose_name": "points given to another customer",
                "verbose_name_plural": "points given to other customers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "ref"), name="loyalty_pointsmove_ref_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1)),
                        name="loyalty_pointsmove_points_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source", models.F("target")), _negated=True
                        ),
                        name="loyalty_pointsmove_between_two",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
