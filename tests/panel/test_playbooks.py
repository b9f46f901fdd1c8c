"""The playbooks that follow an occasion: questions, example, start; and what looking leaves behind."""

from typing import Any

import pytest
from django.urls import reverse

from coupons.models import CouponCampaign
from loyalty.models import Offer
from panel.playbooks import birthday, cart_reminder, points_warning
from panel.playbooks.birthday_form import default_plan as default_birthday
from panel.playbooks.cart_reminder_form import default_plan as default_cart_reminder
from panel.playbooks.flow import Scene
from panel.playbooks.flows import CART_REMINDER
from panel.playbooks.open_campaign import Saying
from panel.playbooks.points_warning_form import default_plan as default_points_warning
from shop.models import Store
from tests.factories.moments import AT
from tests.panel.conftest import LogIn
from tests.panel.world import World
from triggers.models import Purpose, Step, Trigger
from triggers.occasions import OCCASIONS

ROUTES = {
    "panel:cart_reminder": default_cart_reminder,
    "panel:points_warning": default_points_warning,
    "panel:birthday": default_birthday,
}
MONEY = ("delivery_cost", "minimum")
RATES = ("margin_bp", "tax_bp", "percent_bp")


def answers(route: str, store: Store, **changed: object) -> dict[str, str]:
    """As the browser sends the form with its defaults."""
    given: dict[str, Any] = {**ROUTES[route](store), **changed}
    return {name: _typed(name, value) for name, value in given.items() if value is not False}


