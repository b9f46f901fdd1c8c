"""Partners who send buyers or supply goods: their links and terms, what each order owes them, and what was paid."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """Somebody who sends buyers. Holds no personal data: a person's stands with the customer named as `contact`."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(
        _("code"), max_length=40, help_text=_("Short name for links and the API, for example anna-blog.")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("For example Anna's garden blog."))
    contact = models.ForeignKey(
        "shop.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="partners",
        verbose_name=_("contact"),
    )
    default_bp = models.PositiveIntegerField(_("commission"), default=1000)
    campaign = models.CharField(
        _("coupon campaign"),
        max_length=60,
        blank=True,
        help_text=_("Orders with a coupon of this campaign are the partner's."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    # The number of the statement's link: with a new number the old link leads nowhere, and closed none does.
    statement_number = models.PositiveIntegerField(_("number of the link"), default=0)
    statement_is_open = models.BooleanField(_("statement can be seen by link"), default=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_partner_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_partner_store_id"),
            models.UniqueConstraint(
                fields=["store", "campaign"], condition=~Q(campaign=""), name="loyalty_partner_campaign_once"
            ),
            models.CheckConstraint(
                condition=Q(default_bp__lte=10_000), name="loyalty_partner_rate_at_most_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerRate(models.Model):
    """Another commission on one product group. Of several that fit a product the highest counts."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="rates", verbose_name=_("partner")
    )
    group = models.SlugField(_("product group"), max_length=40)
    rate_bp = models.PositiveIntegerField(_("commission"))

    class Meta:
        verbose_name = _("partner's rate")
        verbose_name_plural = _("partners' rates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "group"], name="loyalty_partnerrate_group_once"),
            models.CheckConstraint(
                condition=Q(rate_bp__lte=10_000), name="loyalty_partnerrate_at_most_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.rate_bp}"


class PartnerLink(models.Model):
    """An address that a partner publishes. It leads to the store's own domain and nowhere else."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="links", verbose_name=_("partner")
    )
    code = models.SlugField(_("code"), max_length=60)
    path = models.CharField(_("page"), max_length=240, default="/")
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("partner's link")
        verbose_name_plural = _("partners' links")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_partnerlink_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_partnerlink_store_id"),
            # One slash and no second: "//elsewhere.example" would be another host.
            models.CheckConstraint(
                condition=Q(path__regex=r"^/([^/\\\s][^\\\s]*)?$"), name="loyalty_partnerlink_path_is_ours"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PartnerProduct(models.Model):
    """Goods that a partner supplies: whoever sells them, the partner has this share of every sale."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="products", verbose_name=_("partner")
    )
    product = models.ForeignKey(
        "shop.Product", on_delete=models.PROTECT, related_name="partner_terms", verbose_name=_("product")
    )
    rate_bp = models.PositiveIntegerField(_("share"))

    class Meta:
        verbose_name = _("partner's product")
        verbose_name_plural = _("partners' products")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product"], name="loyalty_partnerproduct_once"),
            models.CheckConstraint(
                condition=Q(rate_bp__lte=10_000), name="loyalty_partnerproduct_at_most_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} · {self.rate_bp}"


class Payout(models.Model):
    """One partner's month, closed once: what it came to, and what goes on to the next where that is below zero.

    carried_in + earned + taken_back = payable + carried_out, in minor units; taken_back and what is carried are not
    above zero.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("partner")
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    orders = models.PositiveIntegerField(_("orders"), default=0)
    earned = models.BigIntegerField(_("earned"), default=0)
    taken_back = models.BigIntegerField(_("taken back"), default=0)
    carried_in = models.BigIntegerField(_("brought forward"), default=0)
    payable = models.BigIntegerField(_("to pay"), default=0)
    carried_out = models.BigIntegerField(_("carried over"), default=0)
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "month"], name="loyalty_payout_once_per_month"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_payout_store_id"),
            models.CheckConstraint(
                condition=Q(
                    payable=F("carried_in") + F("earned") + F("taken_back") - F("carried_out"),
                    payable__gte=0,
                    carried_out__lte=0,
                    carried_in__lte=0,
                    earned__gte=0,
                    taken_back__lte=0,
                )
                & (Q(payable=0) | Q(carried_out=0)),
                name="loyalty_payout_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.month:%Y-%m}"


class Commission(models.Model):
    """What one line of one order owes a partner, or takes back for what came back of it (below zero). Minor units.

    Pending until `due_at`, the end of the return window (empty: not paid for yet); the month that it falls in pays
    it, once (`payout`).
    """

    class Kind(models.TextChoices):
        EARNED = "earned", _("earned")
        CLAWBACK = "clawback", _("taken back")

    class Basis(models.TextChoices):
        TRAFFIC = "traffic", _("sent the buyer")
        PRODUCT = "product", _("supplied the goods")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="commissions", verbose_name=_("partner")
    )
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, related_name="commissions", verbose_name=_("order")
    )
    line = models.ForeignKey(
        "shop.OrderLine", on_delete=models.PROTECT, related_name="commissions", verbose_name=_("order line")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    basis = models.CharField(_("for"), max_length=8, choices=Basis.choices)
    key = models.CharField(_("key"), max_length=60)
    paid = models.BigIntegerField(_("paid for the line"))
    rate_bp = models.PositiveIntegerField(_("commission"))
    amount = models.BigIntegerField(_("amount"))
    at = models.DateTimeField(_("when"))
    due_at = models.DateTimeField(_("due"), null=True)
    payout = models.ForeignKey(
        Payout,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commissions",
        verbose_name=_("paid with"),
    )

    class Meta:
        verbose_name = _("commission")
        verbose_name_plural = _("commissions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="loyalty_commission_key_once"),
            models.CheckConstraint(
                condition=Q(kind="earned", amount__gte=1) | Q(kind="clawback", amount__lte=-1),
                name="loyalty_commission_sign_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["traffic", "product"]), name="loyalty_commission_basis_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "due_at"], name="loyalty_commission_due"),
        ]

    def __str__(self) -> str:
        return self.key
