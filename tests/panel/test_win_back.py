"""The playbook that wins silent customers back: what it makes, and what looking at it leaves behind."""

import pytest
from django.urls import reverse

from coupons.models import CouponCampaign
from loyalty.models import Offer
from loyalty.offer_document import OfferDocumentInvalid
from loyalty.say_rule import say_rule
from panel.playbooks.preview_mail import preview_win_back
from panel.playbooks.win_back import WinBack, set_up, terms
from shop.models import Activity
from tests.factories.moments import AT
from tests.panel.conftest import LogIn
from tests.panel.world import World
from triggers.models import Trigger

PLAN = WinBack("Come back", "We have missed you, {name}", "Here is {offer}: {code}, until {until}.")


def test_offer_campaign_and_trigger_run_from_one_call(ours: World) -> None:
    campaign = set_up(ours.store, PLAN, by=ours.owner, at=AT)
    trigger = campaign.triggers.get()
    assert (campaign.kind, campaign.valid_days, campaign.offer.status) == ("named", 30, Offer.Status.RUNNING)
    assert (trigger.occasion, trigger.params, trigger.status) == (
        "silent",
        {"days": 60},
        Trigger.Status.RUNNING,
    )
    assert trigger.steps.get().subject == "We have missed you, {name}"
    assert campaign.offer.versions.get().created_by == ours.owner
    assert Activity.objects.filter(kind="campaign.started", data__by=ours.owner.pk).count() == 1


def test_a_second_win_back_gets_a_name_of_its_own(ours: World) -> None:
    assert [set_up(ours.store, PLAN, by=None, at=AT).code for _ in range(3)] == [
        "win-back",
        "win-back-2",
        "win-back-3",
    ]


def test_more_than_a_whole_is_refused_and_leaves_nothing(ours: World) -> None:
    before = Offer.objects.count()
    with pytest.raises(OfferDocumentInvalid):
        set_up(ours.store, WinBack("x", "y", "z", percent_bp=10_001), by=None, at=AT)
    assert Offer.objects.count() == before


def test_looking_at_the_mail_shows_the_offer_and_leaves_nothing(ours: World) -> None:
    mail = preview_win_back(ours.store, PLAN, by=ours.owner, at=AT)
    assert mail.subject == "We have missed you, Anna"
    for part in (mail.html, mail.text):
        assert "10 % off your order of £20 or more" in part
        assert "ANNA-2K7M-QX4T" in part
    assert "2 December 2026" in mail.text  # 30 days from 2 November, to the end of the day
    assert not CouponCampaign.objects.filter(store=ours.store, code="win-back").exists()
    assert not Activity.objects.filter(store=ours.store, kind="campaign.started").exists()


def test_the_rule_is_read_aloud(ours: World) -> None:
    assert (
        say_rule(terms(PLAN), ours.store, language="en")
        == "When the order comes to at least £20.00, take 10 % off the whole order, only with a coupon."
    )


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("percent_bp", "0", "Type a percentage"),
        ("percent_bp", "100.01", "Type a percentage"),
        ("minimum", "-5", "Type an amount"),
        ("minimum", "20.005", "Type an amount"),
        ("subject", "{password}", "There is no placeholder"),
        ("body", "a lonely {", "A brace stands alone"),
        ("silent_days", "6", "greater than or equal to 7"),
    ],
)
def test_an_answer_that_makes_no_sense_is_explained(
    field: str, typed: str, says: str, ours: World, log_in: LogIn
) -> None:
    answers = {
        "silent_days": "60",
        "percent_bp": "10",
        "minimum": "20.00",
        "valid_days": "30",
        "name": "Come back",
        "subject": "We have missed you",
        "body": "Here is {offer}.",
        "start": "1",
    }
    client = log_in(ours.store, "owner")
    page = client.post(reverse("panel:win_back"), {**answers, field: typed})
    assert page.status_code == 400
    assert says in page.content.decode()
    assert not CouponCampaign.objects.filter(store=ours.store, code="win-back").exists()
