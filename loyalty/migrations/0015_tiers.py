"""Tiers: the ladder by version, who stands where, and how each came there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from shop.migration_sql import append_only, same_store

SAME_STORE = (
    ("loyalty_tierstep", "rules_id", "loyalty_tierrules"),
    ("loyalty_tierstep", "tier_id", "loyalty_tier"),
    ("loyalty_tiergrant", "customer_id", "shop_customer"),
    ("loyalty_tiergrant", "tier_id", "loyalty_tier"),
    ("loyalty_tierstatus", "customer_id", "shop_customer"),
    ("loyalty_tierstatus", "tier_id", "loyalty_tier"),
    ("loyalty_tierstatus", "next_tier_id", "loyalty_tier"),
    ("loyalty_tierchange", "customer_id", "shop_customer"),
    ("loyalty_tierchange", "before_id", "loyalty_tier"),
    ("loyalty_tierchange", "tier_id", "loyalty_tier"),
    ("loyalty_tierchange", "order_id", "shop_order"),
    ("loyalty_tierchange", "grant_id", "loyalty_tiergrant"),
)
APPEND_ONLY = (
    "loyalty_tierrules",
    "loyalty_tierstep",
    "loyalty_tiergrant",
    "loyalty_tierchange",
)
# A process that prices carts keeps the ladder: a change of it raises the store's version, as a change of offers does.
RAISES_VERSION = """
CREATE TRIGGER loyalty_tierrules_raises_version AFTER INSERT ON loyalty_tierrules
    FOR EACH ROW EXECUTE FUNCTION loyalty_raise_version();
CREATE TRIGGER loyalty_tierstep_raises_version AFTER INSERT ON loyalty_tierstep
    FOR EACH ROW EXECUTE FUNCTION loyalty_raise_version();
CREATE TRIGGER loyalty_tier_raises_version AFTER UPDATE ON loyalty_tier
    FOR EACH ROW EXECUTE FUNCTION loyalty_raise_version();
