"""Quotes that hold their price and their rights for half an hour, and what each of them holds."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("coupons", "0006_revocations_are_append_only"),
        ("loyalty", "0008_points_and_uses_can_be_held"),
        ("shop", "0008_points_as_payment_and_reversals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Quote",
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
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, verbose_name="number"
                    ),
                ),
                ("cart_ref", models.CharField(max_length=64, verbose_name="cart")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("held", "held"),
                            ("spent", "became an order"),
                            ("replaced", "replaced by a newer quote of its cart"),
                            ("released", "let go"),
                            ("lapsed", "its time was over"),
                        ],
                        default="held",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("first_at", models.DateTimeField(verbose_name="the cart holds since")),
                ("priced_at", models.DateTimeField(verbose_name="priced")),
                ("ends_at", models.DateTimeField(verbose_name="holds until")),
                (
                    "offers_version",
                    models.BigIntegerField(verbose_name="version of the offers"),
                ),
                ("content_hash", models.BinaryField(max_length=32)),
                ("priced", models.JSONField(verbose_name="price")),
                ("versions", models.JSONField(verbose_name="terms of its offers")),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reserved_quotes",
                        to="shop.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reserved_quotes",
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
                "verbose_name": "reserved quote",
                "verbose_name_plural": "reserved quotes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key",), name="checkout_quote_key_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "held")),
                        fields=("store", "cart_ref"),
                        name="checkout_quote_one_held_per_cart",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["held", "spent", "replaced", "released", "lapsed"],
                            )
                        ),
                        name="checkout_quote_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order__isnull", False), ("status", "spent")),
                            models.Q(
                                ("order__isnull", True),
                                models.Q(("status", "spent"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="checkout_quote_spent_by_an_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_at__lte", models.F("priced_at")),
                            ("priced_at__lt", models.F("ends_at")),
                        ),
                        name="checkout_quote_moments_in_order",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "held")),
                        fields=["store", "ends_at"],
                        name="checkout_quote_due",
                    ),
                    models.Index(
                        condition=models.Q(("status", "held"), _negated=True),
                        fields=["ends_at"],
                        name="checkout_quote_over",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
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
                ("amount", models.BigIntegerField(default=1, verbose_name="amount")),
                (
                    "budget",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.offerbudget",
                        verbose_name="budget",
                    ),
                ),
                (
                    "coupon",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coupons.coupon",
                        verbose_name="coupon",
                    ),
                ),
                (
                    "customer_use",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.customeruse",
                        verbose_name="use by the customer",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="earned portion",
                    ),
                ),
                (
                    "offer_use",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.offeruse",
                        verbose_name="use of all",
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="checkout.quote",
                        verbose_name="quote",
                    ),
                ),
            ],
            options={
                "verbose_name": "reservation",
                "verbose_name_plural": "reservations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("budget__isnull", True),
                                ("coupon__isnull", True),
                                ("customer_use__isnull", True),
                                ("lot__isnull", True),
                                ("offer_use__isnull", False),
                            ),
                            models.Q(
                                ("budget__isnull", True),
                                ("coupon__isnull", True),
                                ("customer_use__isnull", False),
                                ("lot__isnull", True),
                                ("offer_use__isnull", True),
                            ),
                            models.Q(
                                ("budget__isnull", False),
                                ("coupon__isnull", True),
                                ("customer_use__isnull", True),
                                ("lot__isnull", True),
                                ("offer_use__isnull", True),
                            ),
                            models.Q(
                                ("budget__isnull", True),
                                ("coupon__isnull", False),
                                ("customer_use__isnull", True),
                                ("lot__isnull", True),
                                ("offer_use__isnull", True),
                            ),
                            models.Q(
                                ("budget__isnull", True),
                                ("coupon__isnull", True),
                                ("customer_use__isnull", True),
                                ("lot__isnull", False),
                                ("offer_use__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="checkout_reservation_holds_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)),
                        name="checkout_reservation_amount_positive",
                    ),
                ],
            },
        ),
    ]
