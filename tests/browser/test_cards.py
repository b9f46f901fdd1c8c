"""Club cards in a real browser: set up, given, shown on the customer's phone, ended."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clubcards.link import card_url
from clubcards.models import CardPlan, Membership
from tests.browser.conftest import fits
from tests.panel.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_cards_are_set_up_given_shown_and_ended(page: Page, shop: World, live_server: LiveServer) -> None:
    page.goto("/panel/cards/")
    page.get_by_role("button", name="Set up VIP and Premium").click()
    expect(page.get_by_text(re.compile(r"^10\s%\soff all goods"))).to_be_visible()
    assert fits(page)
    page.goto("/panel/cards/plans/vip/")
    page.get_by_label("Percent off", exact=True).fill("12.5")
    page.get_by_role("button", name="Save the card").click()
    expect(page.get_by_text(re.compile(r"12\.5\s%\soff all goods"))).to_be_visible()

    page.goto(f"/panel/customers/{shop.customer.pk}/")
    page.get_by_role("link", name="Give a card").click()
    page.get_by_label("Card", exact=True).select_option(str(CardPlan.objects.get(code="vip").pk))
    assert fits(page)
    page.get_by_role("button", name="Give the card").click()
    expect(page.get_by_text("The card is given")).to_be_visible()
    card = Membership.objects.get(plan__code="vip")
    expect(
        page.get_by_role("link", name=" ".join([card.number[:4], card.number[4:8], card.number[8:]]))
    ).to_be_visible()
    assert fits(page)

    page.goto(live_server.url + "/" + card_url(card).split("/", 3)[3])
    expect(page.get_by_role("heading", name="VIP club")).to_be_visible()
    expect(page.get_by_role("img", name="QR code of the card number")).to_be_visible()
    assert fits(page)

    page.goto(f"/panel/cards/{card.pk}/end/")
    page.get_by_role("button", name="End the card").click()
    expect(page.get_by_text("has ended").first).to_be_visible()
    card.refresh_from_db()
    assert card.ends_at is not None
