"""What runs in the demo: promotions, a public code, coupons for the best customers, and the four playbooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coupons.models import CouponCampaign
from loyalty.models import Offer
from loyalty.publish import start, write_version
from panel.coupons.set_up import CouponPlan, Way, set_up
from panel.demo.price_goods import CANDLES
from panel.playbooks import birthday, cart_reminder, points_warning, win_back
from panel.playbooks.birthday_form import default_plan as default_birthday
from panel.playbooks.cart_reminder_form import HOUR, STEPS
from panel.playbooks.cart_reminder_form import default_plan as default_cart_reminder
from panel.playbooks.open_campaign import Saying
from panel.playbooks.points_warning_form import default_plan as default_points_warning
from panel.playbooks.win_back_form import default_plan as default_win_back
from shop.clock import end_of_day, local_date
from shop.models import Store
from triggers.models import Trigger
from triggers.occasions.birthday import Birthday
from triggers.occasions.cart_abandoned import CartAbandoned
from triggers.occasions.points_expiring import PointsExpiring
from triggers.occasions.silent import Silent

SILENT_DAYS = 90
MINIMUM = 2000
OWN_ANSWERS = {"silent_days": SILENT_DAYS, "minimum": MINIMUM}
PUBLIC_CODE = "WELCOME10"
CODE_ENDS_AFTER, CANDLES_END_AFTER = timedelta(days=20), timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The campaigns whose coupons are given out by hand, not by a mail."""

    welcome: CouponCampaign
    thanks: CouponCampaign
    gifts: CouponCampaign


def start_promotions(store: Store, *, since: datetime, at: datetime) -> None:
    """Offers that need no code, running since `since`; one of them ends within days of `at`."""
    ends_at = end_of_day(store, local_date(store, at) + CANDLES_END_AFTER)
    from_150 = {"kind": "subtotal_at_least", "amount": 15_000}
    from_300 = {"kind": "subtotal_at_least", "amount": 30_000}
    candles = {"kind": "percent_off", "rate_bp": 1500, "target": {"kind": "in_groups", "groups": [CANDLES]}}
    _promote(
        store,
        "free-delivery",
        _("Free delivery from £150"),
        {"lane": "delivery", "conditions": [from_150], "benefits": [{"kind": "delivery_fixed_price"}]},
        at=since,
    )
    _promote(
        store,
        "candle-weeks",
        _("Candle weeks"),
        {
            "lane": "sale",
            "benefits": [candles],
            "schedule": {"ends_at": ends_at.isoformat()},
            "limits": {"uses_max": 400},
        },
        at=since,
    )
    _promote(
        store,
        "big-baskets",
        _("Big baskets"),
        {
            "lane": "order",
            "conditions": [from_300],
            "benefits": [{"kind": "percent_off", "rate_bp": 500}],
            "audience": {"kind": "customers"},
        },
        at=since,
    )
    _start_recurring(store, since=since)


def _start_recurring(store: Store, *, since: datetime) -> None:
    """One offer of a weekday for members, and one whose day begins when a shopper first sees it."""
    members = {"kind": "holds_card", "plans": ["vip", "premium"]}
    fridays = {"kind": "weekly", "weekdays": [5], "from_minute": 0, "to_minute": 1440}
    _promote(
        store,
        "club-fridays",
        _("Club Fridays"),
        {
            "lane": "order",
            "conditions": [members],
            "benefits": [{"kind": "percent_off", "rate_bp": 300}],
            "schedule": {"recurring": fridays},
        },
        at=since,
    )
    _promote(
        store,
        "rush",
        _("A day of your own"),
        {
            "lane": "order",
            "benefits": [{"kind": "percent_off", "rate_bp": 500}],
            "schedule": {"personal_hours": 24},
        },
        at=since,
    )


@transaction.atomic
def _promote(store: Store, code: str, name: str, terms: Mapping[str, Any], *, at: datetime) -> None:
    if Offer.objects.filter(store=store, code=code).exists():
        return
    offer = Offer.objects.create(store=store, code=code, name=name)
    write_version(offer, {"v": 1, **terms}, by=None, at=at)
    start(offer, at=at)


def open_campaigns(store: Store, *, since: datetime, at: datetime) -> Campaigns:
    """One code for everybody, a thank-you for each of the best, and presents that travel."""
    welcome = CouponPlan(
        name=_("Welcome, everybody"),
        way=Way.PUBLIC,
        percent_bp=1000,
        minimum=1500,
        ends_on=local_date(store, at) + CODE_ENDS_AFTER,
        uses_max=500,
        budget_max=100_000,
        public_code=PUBLIC_CODE,
    )
    thanks = CouponPlan(name=_("Thank you"), way=Way.NAMED, amount=1000, minimum=6000, valid_days=60)
    gifts = CouponPlan(name=_("A present to pass on"), way=Way.GIFT, amount=500, minimum=2000, valid_days=60)
    return Campaigns(*(_opened(store, plan, at=since) for plan in (welcome, thanks, gifts)))


def _opened(store: Store, plan: CouponPlan, *, at: datetime) -> CouponCampaign:
    found = CouponCampaign.objects.filter(store=store, name=plan.name).first()
    return found or set_up(store, plan, by=None, at=at)


def start_playbooks(store: Store, *, at: datetime) -> None:
    """Win-back, left carts and birthdays, with the answers that their forms suggest."""
    if not _runs(store, Silent.code):
        answers = {**default_win_back(store), **OWN_ANSWERS, "name": _("We miss you")}
        win_back.set_up(store, win_back.WinBack(**answers), by=None, at=at)
    if not _runs(store, CartAbandoned.code):
        cart_reminder.set_up(store, _reminder(store), by=None, at=at)
    if not _runs(store, Birthday.code):
        birthday.set_up(
            store, birthday.BirthdayMail(**default_birthday(store) | {"minimum": MINIMUM}), by=None, at=at
        )


def start_warning(store: Store, *, at: datetime) -> None:
    """Tell of points that end, from now on."""
    if not _runs(store, PointsExpiring.code):
        plan = points_warning.PointsWarning(**default_points_warning(store))
        points_warning.set_up(store, plan, by=None, at=at)


def _runs(store: Store, occasion: str) -> bool:
    return Trigger.objects.filter(store=store, occasion=occasion).exists()


def _reminder(store: Store) -> cart_reminder.CartReminder:
    said = default_cart_reminder(store)
    return cart_reminder.CartReminder(
        name=said["name"],
        says=tuple(
            Saying(said[f"subject_{step}"], said[f"body_{step}"], said[f"hours_{step}"] * HOUR)
            for step in STEPS
        ),
        delivery_cost=said["delivery_cost"],
        margin_bp=said["margin_bp"],
        tax_bp=said["tax_bp"],
        valid_days=said["valid_days"],
    )
