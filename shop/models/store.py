"""A store and its settings."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from shop.countries import validate_country
from shop.models.store_lanes import (
    LANE_RULES,
    LANES,
    LANES_ADDING,
    codes,
    default_lane_order,
    default_lanes_adding,
)
from shop.models.store_points import EXPIRY_RULES, PointsExpiry
from shop.models.store_rules import STORE_RULES
from shop.time_zones import validate_time_zone


class Store(PointsExpiry):
    """One shop. Everything else belongs to exactly one store; stores never see each other."""

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", _("half a cent and more: up")
        DOWN = "down", _("always down")

    class Leftover(models.TextChoices):
        LARGEST = "largest", _("the line that lost the largest fraction")
        FIRST = "first", _("the first line")
        LAST = "last", _("the last line")

    class ReturnPolicy(models.TextChoices):
        KEEP = "keep", _("what is kept stays at the price that was paid")
        REPRICE = "reprice", _("what is kept costs what it would have cost alone")

    class LowestPriceShown(models.TextChoices):
        BY_COUNTRY = "by_country", _("where the store's country asks for it")
        ALWAYS = "always", _("always")
        NEVER = "never", _("never")

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
    discount_share_max_bp = models.PositiveIntegerField(
        _("alarm when sold at a discount"),
        null=True,
        blank=True,
        help_text=_(
            "Share of the last 30 days' revenue, in percent, for example 40: above it the start page says so. "
            "Empty: no alarm."
        ),
    )
    lowest_price_shown = models.CharField(
        _("lowest price of 30 days"),
        max_length=10,
        choices=LowestPriceShown.choices,
        default=LowestPriceShown.BY_COUNTRY,
        db_default=LowestPriceShown.BY_COUNTRY,
        help_text=_(
            "Told to your storefront beside every price that an offer reduces, and shown before you publish. The "
            "countries of the EU ask for it: set yours under Days of your customers."
        ),
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
    rounding = models.CharField(
        _("fractions of a cent in a discount"),
        max_length=8,
        choices=Rounding.choices,
        default=Rounding.HALF_UP,
        db_default=Rounding.HALF_UP,
        help_text=_("A tenth of 0.75 is 0.075: a discount of 0.08, or of 0.07."),
    )
    leftover = models.CharField(
        _("a cent that can not be shared"),
        max_length=8,
        choices=Leftover.choices,
        default=Leftover.LARGEST,
        db_default=Leftover.LARGEST,
        help_text=_("10.00 off three lines of one price are 3.34, 3.33 and 3.33: which line gets the 3.34?"),
    )
    reuses_units = models.BooleanField(
        _("offers may add up on one unit"),
        default=True,
        db_default=True,
        help_text=_(
            "Ticked: a mug on sale may also count for “3 for 2”. Unticked: a unit that one offer has used is "
            "left out of the next. An offer may say otherwise for itself."
        ),
    )
    exclusive_first = models.BooleanField(
        _("an exclusive offer always wins"),
        default=False,
        db_default=False,
        help_text=_(
            "Unticked: it is taken only where the customer pays less with it than with all others together."
        ),
    )
    cancel_returns_use = models.BooleanField(
        _("cancelling gives coupons back"),
        default=True,
        db_default=True,
        help_text=_("Ticked: after a cancelled order the same coupon can be used again."),
    )
    multiplier_cap_bp = models.PositiveIntegerField(
        _("most points at once"),
        null=True,
        blank=True,
        help_text=_(
            "Double and triple points together make fourfold. For example 3: never more than threefold. "
            "Empty: no cap."
        ),
    )
    paydays = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        db_default=Value([], output_field=ArrayField(models.PositiveSmallIntegerField())),
        blank=True,
        size=31,
        verbose_name=_("paydays"),
        help_text=_(
            "Days of the month on which your customers are paid, separated by commas, for example 10, 25. "
            "In a shorter month 31 is its last day."
        ),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        db_default="",
        validators=[validate_country],
        help_text=_("Two letters, for example GB: its public holidays count for offers. Empty: no holidays."),
    )
    lane_order = ArrayField(
        models.CharField(max_length=16),
        default=default_lane_order,
        db_default=codes(LANES),
        editable=False,
        verbose_name=_("order of the steps"),
    )
    lanes_adding = ArrayField(
        models.CharField(max_length=16),
        default=default_lanes_adding,
        db_default=codes(LANES_ADDING),
        editable=False,
        blank=True,
        verbose_name=_("steps in which offers add up"),
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
        constraints: ClassVar = [*STORE_RULES, *LANE_RULES, *EXPIRY_RULES]

    def __str__(self) -> str:
        return self.name
