"""A store, the keys its storefront calls with, and how its widget looks."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.time_zones import validate_time_zone


class Store(models.Model):
    """One shop. Everything else belongs to exactly one store; stores never see each other."""

    class ReturnPolicy(models.TextChoices):
        KEEP = "keep", _("what is kept stays at the price that was paid")
        REPRICE = "reprice", _("what is kept costs what it would have cost alone")

    code = models.SlugField(
        _("code"),
        max_length=40,
        help_text=_("Short name used in commands and addresses, for example candles-uk."),
    )
    name = models.CharField(
        _("name"), max_length=120, help_text=_("As customers know it, for example Candle House.")
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Give the three capital letters, for example GBP."))],
        help_text=_("Three letters, for example GBP. It can not be changed once there are orders."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("Days begin and end here, for example Europe/London."),
    )
    language = models.CharField(
        _("language"),
        max_length=8,
        default="en",
        help_text=_("Language of mails to customers, for example en or ru."),
    )
    domain = models.CharField(
        _("domain"),
        max_length=253,
        blank=True,
        help_text=_("Your storefront's address, for example shop.example.com."),
    )
    mail_from = models.EmailField(
        _("sender of mails"), blank=True, help_text=_("For example hello@shop.example.com.")
    )
    postal_address = models.CharField(
        _("postal address"),
        max_length=240,
        blank=True,
        help_text=_("Stands at the foot of every mail, as the law asks."),
    )
    return_window_days = models.PositiveSmallIntegerField(
        _("return window, days"),
        default=14,
        help_text=_("Points become spendable when this many days have passed since delivery."),
    )
    return_policy = models.CharField(
        _("when a return undoes an offer"),
        max_length=8,
        choices=ReturnPolicy.choices,
        default=ReturnPolicy.KEEP,
        db_default=ReturnPolicy.KEEP,
        help_text=_(
            "Delivery was free from £50, and goods for £30 come back from an order of £60. At the price that was "
            "paid: the customer gets £30. As it would have cost alone: £30 less the delivery fee. A gift and "
            "a discount from an amount go the same way. Whoever gives back everything gets back everything."
        ),
    )
    silent_after_days = models.PositiveSmallIntegerField(
        _("silent after, days"),
        default=60,
        help_text=_("A customer without an order for this long counts as silent."),
    )
    margin_floor_bp = models.PositiveIntegerField(
        _("margin floor"),
        null=True,
        blank=True,
        help_text=_("Least margin a line may be sold at, in percent, for example 15. Empty: no floor."),
    )
    line_cap_bp = models.PositiveIntegerField(
        _("most discount on a line"),
        null=True,
        blank=True,
        help_text=_("In percent, for example 50. Empty: no cap."),
    )
    points_value = models.PositiveIntegerField(
        _("worth of a point"),
        default=0,
        db_default=0,
        help_text=_("What one point pays, for example 0.01. 0: points pay for nothing."),
    )
    points_share_bp = models.PositiveIntegerField(
        _("most of the goods paid with points"),
        default=5000,
        db_default=5000,
        help_text=_("In percent, for example 50."),
    )
    points_step = models.PositiveIntegerField(
        _("points are spent in steps of"),
        default=1,
        db_default=1,
        help_text=_("For example 100: then 100, 200 or 300 points may be spent, and not 250."),
    )
    offers_version = models.BigIntegerField(_("version of offers"), default=1, editable=False)
    is_sandbox = models.BooleanField(
        _("sandbox"),
        default=False,
        help_text=_("A store for trying things out; its clock can be moved forward."),
    )
    clock_shift_seconds = models.BigIntegerField(_("clock shift, seconds"), default=0, editable=False)
    is_sending_paused = models.BooleanField(
        _("pause all sending"), default=False, help_text=_("While ticked, no message leaves this store.")
    )
    quiet_from = models.TimeField(
        _("no offers by mail from"),
        null=True,
        blank=True,
        help_text=_(
            "By the customer's own clock, for example 21:00. Empty: 21:00, and a win-back goes at any hour. "
            "The same time in both fields: no quiet hours."
        ),
    )
    quiet_until = models.TimeField(
        _("no offers by mail until"),
        null=True,
        blank=True,
        help_text=_("For example 09:00. What was held back goes then. Empty: 09:00."),
    )
    mails_max = models.PositiveSmallIntegerField(
        _("offers by mail, at most"),
        null=True,
        blank=True,
        help_text=_(
            "To one customer within the days below, for example 2. Empty: 2, and a win-back does not ask."
        ),
    )
    mails_max_days = models.PositiveSmallIntegerField(
        _("within days"), null=True, blank=True, help_text=_("For example 7. Empty: 7.")
    )
    is_redemption_paused = models.BooleanField(
        _("pause all redemption"), default=False, help_text=_("While ticked, coupons and points are refused.")
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="shop_store_code_once"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="shop_store_currency_is_iso"
            ),
            models.CheckConstraint(
                condition=models.Q(clock_shift_seconds=0)
                | models.Q(is_sandbox=True, clock_shift_seconds__gt=0),
                name="shop_store_only_sandbox_shifts",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="shop_store_quiet_hours_whole",
                violation_error_message=_("Fill in both times of the quiet hours, or neither."),
            ),
            models.CheckConstraint(
                condition=models.Q(margin_floor_bp__isnull=True) | models.Q(margin_floor_bp__lte=9999),
                name="shop_store_margin_floor_below_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(line_cap_bp__isnull=True) | models.Q(line_cap_bp__lte=10000),
                name="shop_store_line_cap_at_most_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(points_share_bp__lte=10000), name="shop_store_points_share_at_most_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(points_step__gte=1), name="shop_store_points_step_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(return_policy__in=["keep", "reprice"]),
                name="shop_store_return_policy_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
