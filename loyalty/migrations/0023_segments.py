"""Segments of customers by rule, who is in them, fixed lists, and the limits of the life cycle."""

import django.db.models.deletion
from django.db import migrations, models

from shop.migration_sql import same_store

SAME_STORE = (
    ("loyalty_segmentmember", "segment_id", "loyalty_segment"),
    ("loyalty_segmentmember", "customer_id", "shop_customer"),
    ("loyalty_segmentlisted", "segment_id", "loyalty_segment"),
    ("loyalty_segmentlisted", "customer_id", "shop_customer"),
    ("loyalty_segmentday", "segment_id", "loyalty_segment"),
)
SQL = "\n".join(same_store(*columns) for columns in SAME_STORE)


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def store():
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to="shop.store", verbose_name="store"
    )


def segment(related_name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="loyalty.segment",
        verbose_name="segment",
    )


def customer(related_name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="shop.customer",
        verbose_name="customer",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("loyalty", "0022_accounts_of_merged_customers"),
        ("shop", "0018_customers_may_be_merged"),
    ]

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", key()),
                ("code", models.SlugField(help_text="Offers and the API name the segment by it, for example lost.", max_length=40, verbose_name="code")),
                ("name", models.CharField(help_text="For colleagues, for example Lost.", max_length=80, verbose_name="name")),
                ("document", models.JSONField(verbose_name="rule")),
                ("size", models.PositiveIntegerField(default=0, verbose_name="customers")),
                ("changed_at", models.DateTimeField(verbose_name="rule changed")),
                ("recomputed_at", models.DateTimeField(blank=True, null=True, verbose_name="as of")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="looked at again")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived")),
                ("store", store()),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "constraints": [
                    models.UniqueConstraint(fields=("store", "code"), name="loyalty_segment_code_once"),
                    models.UniqueConstraint(fields=("store", "id"), name="loyalty_segment_store_id"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("archived_at__isnull", True), ("due_at__isnull", False)),
                            models.Q(("archived_at__isnull", False), ("due_at__isnull", True), ("size", 0)),
                            _connector="OR",
                        ),
                        name="loyalty_segment_archived_is_empty",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="loyalty_segment_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentMember",
            fields=[
                ("id", key()),
                ("since_at", models.DateTimeField(verbose_name="since")),
                ("customer", customer("segments")),
                ("segment", segment("members")),
                ("store", store()),
            ],
            options={
                "verbose_name": "member of a segment",
                "verbose_name_plural": "members of segments",
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "customer"), name="loyalty_segmentmember_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentListed",
            fields=[
                ("id", key()),
                ("customer", customer("listed_in")),
                ("segment", segment("listed")),
                ("store", store()),
            ],
            options={
                "verbose_name": "customer on a list",
                "verbose_name_plural": "customers on lists",
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "customer"), name="loyalty_segmentlisted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentDay",
            fields=[
                ("id", key()),
                ("day", models.DateField(verbose_name="day")),
                ("size", models.PositiveIntegerField(verbose_name="customers")),
                ("entered", models.PositiveIntegerField(default=0, verbose_name="entered")),
                ("left", models.PositiveIntegerField(default=0, verbose_name="left")),
                ("segment", segment("days")),
                ("store", store()),
            ],
            options={
                "verbose_name": "day of a segment",
                "verbose_name_plural": "days of segments",
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "day"), name="loyalty_segmentday_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LifeCycleLimits",
            fields=[
                ("id", key()),
                ("active_days", models.PositiveSmallIntegerField(default=30, help_text="And the last order is no longer ago than that, for example 30.", verbose_name="active: buys every so many days or oftener")),
                ("passive_days", models.PositiveSmallIntegerField(default=60, help_text="For example 60. Between active and passive a buyer is slowing.", verbose_name="passive: more days than this between orders, or since the last one")),
                ("lost_days", models.PositiveSmallIntegerField(default=365, help_text="For example 365.", verbose_name="lost: no order for so many days")),
                ("store", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="life_cycle_limits", to="shop.store", verbose_name="store")),
            ],
            options={
                "verbose_name": "limits of the life cycle",
                "verbose_name_plural": "limits of the life cycle",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active_days__gte", 1),
                            ("lost_days__gt", models.F("passive_days")),
                            ("lost_days__lte", 3660),
                            ("passive_days__gte", models.F("active_days")),
                        ),
                        name="loyalty_lifecyclelimits_in_order",
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
