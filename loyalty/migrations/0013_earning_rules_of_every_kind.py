"""Earning rules of every kind, in versions; what each gave, how much of its cap is used, and ends moved later."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import loyalty.models.earning
from shop.migration_sql import append_only, same_store

# A rule that is there already is the first version of a rule of its own. Checks of the rows wait for the end of a
# statement, and no table is altered while some do.
NAME_RULES = """
UPDATE loyalty_earningrule SET code = 'rule-' || id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
SQL = "\n".join(
    [
        same_store("loyalty_earningcount", "customer_id", "shop_customer"),
        append_only("loyalty_ruleearning"),
        append_only("loyalty_prolongation"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0012_referrals_and_partners"),
        ("shop", "0014_orders_say_what_brought_them"),
    ]

    operations = [
        migrations.CreateModel(
            name="EarningCount",
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
                ("code", models.CharField(max_length=40, verbose_name="rule")),
                ("period", models.CharField(max_length=10, verbose_name="period")),
                ("points", models.BigIntegerField(default=0, verbose_name="points")),
                (
                    "points_max",
                    models.BigIntegerField(null=True, verbose_name="at most, points"),
                ),
                ("last_at", models.DateTimeField(verbose_name="last given")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                "verbose_name": "use of a rule's cap",
                "verbose_name_plural": "uses of rules' caps",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "code", "period"),
                        name="loyalty_earningcount_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points__gte", 0),
                            models.Q(
                                ("points_max__isnull", True),
                                ("points__lte", models.F("points_max")),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_earningcount_within_cap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prolongation",
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
                ("from_at", models.DateTimeField(verbose_name="ended")),
                ("to_at", models.DateTimeField(verbose_name="ends now")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prolongations",
                        to="loyalty.lot",
                        verbose_name="earned portion",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shop.order",
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "prolonged portion",
                "verbose_name_plural": "prolonged portions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lot", "order"), name="loyalty_prolongation_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_at__gt", models.F("from_at"))),
                        name="loyalty_prolongation_only_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleEarning",
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
                ("points", models.BigIntegerField(verbose_name="points")),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earnings",
                        to="loyalty.earningrule",
                        verbose_name="earning rule",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rule_earnings",
                        to="loyalty.transfer",
                        verbose_name="earned by",
                    ),
                ),
            ],
            options={
                "verbose_name": "points by a rule",
                "verbose_name_plural": "points by rules",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("transfer", "rule"), name="loyalty_ruleearning_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1)),
                        name="loyalty_ruleearning_points_positive",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="earningrule",
            name="loyalty_earningrule_points_positive",
        ),
        migrations.AddField(
            model_name="earningrule",
            name="cap_period",
            field=models.CharField(
                blank=True,
                choices=[("day", "day"), ("month", "month"), ("year", "year")],
                db_default="",
                max_length=5,
                verbose_name="in a",
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="cap_points",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="at most, points"
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="cooldown_days",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="not again for, days"
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="event",
            field=models.CharField(
                blank=True,
                choices=[
                    ("joined", "joins the programme"),
                    ("subscribed", "agrees to get offers"),
                    ("first_order", "pays a first order"),
                    ("birthday", "has a birthday"),
                    ("review", "writes a review"),
                    ("like", "likes or shares"),
                ],
                db_default="",
                max_length=12,
                verbose_name="event",
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="factor_bp",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="times"
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="group",
            field=models.CharField(
                blank=True, db_default="", max_length=64, verbose_name="product group"
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("amount", "for every amount paid"),
                    ("order", "for an order"),
                    ("event", "for something a customer does"),
                    ("multiplier", "points times a number"),
                ],
                db_default="amount",
                default="amount",
                max_length=10,
                verbose_name="gives points",
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="number",
            field=models.PositiveIntegerField(
                db_default=1, default=1, editable=False, verbose_name="version"
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="plans",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64),
                blank=True,
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                default=list,
                size=None,
                verbose_name="cards",
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="tiers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64),
                blank=True,
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                default=list,
                size=None,
                verbose_name="tiers",
            ),
        ),
        migrations.AlterField(
            model_name="earningrule",
            name="per_amount",
            field=models.BigIntegerField(
                help_text="The amount paid for goods that earns the points, for example 1.00.",
                null=True,
                verbose_name="for every",
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="code",
            field=models.SlugField(
                default="", editable=False, max_length=40, verbose_name="code"
            ),
        ),
        migrations.RunSQL(NAME_RULES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="earningrule",
            name="code",
            field=models.SlugField(
                default=loyalty.models.earning.new_code,
                editable=False,
                max_length=40,
                verbose_name="code",
            ),
        ),
        migrations.AddConstraint(
            model_name="earningrule",
            constraint=models.UniqueConstraint(
                fields=("store", "code", "number"),
                name="loyalty_earningrule_version_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="earningrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("points__gte", 1),
                    models.Q(("kind", "multiplier"), ("points", 0)),
                    _connector="OR",
                ),
                name="loyalty_earningrule_points_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="earningrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("event", ""),
                        ("factor_bp__isnull", True),
                        ("kind", "amount"),
                        ("per_amount__isnull", False),
                    ),
                    models.Q(
                        ("event", ""),
                        ("factor_bp__isnull", True),
                        ("kind", "order"),
                        ("per_amount__isnull", True),
                    ),
                    models.Q(
                        ("factor_bp__isnull", True),
                        ("group", ""),
                        ("kind", "event"),
                        ("per_amount__isnull", True),
                        models.Q(("event", ""), _negated=True),
                    ),
                    models.Q(
                        ("cap_points__isnull", True),
                        ("event", ""),
                        ("factor_bp__gt", 10000),
                        ("kind", "multiplier"),
                        ("per_amount__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="loyalty_earningrule_kind_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="earningrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cap_period", ""), ("cap_points__isnull", True)),
                    models.Q(
                        ("cap_period__in", ["day", "month", "year"]),
                        ("cap_points__gte", 1),
                    ),
                    _connector="OR",
                ),
                name="loyalty_earningrule_cap_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="earningrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cooldown_days__isnull", True),
                    models.Q(("cooldown_days__gte", 1), ("kind", "event")),
                    _connector="OR",
                ),
                name="loyalty_earningrule_cooldown_of_event",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
