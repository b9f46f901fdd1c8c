"""Buyers and browsers. Personal data stands apart, so that erasing it leaves every sum as it was."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Customer(models.Model):
    """A known buyer, under the storefront's own reference. Holds no personal data."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    ref = models.CharField(
        _("reference"),
        max_length=64,
        help_text=_("The storefront's own number for this customer, for example 17850."),
    )
    language = models.CharField(_("language"), max_length=8, blank=True, help_text=_("Empty: the store's."))
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("Empty: the store's.")
    )
    country = models.CharField(_("country"), max_length=64, blank=True)
    joined_at = models.DateTimeField(
        _("joined the programme"),
        null=True,
        blank=True,
        help_text=_("Orders earn points from here on, and from 30 days before."),
    )
    first_order_at = models.DateTimeField(_("first order"), null=True, blank=True, editable=False)
    last_order_at = models.DateTimeField(_("last order"), null=True, blank=True, editable=False)
    is_generated = models.BooleanField(
        _("made-up person"),
        default=False,
        help_text=_("Name, address and birthday were invented for the demonstration."),
    )
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True, editable=False)
    # Always the one who is left: merging that one as well moves whoever was merged into it.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_away",
        verbose_name=_("merged into"),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "ref"], name="shop_customer_ref_once"),
            models.UniqueConstraint(fields=["store", "id"], name="shop_customer_store_id"),
            models.CheckConstraint(
                condition=models.Q(first_order_at__isnull=True, last_order_at__isnull=True)
                # Without "not empty" one empty side would make this neither true nor false, and so allowed.
                | models.Q(
                    first_order_at__isnull=False,
                    last_order_at__isnull=False,
                    first_order_at__lte=models.F("last_order_at"),
                ),
                name="shop_customer_first_before_last",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="shop_customer_not_merged_into_itself",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "last_order_at", "id"], name="shop_customer_silence"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="shop_customer_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Person(models.Model):
    """The personal data of one customer: the only place for it, and the row that erasure deletes."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, related_name="person", verbose_name=_("customer")
    )
    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=160, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(
        _("phone"), max_length=32, blank=True, help_text=_("With country code, for example +44 20 7946 0000.")
    )
    birth_on = models.DateField(_("birthday"), null=True, blank=True)
    birth_changed_at = models.DateTimeField(_("birthday changed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("personal data")
        verbose_name_plural = _("personal data")
        indexes: ClassVar = [models.Index(fields=["store", "email"], name="shop_person_email")]

    def __str__(self) -> str:
        return self.name or self.email


class Consent(models.Model):
    """One answer to "may we write to you": append-only, the newest for a purpose and channel counts."""

    class Purpose(models.TextChoices):
        MARKETING = "marketing", _("marketing")
        PROGRAMME = "programme", _("loyalty programme")
        PROFILING = "profiling", _("personal offers")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        WEBHOOK = "webhook", _("SMS, push or messenger")
        ONSITE = "onsite", _("on the site")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="consents", verbose_name=_("customer")
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices)
    is_given = models.BooleanField(_("agreed"))
    wording = models.CharField(
        _("wording"), max_length=500, help_text=_("The sentence the customer agreed to, word for word.")
    )
    source = models.CharField(
        _("source"), max_length=64, help_text=_("Where the answer was given, for example checkout.")
    )
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=["marketing", "programme", "profiling"]),
                name="shop_consent_purpose_known",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["email", "webhook", "onsite"]),
                name="shop_consent_channel_known",
            ),
            models.UniqueConstraint(
                fields=["customer", "purpose", "channel", "at"], name="shop_consent_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.get_channel_display()}"


class Visitor(models.Model):
    """A browser known by a first-party cookie; joins a customer when it becomes known."""

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    key = models.UUIDField(_("cookie"))
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visitors",
        verbose_name=_("customer"),
    )
    visits = models.PositiveIntegerField(_("visits"), default=1)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key"], name="shop_visitor_key_once"),
            models.UniqueConstraint(fields=["store", "id"], name="shop_visitor_store_id"),
            models.CheckConstraint(
                condition=models.Q(first_seen_at__lte=models.F("last_seen_at")),
                name="shop_visitor_seen_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)