"""
SQL = "\n".join(
    [
        *(same_store(*columns) for columns in SAME_STORE),
        *(append_only(table) for table in APPEND_ONLY),
        RAISES_VERSION,
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0014_gift_balances"),
        ("shop", "0013_store_discount_share"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tier",
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
                        help_text="Offers name the tier by it, for example gold.",
                        max_length=40,
                        verbose_name="code",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As customers read it, for example Gold.",
                        max_length=80,
                        verbose_name="name",
                    ),
                ),
                (
                    "benefits",
                    models.TextField(
                        blank=True,
                        help_text="In your own words, for example Your own contact person. Offers for it are listed by themselves.",
                        max_length=1000,
                        verbose_name="what it gives",
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
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "code"), name="loyalty_tier_code_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_tier_store_id"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierGrant",
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
                ("at", models.DateTimeField(verbose_name="from")),
                ("until_at", models.DateTimeField(null=True, verbose_name="until")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "by",
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
                        related_name="tier_grants",
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
                    "tier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="loyalty.tier",
                        verbose_name="tier",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier given by hand",
                "verbose_name_plural": "tiers given by hand",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_tiergrant_store_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("tier__isnull", True), ("until_at__isnull", True)
                            ),
                            models.Q(
                                ("tier__isnull", False),
                                ("until_at__gt", models.F("at")),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_tiergrant_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="loyalty_tiergrant_says_why",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["customer", "at"], name="loyalty_tiergrant_newest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierChange",
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
                ("is_up", models.BooleanField(default=False, verbose_name="a step up")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "until_at",
                    models.DateTimeField(null=True, verbose_name="kept until"),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("earned", "earned"),
                            ("kept", "kept for another period"),
                            ("lapsed", "ended with its period"),
                            ("withdrawn", "taken back with a return"),
                            ("granted", "given by hand"),
                            ("ended", "the gift has ended"),
                            ("rules", "the ladder was changed"),
                            ("corrected", "reported later"),
                        ],
                        max_length=12,
                        verbose_name="by",
                    ),
                ),
                ("score", models.BigIntegerField(default=0, verbose_name="counted")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                (
                    "before",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.tier",
                        verbose_name="before",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_changes",
                        to="shop.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_changes",
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
                    "tier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="loyalty.tier",
                        verbose_name="tier",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="loyalty.tiergrant",
                        verbose_name="given by hand",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of tier",
                "verbose_name_plural": "changes of tiers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "number"),
                        name="loyalty_tierchange_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("tier__isnull", True), ("until_at__isnull", True)
                            ),
                            models.Q(
                                ("tier__isnull", False), ("until_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_tierchange_whole",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["store", "at"], name="loyalty_tierchange_newest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierRules",
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
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("in_force_at", models.DateTimeField(verbose_name="in force from")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("spend", "money paid for goods"),
                            ("points", "points earned"),
                            ("orders", "number of orders"),
                        ],
                        max_length=8,
                        verbose_name="what is counted",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("rolling", "the last months"),
                            ("year", "the calendar year"),
                            ("quarter", "the calendar quarter"),
                        ],
                        max_length=8,
                        verbose_name="over",
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="months"
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="days of grace"
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
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
                "verbose_name": "rules of the tiers",
                "verbose_name_plural": "rules of the tiers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "number"), name="loyalty_tierrules_number_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_tierrules_store_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("months__gte", 1),
                                ("months__lte", 60),
                                ("period", "rolling"),
                            ),
                            models.Q(
                                ("months__isnull", True),
                                ("period__in", ["year", "quarter"]),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_tierrules_period_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("measure__in", ["spend", "points", "orders"])
                        ),
                        name="loyalty_tierrules_measure_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grace_days__lte", 366)),
                        name="loyalty_tierrules_grace_within_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierStatus",
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
                ("since_at", models.DateTimeField(null=True, verbose_name="since")),
                (
                    "until_at",
                    models.DateTimeField(null=True, verbose_name="kept until"),
                ),
                (
                    "review_at",
                    models.DateTimeField(null=True, verbose_name="looked at again"),
                ),
                (
                    "changes",
                    models.PositiveIntegerField(default=0, verbose_name="changes"),
                ),
                (
                    "next_from",
                    models.BigIntegerField(default=0, verbose_name="next tier from"),
                ),
                (
                    "missing",
                    models.BigIntegerField(default=0, verbose_name="missing to it"),
                ),
                ("checked_at", models.DateTimeField(null=True, verbose_name="as of")),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_status",
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
                    "tier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holders",
                        to="loyalty.tier",
                        verbose_name="tier",
                    ),
                ),
                (
                    "next_tier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.tier",
                        verbose_name="next tier",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer's tier",
                "verbose_name_plural": "customers' tiers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("since_at__isnull", True),
                                ("tier__isnull", True),
                                ("until_at__isnull", True),
                            ),
                            models.Q(
                                ("since_at__isnull", False),
                                ("tier__isnull", False),
                                ("until_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_tierstatus_whole",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("review_at__isnull", False)),
                        fields=["review_at"],
                        name="loyalty_tierstatus_due",
                    ),
                    models.Index(
                        fields=["store", "tier"], name="loyalty_tierstatus_ladder"
                    ),
                    models.Index(
                        fields=["store", "checked_at"], name="loyalty_tierstatus_newest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierStep",
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
                ("threshold", models.BigIntegerField(verbose_name="from")),
                (
                    "rules",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="loyalty.tierrules",
                        verbose_name="rules",
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
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="loyalty.tier",
                        verbose_name="tier",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of the ladder",
                "verbose_name_plural": "steps of the ladder",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rules", "tier"), name="loyalty_tierstep_tier_once"
                    ),
                    models.UniqueConstraint(
                        fields=("rules", "threshold"),
                        name="loyalty_tierstep_threshold_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 1)),
                        name="loyalty_tierstep_threshold_positive",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
