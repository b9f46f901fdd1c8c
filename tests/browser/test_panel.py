"""What an owner does in the panel, in a real browser."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.jobs import job_named, run_job
from coupons.models import CouponCampaign
from shop.models import Order
from tests.browser.conftest import fits
from tests.panel.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
7001,85123A,Lantern,6,2026-05-04 10:00,2.55,17850,United Kingdom
7001,71053,Candle,2,2026-05-04 10:00,3.39,17850,United Kingdom
7002,85123A,Lantern,1,2026-05-05 11:00,2.55,,France
7003,22423,Cake stand,1,2026-05-06 12:00,0,17851,Germany
"""


def _heading(page: Page, text: str) -> None:
    expect(page.locator("#page-content h2").first).to_have_text(text)


def test_start_page_shows_the_shop_and_fits(page: Page, shop: World) -> None:
    _heading(page, "How Candle House is doing")
    expect(page.get_by_text("Revenue, 7 days")).to_be_visible()
    assert fits(page)


def test_a_customer_is_found_and_tells_the_whole_story(page: Page, shop: World) -> None:
    page.goto("/panel/shop/customer/")
    page.get_by_placeholder("Number, name or e-mail").fill("petrova")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=shop.customer.ref, exact=True).click()
    _heading(page, "Anna Petrova")
    for part in (
        "Orders",
        "Coupons",
        "Points",
        "Personal data",
        "May we write?",
        "Messages",
        "What happened",
    ):
        expect(page.locator("h3", has_text=part).first).to_be_visible()
    assert fits(page)
    page.locator("#page-content").get_by_role("link", name=shop.order.ref).first.click()
    _heading(page, f"Order {shop.order.ref}")
    assert fits(page)


def test_orders_are_imported_with_progress_and_totals_that_add_up(
    page: Page, shop: World, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    page.goto("/panel/imports/")
    page.get_by_role("link", name="Import a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Send it").click()
    _heading(page, "Say which column holds what")
    assert page.get_by_label("Quantity", exact=True).input_value() == "Quantity"
    assert fits(page)
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    run_job(job_named("jobs"), at=datetime.now(UTC))
    # The page looks again by itself.
    expect(page.get_by_text("What was in the file")).to_be_visible(timeout=15_000)
    expect(page.locator("tfoot")).to_contain_text("4")
    expect(page.get_by_text("The price is 0 or below")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them with line and reason").click()
    assert "7003" in Path(download.value.path()).read_text()
    assert Order.objects.filter(store=shop.store, ref__in=["7001", "7002"]).count() == 2


def test_a_win_back_is_set_up_looked_at_and_started(page: Page, shop: World) -> None:
    page.goto("/panel/playbooks/win-back/")
    page.get_by_label("Percent off").fill("12.5")
    page.get_by_label("From an order of").fill("25,00")
    page.get_by_role("button", name="Look at the example").click()
    _heading(page, "Look at it once more, then start")
    expect(page.locator(".r-rule")).to_have_text(
        "When the order comes to at least £25.00, take 12.5 % off the whole order, only with a coupon."
    )
    expect(page.frame_locator("iframe").get_by_text("ANNA-2K7M-QX4T")).to_be_visible()
    assert fits(page)
    assert not CouponCampaign.objects.filter(store=shop.store, code="win-back").exists()
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_text("The first mails leave within a minute")).to_be_visible()
    campaign = CouponCampaign.objects.get(store=shop.store, code="win-back")
    assert campaign.offer.status == "running"
    assert campaign.triggers.get().status == "running"


def test_a_campaign_is_read_paused_and_resumed(page: Page, shop: World) -> None:
    page.goto("/panel/campaigns/")
    assert fits(page)
    page.get_by_role("link", name=shop.campaign.name).click()
    expect(page.get_by_text("Coupons redeemed")).to_be_visible()
    page.get_by_text("The figures as a table").click()
    expect(page.locator("details table")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Pause").click()
    expect(page.get_by_text(re.compile("(is|are) refused until you resume"))).to_be_visible()
    page.get_by_role("button", name="Pause it").click()
    expect(page.get_by_text("No new mail goes out", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Resume").click()
    page.get_by_role("button", name="Resume it").click()
    shop.campaign.offer.refresh_from_db()
    assert shop.campaign.offer.status == "running"


def test_a_mail_is_read_in_the_mailbox_in_a_frame_that_may_do_nothing(page: Page, mailbox: Path) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "We miss you", "shop@example.com", "Anna <anna@example.com>"
    mail.set_content("Your code is ANNA-1234.")
    mail.add_alternative("<p>Your code</p>", subtype="html")
    (mailbox / "new" / "0000000001.5_1.reprise").write_bytes(mail.as_bytes())
    page.goto("/panel/mailbox/")
    page.get_by_role("link", name="We miss you").click()
    expect(page.locator("pre")).to_contain_text("ANNA-1234")
    frame = page.locator("iframe")
    assert frame.get_attribute("sandbox") == ""
    assert fits(page)


def test_main_actions_are_reached_with_the_keyboard(page: Page, shop: World) -> None:
    page.goto("/panel/campaigns/")
    action = page.get_by_role("link", name="Start a campaign")
    for _ in range(80):
        page.keyboard.press("Tab")
        if action.evaluate("element => element === document.activeElement"):
            break
    expect(action).to_be_focused()
    page.keyboard.press("Enter")
    _heading(page, "Choose what you want to reach")


def test_language_and_store_are_switched_by_what_everybody_finds(page: Page, shop: World) -> None:
    if page.viewport_size and page.viewport_size["width"] < 1000:
        page.get_by_role("button", name="Open the menu").click()
    page.get_by_role("button", name="Your account, language and theme").click()
    page.get_by_role("button", name="русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def test_sample_of_lists_fits_and_is_without_errors(page: Page, shop: World) -> None:
    for label in ("shop/order", "shop/product", "loyalty/offer", "triggers/message", "coupons/coupon"):
        page.goto(f"/panel/{label}/")
        assert fits(page), label
