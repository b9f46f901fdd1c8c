"""The rules that say when to write to whom."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Marketing needs consent; service answers something the customer did."""

    SERVICE = "service", _("service")
    MARKETING = "marketing", _("marketing")


class Trigger(models.Model):
    """Occasion, audience, and what is given with the message."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    code = models.SlugField(
        _("code"), max_length=60, help_text=_("Short name for reports and the API, for example win-back.")
    )
    name = models.CharField(
        _("name"), max_length=120, help_text=_("For colleagues, for example Win back after 60 days.")
    )
    occasion = models.CharField(
        _("occasion"), max_length=40, help_text=_("What it waits for, for example silent.")
    )
    params = models.JSONField(_("settings"), default=dict)
    purpose = models.CharField(
        _("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.MARKETING
    )
    # By their codes, as offers name them.
    segments = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=Value([], output_field=ArrayField(models.CharField(max_length=40))),
        blank=True,
        size=100,
        verbose_name=_("only for segments"),
        help_text=_(
            "Whoever is in none of the ticked ones at the moment of sending gets no mail. Nothing ticked: everybody."
        ),
    )
    campaign = models.ForeignKey(
        "coupons.CouponCampaign",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="triggers",
        verbose_name=_("coupon it gives"),
    )
    status = models.CharField(_("state"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("trigger")
        verbose_name_plural = _("triggers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code"], name="triggers_trigger_code_once"),
            models.UniqueConstraint(fields=["store", "id"], name="triggers_trigger_store_id"),
            models.CheckConstraint(
                condition=models.Q(purpose__in=["service", "marketing"]),
                name="triggers_trigger_purpose_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "running", "paused", "ended"]),
                name="triggers_trigger_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """One thing said after an occasion: when, by which way, in which words."""

    trigger = models.ForeignKey(
        Trigger, on_delete=models.PROTECT, related_name="steps", verbose_name=_("trigger")
    )
    ordinal = models.PositiveSmallIntegerField(_("step"), default=1)
    channel = models.CharField(_("way"), max_length=16, default="email")
    delay_seconds = models.PositiveIntegerField(
        _("delay, seconds"), default=0, help_text=_("Counted from the occasion.")
    )
    subject = models.CharField(
        _("subject"),
        max_length=78,
        help_text=_("Under 50 characters reads best, for example We have missed you, {name}."),
    )
    body = models.TextField(
        _("text"), max_length=4000, help_text=_("You may use {name}, {code}, {offer}, {until} and {shop}.")
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trigger", "ordinal"], name="triggers_step_ordinal_once"),
        ]

    def __str__(self) -> str:
        return self.subject
