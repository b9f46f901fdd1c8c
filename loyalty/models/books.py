"""Proof that the ledger is what it was: days under seal, and what rechecks of the books found."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class DaySeal(models.Model):
    """What was recorded on one day (UTC), and a hash that each later seal builds on. Append-only.

    `hash` covers `previous_hash` and all the figures, `rows_hash` every movement of the day; a day without movements
    has no seal. See loyalty.seal.
    """

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    day = models.DateField(_("day"), help_text=_("Of recording, by Greenwich: it never moves with clocks."))
    transfers = models.BigIntegerField(_("movements"))
    points = models.BigIntegerField(_("points moved"))
    money = models.BigIntegerField(_("money moved"), help_text=_("In the smallest unit."))
    rows_hash = models.BinaryField(max_length=32, editable=False)
    previous_hash = models.BinaryField(max_length=32, editable=False)
    hash = models.BinaryField(max_length=32, editable=False)
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("seal of a day")
        verbose_name_plural = _("seals of days")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "day"], name="loyalty_dayseal_once"),
            # The chain never forks: two seals can not build on one.
            models.UniqueConstraint(fields=["store", "previous_hash"], name="loyalty_dayseal_one_chain"),
            models.CheckConstraint(
                condition=models.Q(transfers__gte=1), name="loyalty_dayseal_of_a_day_with_movements"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {bytes(self.hash).hex()[:12]}"


class LedgerCheck(models.Model):
    """One recheck of a store's books: the whole of them every night or by hand, or a sample every hour.

    `key` is the claim: whoever writes the row does the work. Without `finished_at` it runs, or whoever ran it is gone.
    """

    class Kind(models.TextChoices):
        WHOLE = "whole", _("the whole books")
        SAMPLE = "sample", _("a sample of accounts")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    key = models.CharField(_("key"), max_length=80)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    transfers = models.BigIntegerField(_("movements"), default=0)
    accounts = models.BigIntegerField(_("accounts"), default=0)
    seals = models.BigIntegerField(_("seals"), default=0)
    # How many there are, and the first of each kind, in the shape of loyalty.verify.Finding.
    found = models.PositiveIntegerField(_("findings"), default=0)
    findings = models.JSONField(_("what was found"), default=list)
    created_by = models.ForeignKey(
        "shop.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("started by"),
    )

    class Meta:
        verbose_name = _("check of the books")
        verbose_name_plural = _("checks of the books")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="loyalty_ledgercheck_once"),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=False) | models.Q(found=0),
                name="loyalty_ledgercheck_found_when_finished",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "kind", "-id"], name="loyalty_ledgercheck_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.started_at}"