def _typed(name: str, value: object) -> str:
    if isinstance(value, int) and name in MONEY:
        return f"{value // 100}.{value % 100:02}"
    if isinstance(value, int) and name in RATES:
        return str(value // 100)
    return "on" if value is True else str(value)


@pytest.mark.parametrize("route", ROUTES)
def test_questions_have_defaults_that_can_be_started_as_they_are(
    route: str, ours: World, log_in: LogIn
) -> None:
    client = log_in(ours.store, "owner")
    assert client.get(reverse(route)).status_code == 200
    look = client.post(reverse(route), answers(route, ours.store, look="1"))
    assert look.status_code == 200
    assert "is not running yet" in look.content.decode()
    assert not Trigger.objects.filter(store=ours.store).exclude(pk=ours.trigger.pk).exists()
    start = client.post(reverse(route), answers(route, ours.store, start="1"))
    assert start.status_code == 302
    trigger = Trigger.objects.get(store=ours.store, status="running", occasion=_occasion(route))
    OCCASIONS[trigger.occasion].check(trigger.params)
    assert client.get(start["Location"]).status_code == 200


def _occasion(route: str) -> str:
    return {
        "panel:cart_reminder": "cart_abandoned",
        "panel:points_warning": "points_expiring",
        "panel:birthday": "birthday",
    }[route]


@pytest.mark.parametrize("route", ROUTES)
def test_what_runs_already_is_not_started_twice(route: str, ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    client.post(reverse(route), answers(route, ours.store, start="1"))
    again = client.post(reverse(route), answers(route, ours.store, start="1"))
    assert again.status_code == 400
    assert "running already" in again.content.decode()
    assert Trigger.objects.filter(store=ours.store, occasion=_occasion(route)).count() == 1


@pytest.mark.parametrize("route", ROUTES)
def test_look_may_be_changed_and_keeps_the_answers(route: str, ours: World, log_in: LogIn) -> None:
    page = log_in(ours.store, "owner").post(
        reverse(route), answers(route, ours.store, name="A name of my own", change="1")
    )
    assert page.status_code == 200
    assert "A name of my own" in page.content.decode()


def test_every_playbook_stands_in_the_list(ours: World, log_in: LogIn) -> None:
    page = log_in(ours.store, "owner").get(reverse("panel:playbooks")).content.decode()
    for route in (*ROUTES, "panel:win_back"):
        assert f'href="{reverse(route)}"' in page


def test_cart_reminder_offers_free_delivery_from_the_break_even_on(ours: World) -> None:
    plan = cart_reminder.CartReminder("Left carts", (Saying("Hello", "Hello", 3600),), delivery_cost=300)
    trigger = cart_reminder.set_up(ours.store, plan, by=ours.owner, at=AT)
    assert plan.free_from == 1200
    assert trigger.params == {"delivery_cost": 300, "margin_bp": 3000, "tax_bp": 2000}
    assert trigger.campaign is not None
    (condition,) = trigger.campaign.offer.versions.get().document["conditions"]
    assert condition == {"kind": "subtotal_at_least", "amount": 1200, "before_discounts": True}
    assert trigger.campaign.offer.status == Offer.Status.RUNNING
    assert trigger.purpose == Purpose.MARKETING


def test_cart_reminder_without_delivery_gives_nothing(ours: World, log_in: LogIn) -> None:
    campaigns = CouponCampaign.objects.count()
    log_in(ours.store, "owner").post(
        reverse("panel:cart_reminder"),
        answers("panel:cart_reminder", ours.store, speaks_of_delivery=False, start="1"),
    )
    trigger = Trigger.objects.get(store=ours.store, occasion="cart_abandoned")
    assert (trigger.campaign, trigger.params, CouponCampaign.objects.count()) == (None, {}, campaigns)


def test_steps_without_hours_are_not_made(ours: World, log_in: LogIn) -> None:
    log_in(ours.store, "owner").post(
        reverse("panel:cart_reminder"), answers("panel:cart_reminder", ours.store, hours_2="", start="1")
    )
    steps = Step.objects.filter(trigger__occasion="cart_abandoned").order_by("ordinal")
    assert [(step.ordinal, step.delay_seconds) for step in steps] == [(1, 3600), (2, 259_200)]


def test_points_warning_is_a_service_and_can_be_paused_where_it_is_shown(ours: World, log_in: LogIn) -> None:
    trigger = points_warning.set_up(
        ours.store,
        points_warning.PointsWarning("Points", "{points}", "{points} until {until}"),
        by=None,
        at=AT,
    )
    assert (trigger.purpose, trigger.campaign) == (Purpose.SERVICE, None)
    page = log_in(ours.store, "owner").get(reverse("admin:triggers_trigger_change", args=[trigger.pk]))
    assert 'name="status"' in page.content.decode()
    with_campaign = log_in(ours.store, "owner").get(
        reverse("admin:triggers_trigger_change", args=[ours.trigger.pk])
    )
    assert 'name="status"' not in with_campaign.content.decode()


def test_birthday_gives_a_percentage_with_a_coupon(ours: World) -> None:
    plan = birthday.BirthdayMail("Birthdays", "Happy birthday", "Here is {offer}.", percent_bp=1500)
    trigger = birthday.set_up(ours.store, plan, by=None, at=AT)
    assert (trigger.occasion, trigger.params) == ("birthday", {"days_before": 0})
    assert trigger.campaign is not None
    assert trigger.campaign.kind == CouponCampaign.Kind.NAMED


@pytest.mark.parametrize(
    ("route", "changed", "says"),
    [
        ("panel:cart_reminder", {"hours_1": 24}, "Each mail comes later"),
        ("panel:cart_reminder", {"hours_1": 0}, "greater than or equal to 1"),
        ("panel:cart_reminder", {"body_2": ""}, "This mail needs words"),
        ("panel:cart_reminder", {"body_1": "{code}"}, "There is no placeholder"),
        ("panel:cart_reminder", {"margin_bp": "0"}, "Type a percentage"),
        ("panel:cart_reminder", {"delivery_cost": ""}, "The sum is reckoned from this"),
        ("panel:points_warning", {"days": 91}, "less than or equal to 90"),
        ("panel:points_warning", {"body": "{code}"}, "There is no placeholder"),
        ("panel:birthday", {"days_before": -1}, "greater than or equal to 0"),
        ("panel:birthday", {"subject": "{points}"}, "There is no placeholder"),
    ],
)
def test_an_answer_that_makes_no_sense_is_explained(
    route: str, changed: dict[str, object], says: str, ours: World, log_in: LogIn
) -> None:
    page = log_in(ours.store, "owner").post(reverse(route), answers(route, ours.store, **changed, start="1"))
    assert page.status_code == 400
    assert says in page.content.decode()
    assert not Trigger.objects.filter(store=ours.store, occasion=_occasion(route)).exists()


def test_examples_of_the_cart_reminder_keep_to_the_arithmetic(ours: World) -> None:
    scene = Scene(ours.store, AT, "en")
    says = (Saying("Hello", "Hello", 3600), Saying("Again", "Again", 7200))
    few, many = CART_REMINDER.facts(scene, cart_reminder.CartReminder("Left carts", says, delivery_cost=300))
    assert sum(item.amount for item in few.items) + few.missing == 1200
    assert (many.missing, many.free_from) == (0, 1200)
    assert 1200 <= sum(item.amount for item in many.items) < 1200 + many.items[-1].amount
