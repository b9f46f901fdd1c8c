"""Stamp cards: n stamps give a reward, and the next card begins."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class StampCard(models.Model):
    """What is stamped, and what a full card gives. Every member of the programme has one from the first stamp on."""

    class By(models.TextChoices):
        ORDER = "order", _("each paid order")
        PRODUCT = "product", _("products bought")
        VISIT = "visit", _("visits that you report")

    class RewardKind(models.TextChoices):
        COUPON = "coupon", _("a coupon")
        POINTS = "points", _("points")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.CharField(_("code"), max_length=40, help_text=_("For example coffee."))
    name = models.CharField(
        _("name"), max_length=80, help_text=_("As customers read it, for example Coffee card.")
    )
    by = models.CharField(_("a stamp for"), max_length=8, choices=By.choices, default=By.ORDER)
    group = models.CharField(_("product group"), max_length=64, blank=True)
    per_unit = models.BooleanField(_("a stamp for each unit"), default=True)
    needed = models.PositiveSmallIntegerField(_("stamps on a full card"), default=6)
    reward = models.CharField(_("a full card gives"), max_length=8, choices=RewardKind.choices)
    campaign = models.CharField(_("coupon campaign"), max_length=64, blank=True)
    points = models.PositiveIntegerField(_("points"), null=True, blank=True)
    day_max = models.PositiveSmallIntegerField(_("stamps a day, at most"), null=True, blank=True)
    life_days = models.PositiveSmallIntegerField(_("a stamp counts for, days"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("stamp card")
        verbose_name_plural = _("stamp cards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="loyalty_stampcard_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_stampcard_store_id"),
            models.CheckConstraint(
                condition=models.Q(needed__gte=1, needed__lte=100), name="loyalty_stampcard_needed_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(reward="coupon", points__isnull=True) & ~models.Q(campaign="")
                | models.Q(reward="points", points__gte=1, campaign=""),
                name="loyalty_stampcard_reward_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(day_max__isnull=True) | models.Q(day_max__gte=1),
                name="loyalty_stampcard_day_max_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(life_days__isnull=True) | models.Q(life_days__gte=1),
                name="loyalty_stampcard_life_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StampHolder(models.Model):
    """One customer's cards of one kind. Whoever stamps locks this row, so that one full card is filled once."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    card = models.ForeignKey(
        StampCard, on_delete=models.PROTECT, related_name="holders", verbose_name=_("stamp card")
    )
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="stamp_cards", verbose_name=_("customer")
    )

    class Meta:
        verbose_name = _("customer's stamp card")
        verbose_name_plural = _("customers' stamp cards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "customer"], name="loyalty_stampholder_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_stampholder_store_id"),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} · {self.customer_id}"


class FullCard(models.Model):
    """A card that was filled, and its reward, which is due once under "stamps:<holder>:<number>". `withdrawn_at`: a
    return opened it again and the unused coupon was taken back."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    holder = models.ForeignKey(
        StampHolder,
        on_delete=models.PROTECT,
        related_name="full_cards",
        verbose_name=_("customer's stamp card"),
    )
    number = models.PositiveIntegerField(_("number"))
    needed = models.PositiveSmallIntegerField(_("stamps on it"))
    at = models.DateTimeField(_("filled"))
    withdrawn_at = models.DateTimeField(_("opened again"), null=True)

    class Meta:
        verbose_name = _("full stamp card")
        verbose_name_plural = _("full stamp cards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "number"], name="loyalty_fullcard_number_once"),
            models.UniqueConstraint(fields=["store", "id"], name="loyalty_fullcard_store_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["store", "at"], name="loyalty_fullcard_newest")]

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.number}"


class Stamp(models.Model):
    """One stamp, once per key: "order:77", "order:77:1:2" for the second unit of its first line, "visit:<reference>".

    `full_card`: the card that it helped to fill. `withdrawn_at`: what it was for came back.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    holder = models.ForeignKey(
        StampHolder, on_delete=models.PROTECT, related_name="stamps", verbose_name=_("customer's stamp card")
    )
    key = models.CharField(_("key"), max_length=100)
    order = models.ForeignKey(
        "shop.Order", on_delete=models.PROTECT, null=True, related_name="stamps", verbose_name=_("order")
    )
    at = models.DateTimeField(_("when"))
    ends_at = models.DateTimeField(_("counts until"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    full_card = models.ForeignKey(
        FullCard,
        on_delete=models.PROTECT,
        null=True,
        related_name="stamps",
        verbose_name=_("full stamp card"),
    )

    class Meta:
        verbose_name = _("stamp")
        verbose_name_plural = _("stamps")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "key"], name="loyalty_stamp_key_once"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(full_card__isnull=True),
                name="loyalty_stamp_withdrawn_fills_nothing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["holder", "at"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="loyalty_stamp_counts",
            ),
        ]

    def __str__(self) -> str:
        return self.key
