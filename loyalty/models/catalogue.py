"""The rewards catalogue: what points buy beside paying in the cart, and who took what."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.beside_money import Reward


class CatalogueItem(models.Model):
    """One thing that points buy: a coupon of `campaign`, a card of the plan `item`, or the gift of sku `item`.

    `taken` counts what was taken and not given back; it never passes `stock_max`. `tier`: from this one on.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(
        _("code"), max_length=40, help_text=_("Your storefront names it so, for example mug.")
    )
    name = models.CharField(
        _("name"), max_length=120, help_text=_("As customers read it, for example Blue mug.")
    )
    kind = models.CharField(
        _("what it is"),
        max_length=8,
        choices=[choice for choice in Reward.Kind.choices if choice[0] != Reward.Kind.POINTS],
    )
    campaign = models.CharField(_("coupon campaign"), max_length=64, blank=True, db_default="")
    item = models.CharField(_("gift or card"), max_length=64, blank=True, db_default="")
    points = models.PositiveIntegerField(_("points"), help_text=_("What it costs, for example 500."))
    tier = models.CharField(_("from tier"), max_length=40, blank=True, db_default="")
    stock_max = models.PositiveIntegerField(
        _("how many there are"), null=True, blank=True, help_text=_("For example 20. Empty: no limit.")
    )
    taken = models.PositiveIntegerField(_("taken"), default=0, db_default=0, editable=False)
    per_customer = models.PositiveIntegerField(
        _("for one customer"), null=True, blank=True, help_text=_("For example 1. Empty: no limit.")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: without end."))

    class Meta:
        verbose_name = _("reward in the catalogue")
        verbose_name_plural = _("rewards catalogue")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_catalogueitem_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_catalogueitem_store_id"),
            models.CheckConstraint(
                condition=models.Q(points__gte=1), name="loyalty_catalogueitem_points_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(stock_max__isnull=True) | models.Q(taken__lte=models.F("stock_max")),
                name="loyalty_catalogueitem_within_stock",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="loyalty_catalogueitem_window_in_order",
            ),
            models.CheckConstraint(
                condition=(models.Q(kind="coupon", item="") & ~models.Q(campaign=""))
                | (models.Q(kind__in=["gift", "card"], campaign="") & ~models.Q(item="")),
                name="loyalty_catalogueitem_kind_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CatalogueTake(models.Model):
    """A customer took something from the catalogue, once per key. `n` counts their takes of one item that were not
    given back; `cancelled_at`: the points went back."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    item = models.ForeignKey(
        CatalogueItem, on_delete=models.PROTECT, related_name="takes", verbose_name=_("reward")
    )
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="catalogue_takes", verbose_name=_("customer")
    )
    key = models.CharField(_("key"), max_length=64)
    n = models.PositiveIntegerField(_("number"), null=True)
    points = models.PositiveIntegerField(_("points"))
    transfer = models.OneToOneField(
        "loyalty.Transfer", on_delete=models.PROTECT, related_name="+", verbose_name=_("movement")
    )
    at = models.DateTimeField(_("taken"))
    cancelled_at = models.DateTimeField(_("given back"), null=True)
    cancelled_by = models.ForeignKey(
        "shop.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("reward taken")
        verbose_name_plural = _("rewards taken")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="loyalty_cataloguetake_key_once"),
            models.UniqueConstraint(
                fields=["item", "customer", "n"], name="loyalty_cataloguetake_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True, n__isnull=False)
                | models.Q(cancelled_at__isnull=False, n__isnull=True),
                name="loyalty_cataloguetake_counts_until_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return self.key
