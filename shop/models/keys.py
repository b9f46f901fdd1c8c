"""The keys that a store's storefront calls with, and how its widget looks."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models.store import Store


class ApiKey(models.Model):
    """A key of the storefront's server or of the widget: shown once, kept as prefix and SHA-256."""

    class Kind(models.TextChoices):
        SERVER = "server", _("server (secret)")
        WIDGET = "widget", _("widget (public)")

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="keys", verbose_name=_("store"))
    name = models.CharField(
        _("name"), max_length=80, help_text=_("Who calls with it, for example Storefront production.")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SERVER)
    prefix = models.CharField(_("begins with"), max_length=16, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=32),
        verbose_name=_("may do"),
        help_text=_("For example orders:write. A key can do nothing else."),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(
        _("works until"), null=True, blank=True, help_text=_("Empty: until it is revoked.")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], name="shop_apikey_digest_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["server", "widget"]), name="shop_apikey_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class WidgetSettings(models.Model):
    """How the browser widget of a store looks and where it may run."""

    store = models.OneToOneField(
        Store, on_delete=models.PROTECT, related_name="widget", verbose_name=_("store")
    )
    is_enabled = models.BooleanField(_("widget is on"), default=False)
    allowed_origins = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        size=20,
        verbose_name=_("allowed pages"),
        help_text=_("Where the widget may run, for example https://shop.example.com."),
    )
    accent_colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#0f766e",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Give a colour as #rrggbb, for example #0f766e."))],
        help_text=_("Your shop's strong colour as #rrggbb, for example #0f766e."),
    )

    class Meta:
        verbose_name = _("widget")
        verbose_name_plural = _("widgets")

    def __str__(self) -> str:
        return str(self.store)
