"""Friends who bring friends, and partners: links, who brought an order, rewards, reviews, commissions, payouts."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from shop.migration_sql import append_only, same_store

# Nobody is their own ancestor. Whoever joins waits for whoever is joining: two who bring each other at once are one
# after the other, and the second one sees the first.
NO_CIRCLE = """
CREATE FUNCTION loyalty_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('loyalty_referral'), NEW.store_id::int);
    IF EXISTS (
        WITH RECURSIVE line AS (
            SELECT NEW.referrer_id AS id
            UNION
            SELECT before.referrer_id FROM line JOIN loyalty_referral before ON before.customer_id = line.id
        )
        SELECT FROM line WHERE id = NEW.customer_id
    ) THEN
        RAISE EXCEPTION 'nobody is their own ancestor'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'loyalty_referral_no_circle';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER loyalty_referral_no_circle BEFORE INSERT ON loyalty_referral
    FOR EACH ROW EXECUTE FUNCTION loyalty_refuse_circle();
"""
SAME_STORE = (
    ("loyalty_acquisition", "order_id", "shop_order"),
    ("loyalty_acquisition", "partner_id", "loyalty_partner"),
    ("loyalty_commission", "order_id", "shop_order"),
    ("loyalty_commission", "partner_id", "loyalty_partner"),
    ("loyalty_commission", "payout_id", "loyalty_payout"),
    ("loyalty_linkclick", "visitor_id", "shop_visitor"),
    ("loyalty_linkclick", "referral_link_id", "loyalty_referrallink"),
    ("loyalty_linkclick", "partner_link_id", "loyalty_partnerlink"),
    ("loyalty_partner", "contact_id", "shop_customer"),
    ("loyalty_partnerlink", "partner_id", "loyalty_partner"),
    ("loyalty_partnerproduct", "partner_id", "loyalty_partner"),
    ("loyalty_partnerproduct", "product_id", "shop_product"),
    ("loyalty_payout", "partner_id", "loyalty_partner"),
    ("loyalty_referral", "customer_id", "shop_customer"),
    ("loyalty_referral", "referrer_id", "shop_customer"),
    ("loyalty_referrallink", "customer_id", "shop_customer"),
    ("loyalty_referralreward", "order_id", "shop_order"),
    ("loyalty_referralreward", "customer_id", "shop_customer"),
    ("loyalty_reviewcase", "order_id", "shop_order"),
    ("loyalty_reviewdecision", "case_id", "loyalty_reviewcase"),
)
SQL = "\n".join(
    [
        *(same_store(*columns) for columns in SAME_STORE),
        append_only("loyalty_acquisition"),
        append_only("loyalty_referral"),
        append_only("loyalty_reviewdecision"),
        NO_CIRCLE,
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0011_rewards_promised_to_customers"),
        ("shop", "0014_orders_say_what_brought_them"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
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
                        help_text="Short name for links and the API, for example anna-blog.",
                        max_length=40,
                        verbose_name="code",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="For example Anna's garden blog.",
                        max_length=120,
                        verbose_name="name",
                    ),
                ),
                (
                    "default_bp",
                    models.PositiveIntegerField(
                        default=1000, verbose_name="commission"
                    ),
                ),
                (
                    "campaign",
                    models.CharField(
                        blank=True,
                        help_text="Orders with a coupon of this campaign are the partner's.",
                        max_length=60,
                        verbose_name="coupon campaign",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "statement_is_open",
                    models.BooleanField(
                        default=False, verbose_name="statement can be seen by link"
                    ),
                ),
                (
                    "statement_number",
                    models.PositiveIntegerField(
                        default=0, verbose_name="number of the link"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="added"),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partners",
                        to="shop.customer",
                        verbose_name="contact",
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
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "code"), name="loyalty_partner_code_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_partner_store_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("campaign", ""), _negated=True),
                        fields=("store", "campaign"),
                        name="loyalty_partner_campaign_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("default_bp__lte", 10000)),
                        name="loyalty_partner_rate_at_most_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Acquisition",
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
                            ("gift", "a coupon that was handed on"),
                            ("referral", "a customer"),
                            ("partner", "a partner"),
                        ],
                        max_length=8,
                        verbose_name="brought by",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("code", "by the code used"),
                            ("click", "by the last link followed"),
                            ("tie", "brought once, and for ever"),
                        ],
                        max_length=8,
                        verbose_name="how",
                    ),
                ),
                (
                    "line",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=5,
                        verbose_name="who earns",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acquisitions",
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
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acquisitions",
                        to="loyalty.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "acquired order",
                "verbose_name_plural": "acquired orders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order",), name="loyalty_acquisition_once_per_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "partner"),
                                ("line", []),
                                ("partner__isnull", False),
                            ),
                            models.Q(
                                ("kind__in", ["gift", "referral"]),
                                ("partner__isnull", True),
                                models.Q(("line", []), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_acquisition_of_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payout",
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
                    "month",
                    models.DateField(help_text="Its first day.", verbose_name="month"),
                ),
                (
                    "orders",
                    models.PositiveIntegerField(default=0, verbose_name="orders"),
                ),
                ("earned", models.BigIntegerField(default=0, verbose_name="earned")),
                (
                    "taken_back",
                    models.BigIntegerField(default=0, verbose_name="taken back"),
                ),
                (
                    "carried_in",
                    models.BigIntegerField(default=0, verbose_name="brought forward"),
                ),
                ("payable", models.BigIntegerField(default=0, verbose_name="to pay")),
                (
                    "carried_out",
                    models.BigIntegerField(default=0, verbose_name="carried over"),
                ),
                ("closed_at", models.DateTimeField(verbose_name="closed")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="loyalty.partner",
                        verbose_name="partner",
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
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "month"),
                        name="loyalty_payout_once_per_month",
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_payout_store_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("carried_in__lte", 0),
                            ("carried_out__lte", 0),
                            ("earned__gte", 0),
                            (
                                "payable",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("carried_in"),
                                            "+",
                                            models.F("earned"),
                                        ),
                                        "+",
                                        models.F("taken_back"),
                                    ),
                                    "-",
                                    models.F("carried_out"),
                                ),
                            ),
                            ("payable__gte", 0),
                            ("taken_back__lte", 0),
                            models.Q(
                                ("payable", 0), ("carried_out", 0), _connector="OR"
                            ),
                        ),
                        name="loyalty_payout_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commission",
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
                        choices=[("earned", "earned"), ("clawback", "taken back")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("traffic", "sent the buyer"),
                            ("product", "supplied the goods"),
                        ],
                        max_length=8,
                        verbose_name="for",
                    ),
                ),
                ("key", models.CharField(max_length=60, verbose_name="key")),
                ("paid", models.BigIntegerField(verbose_name="paid for the line")),
                ("rate_bp", models.PositiveIntegerField(verbose_name="commission")),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
                        to="shop.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
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
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
                        to="loyalty.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
                        to="loyalty.payout",
                        verbose_name="paid with",
                    ),
                ),
            ],
            options={
                "verbose_name": "commission",
                "verbose_name_plural": "commissions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "key"), name="loyalty_commission_key_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gte", 1), ("kind", "earned")),
                            models.Q(("amount__lte", -1), ("kind", "clawback")),
                            _connector="OR",
                        ),
                        name="loyalty_commission_sign_by_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["traffic", "product"])),
                        name="loyalty_commission_basis_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["partner", "due_at"], name="loyalty_commission_due"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerLink",
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
                ("code", models.SlugField(max_length=60, verbose_name="code")),
                (
                    "path",
                    models.CharField(default="/", max_length=240, verbose_name="page"),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="loyalty.partner",
                        verbose_name="partner",
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
                "verbose_name": "partner's link",
                "verbose_name_plural": "partners' links",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "code"), name="loyalty_partnerlink_code_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_partnerlink_store_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("path__regex", "^/([^/\\\\\\s][^\\\\\\s]*)?$")
                        ),
                        name="loyalty_partnerlink_path_is_ours",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralLink",
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
                ("code", models.CharField(max_length=16, verbose_name="code")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_links",
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
                "verbose_name": "referral link",
                "verbose_name_plural": "referral links",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "code"), name="loyalty_referrallink_code_once"
                    ),
                    models.UniqueConstraint(
                        fields=("customer",),
                        name="loyalty_referrallink_once_per_customer",
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_referrallink_store_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code__regex", "^[2-9A-HJ-KM-NP-Z]{12,16}$")
                        ),
                        name="loyalty_referrallink_code_form",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkClick",
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
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="shop.store",
                        verbose_name="store",
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="link_clicks",
                        to="shop.visitor",
                        verbose_name="visitor",
                    ),
                ),
                (
                    "partner_link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clicks",
                        to="loyalty.partnerlink",
                        verbose_name="partner's link",
                    ),
                ),
                (
                    "referral_link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clicks",
                        to="loyalty.referrallink",
                        verbose_name="customer's link",
                    ),
                ),
            ],
            options={
                "verbose_name": "followed link",
                "verbose_name_plural": "followed links",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("partner_link__isnull", False),
                                ("referral_link__isnull", True),
                            ),
                            models.Q(
                                ("partner_link__isnull", True),
                                ("referral_link__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_linkclick_of_one",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["visitor", "-at"], name="loyalty_linkclick_newest"
                    ),
                    models.Index(fields=["at"], name="loyalty_linkclick_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerProduct",
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
                ("rate_bp", models.PositiveIntegerField(verbose_name="share")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="loyalty.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_terms",
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
                "verbose_name": "partner's product",
                "verbose_name_plural": "partners' products",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product",), name="loyalty_partnerproduct_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate_bp__lte", 10000)),
                        name="loyalty_partnerproduct_at_most_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerRate",
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
                    "group",
                    models.SlugField(max_length=40, verbose_name="product group"),
                ),
                ("rate_bp", models.PositiveIntegerField(verbose_name="commission")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="loyalty.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner's rate",
                "verbose_name_plural": "partners' rates",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "group"),
                        name="loyalty_partnerrate_group_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate_bp__lte", 10000)),
                        name="loyalty_partnerrate_at_most_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
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
                    "how",
                    models.CharField(
                        choices=[
                            ("code", "told the code when joining"),
                            ("order", "told the code with an order"),
                            ("click", "followed the link"),
                        ],
                        max_length=8,
                        verbose_name="how",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="joined")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="brought_by",
                        to="shop.customer",
                        verbose_name="friend",
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="brought",
                        to="shop.customer",
                        verbose_name="brought by",
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
                "verbose_name": "brought friend",
                "verbose_name_plural": "brought friends",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer",), name="loyalty_referral_once_for_ever"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("customer", models.F("referrer")), _negated=True
                        ),
                        name="loyalty_referral_not_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["code", "order", "click"])),
                        name="loyalty_referral_how_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["referrer", "at"], name="loyalty_referral_of_referrer"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralProgramme",
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
                    "is_on",
                    models.BooleanField(default=False, verbose_name="switched on"),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("share", "a share of what the friend paid"),
                            ("points", "a number of points"),
                        ],
                        default="share",
                        max_length=8,
                        verbose_name="a level is",
                    ),
                ),
                (
                    "level_1",
                    models.PositiveIntegerField(
                        default=500, verbose_name="who brought the friend"
                    ),
                ),
                (
                    "level_2",
                    models.PositiveIntegerField(
                        default=200, verbose_name="who brought them"
                    ),
                ),
                (
                    "level_3",
                    models.PositiveIntegerField(default=0, verbose_name="third level"),
                ),
                (
                    "level_4",
                    models.PositiveIntegerField(default=0, verbose_name="fourth level"),
                ),
                (
                    "level_5",
                    models.PositiveIntegerField(default=0, verbose_name="fifth level"),
                ),
                (
                    "cap",
                    models.PositiveIntegerField(
                        default=1000, verbose_name="all levels together, at most"
                    ),
                ),
                (
                    "gives",
                    models.CharField(
                        choices=[("points", "points"), ("coupon", "a coupon")],
                        default="points",
                        max_length=8,
                        verbose_name="gives",
                    ),
                ),
                (
                    "reward_campaign",
                    models.CharField(
                        blank=True,
                        max_length=60,
                        verbose_name="coupon for the customer who recommends",
                    ),
                ),
                (
                    "friend_campaign",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="coupon for the friend"
                    ),
                ),
                (
                    "first_order_only",
                    models.BooleanField(
                        default=True,
                        verbose_name="only the friend's first order counts",
                    ),
                ),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        default=365, verbose_name="orders count for, days"
                    ),
                ),
                (
                    "life_days",
                    models.PositiveSmallIntegerField(
                        default=365, verbose_name="points live, days"
                    ),
                ),
                (
                    "joins_an_hour_max",
                    models.PositiveSmallIntegerField(
                        default=5, verbose_name="friends an hour that look usual"
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(auto_now=True, verbose_name="changed"),
                ),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_programme",
                        to="shop.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "referral programme",
                "verbose_name_plural": "referral programmes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cap__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("level_1"),
                                                "+",
                                                models.F("level_2"),
                                            ),
                                            "+",
                                            models.F("level_3"),
                                        ),
                                        "+",
                                        models.F("level_4"),
                                    ),
                                    "+",
                                    models.F("level_5"),
                                ),
                            )
                        ),
                        name="loyalty_referralprogramme_levels_within_cap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unit", "points"),
                            models.Q(("cap__lte", 10000), ("unit", "share")),
                            _connector="OR",
                        ),
                        name="loyalty_referralprogramme_cap_at_most_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("gives", "points"), ("reward_campaign", "")),
                            models.Q(
                                ("gives", "coupon"),
                                models.Q(("reward_campaign", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_referralprogramme_reward_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joins_an_hour_max__gte", 1),
                            ("life_days__gte", 1),
                            ("window_days__gte", 1),
                        ),
                        name="loyalty_referralprogramme_times_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralReward",
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
                ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                ("paid", models.BigIntegerField(verbose_name="paid for goods")),
                (
                    "rate",
                    models.PositiveIntegerField(
                        help_text="Basis points, or points.",
                        verbose_name="terms of then",
                    ),
                ),
                (
                    "life_days",
                    models.PositiveSmallIntegerField(verbose_name="points live, days"),
                ),
                ("points", models.BigIntegerField(default=0, verbose_name="points")),
                (
                    "campaign",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="coupon campaign"
                    ),
                ),
                (
                    "taken_back",
                    models.BigIntegerField(default=0, verbose_name="taken back"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for the payment"),
                            ("review", "waits for a person"),
                            ("granted", "given"),
                            ("refused", "refused by a person"),
                            ("withdrawn", "taken back"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_rewards",
                        to="shop.customer",
                        verbose_name="who earns",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_rewards",
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
                    "transfer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_reward",
                        to="loyalty.transfer",
                        verbose_name="movement",
                    ),
                ),
            ],
            options={
                "verbose_name": "reward for a friend",
                "verbose_name_plural": "rewards for friends",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "level"),
                        name="loyalty_referralreward_once_per_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 5)),
                        name="loyalty_referralreward_level_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back__gte", 0),
                            ("taken_back__lte", models.F("points")),
                        ),
                        name="loyalty_referralreward_taken_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("campaign", ""), ("points__gte", 1)),
                            models.Q(
                                ("points", 0), models.Q(("campaign", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_referralreward_gives_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "waiting",
                                    "review",
                                    "granted",
                                    "refused",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="loyalty_referralreward_status_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["customer", "-at"], name="loyalty_referralreward_of"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewCase",
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
                    "signals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        size=8,
                        verbose_name="why",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_cases",
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
                "verbose_name": "case for review",
                "verbose_name_plural": "cases for review",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order",), name="loyalty_reviewcase_once_per_order"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "id"), name="loyalty_reviewcase_store_id"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewDecision",
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
                ("is_approved", models.BooleanField(verbose_name="approved")),
                ("reason", models.CharField(max_length=240, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="when")),
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="loyalty.reviewcase",
                        verbose_name="case",
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
                "verbose_name": "decision on a case",
                "verbose_name_plural": "decisions on cases",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case",), name="loyalty_reviewdecision_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="loyalty_reviewdecision_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
