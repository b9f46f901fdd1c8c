"""The playbooks that follow an occasion, as the owner sets them up."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits
from tests.panel.world import World
from triggers.models import Trigger

PLAYBOOKS = (
    ("left-carts", "Catch up with left carts", "cart_abandoned", "Add £"),
    ("points-that-end", "Tell of points that end", "points_expiring", "420 points, until"),
    ("birthdays", "Keep birthdays", "birthday", "ANNA-2K7M-QX4T"),
)


@pytest.mark.parametrize(("path", "title", "occasion", "shows"), PLAYBOOKS, ids=[one[0] for one in PLAYBOOKS])
def test_playbook_is_chosen_looked_at_and_started(
    path: str, title: str, occasion: str, shows: str, page: Page, shop: World
) -> None:
    page.goto("/panel/playbooks/")
    assert fits(page)
    page.get_by_role("link", name=title).click()
    expect(page).to_have_url(f"{page.url.split('/panel/')[0]}/panel/playbooks/{path}/")
    assert fits(page)
    page.get_by_role("button", name="Look at the example").click()
    expect(page.frame_locator("iframe").first.get_by_text(shows).last).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_text("Running. From now on")).to_be_visible()
    assert Trigger.objects.get(store=shop.store, occasion=occasion).status == "running"
