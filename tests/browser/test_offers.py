"""An offer built by clicking, tried while being built, published, and used by a cart; steps moved by key and mouse."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from checkout.quote import quote_cart
from checkout.request import LineRequest, QuoteRequest
from config.jobs import job_named, run_job
from loyalty.models import Offer
from shop.models import Store
from tests.browser.conftest import fits
from tests.factories import make_product, make_product_group
from tests.panel.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SENTENCE = "When the cart has at least 3 items of Tea lights, take 15 % off Tea lights, at most 500 uses."


def _hold(waiting: list[Route]) -> Callable[[Route], None]:
    """Nothing is answered before the test says so."""

    def hold(route: Route) -> None:
        waiting.append(route)

    return hold


def _heading(page: Page, text: str) -> None:
    expect(page.locator("#page-content h2").first).to_have_text(text)


def _pay(store: Store, quantity: int) -> int:
    store.refresh_from_db()
    request = QuoteRequest(lines=(LineRequest(sku="CANDLE", quantity=quantity, unit_price=1000),))
    return quote_cart(store, request, at=datetime.now(UTC)).quote.payable


def test_an_offer_is_built_by_clicking_and_the_next_cart_gets_it(page: Page, shop: World) -> None:
    make_product_group(shop.store, code="candles", name="Tea lights", skus=["CANDLE"])
    make_product(shop.store, sku="CANDLE", name="Candle", price=1000)
    page.goto("/panel/offers/")
    page.get_by_role("link", name="Build an offer").click()
    _heading(page, "What do you want to give?")
    assert fits(page)
    page.get_by_role("link", name="Percent off 10").click()
    _heading(page, "Build an offer")
    expect(page.locator("#rule")).to_have_text("Take 10 % off the whole order.")
    page.get_by_label("percent", exact=True).fill("15")
    expect(page.locator("#rule")).to_have_text("Take 15 % off the whole order.")
    _say_when(page)
    _say_on_what(page)
    page.get_by_label("Uses in all").fill("500")
    expect(page.locator("#rule")).to_have_text(SENTENCE)
    # 15 % of three candles for 10.00 each.
    expect(page.locator("#preview")).to_contain_text("It takes £4.50 off this cart.")
    assert fits(page)
    page.get_by_label("Name", exact=True).fill("Candle days")
    page.get_by_role("button", name="Save and go on to publishing").click()
    _publish(page)
    assert Offer.objects.get(store=shop.store, code="candle-days").status == "running"
    # The shop's own 10 % come after the new 15 %, which need three candles.
    assert (_pay(shop.store, 2), _pay(shop.store, 3)) == (1800, 2295)


def _say_when(page: Page) -> None:
    page.get_by_text("Add a condition").click()
    page.get_by_role("button", name="The cart has a number of items").click()
    page.get_by_label("number of items", exact=True).fill("3")
    page.locator("[data-part='conditions-0'] .r-many summary").click()
    page.get_by_label("Tea lights").first.check()
    page.keyboard.press("Escape")
    expect(page.locator("#rule")).to_contain_text("When the cart has at least 3 items of Tea lights,")


def _say_on_what(page: Page) -> None:
    page.locator("#id_benefits-0-target-kind").select_option("in_groups")
    page.locator("[data-part='benefits-0'] .r-many summary").click()
    page.locator("[data-part='benefits-0']").get_by_label("Tea lights").check()
    page.keyboard.press("Escape")
    expect(page.locator("#rule")).to_contain_text("take 15 % off Tea lights")


def _publish(page: Page) -> None:
    _heading(page, "Publish “Candle days”")
    expect(page.locator("#rule")).to_have_text(SENTENCE)
    expect(page.get_by_text("The store has no margin floor")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Work out the forecast").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    run_job(job_named("jobs"), at=datetime.now(UTC))
    # The page looks again by itself.
    page.get_by_role("button", name="Publish it").click(timeout=15_000)
    expect(page.get_by_text("Published. It works from the next cart on.")).to_be_visible()
    assert fits(page)


def test_a_combination_that_makes_no_sense_is_called_so_while_it_is_built(page: Page, shop: World) -> None:
    page.goto("/panel/new-offer/?start=percent")
    for title in ("It is the first order", "The last order was some time ago"):
        page.get_by_text("Add a condition").click()
        page.get_by_role("button", name=title).click()
        expect(page.get_by_role("button", name=f"Take away: {title}")).to_be_visible()
    page.get_by_label("days at least", exact=True).fill("60")
    said = page.locator("#preview").get_by_text("Nobody orders for the first time and has ordered before.")
    expect(said).to_be_visible()
    page.get_by_role("button", name="Take away: The last order was some time ago").click()
    expect(page.locator("[data-part='conditions-1']")).to_have_count(0)
    expect(said).to_have_count(0)
    page.get_by_role("button", name="Save as a draft").click()
    _heading(page, "Percent off")


def test_what_is_typed_before_the_scripts_are_there_is_read_aloud_as_well(page: Page, shop: World) -> None:
    waiting: list[Route] = []
    page.route("**/panel/offers*.js", _hold(waiting))
    page.goto("/panel/new-offer/?start=percent", wait_until="commit")
    page.get_by_label("percent", exact=True).fill("15")
    assert waiting, "the script was not asked for yet"
    waiting[0].continue_()
    expect(page.locator("#rule")).to_have_text("Take 15 % off the whole order.")


def test_what_is_typed_while_a_part_is_added_is_kept(page: Page, shop: World) -> None:
    page.goto("/panel/new-offer/?start=percent")
    waiting: list[Route] = []
    page.route("**/panel/new-offer/", _hold(waiting))
    page.get_by_text("Add a condition").click()
    page.get_by_role("button", name="The cart has a number of items").click()
    page.get_by_label("percent", exact=True).fill("15")
    page.get_by_label("Name", exact=True).fill("Candle days")
    assert waiting, "the button was not heard"
    waiting[0].continue_()
    expect(page.locator("[data-part='conditions-0']")).to_be_visible()
    expect(page.get_by_label("percent", exact=True)).to_have_value("15")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Candle days")
    expect(page.locator("#rule")).to_contain_text("take 15 % off the whole order")


def test_steps_are_moved_by_keyboard_and_by_dragging(page: Page, shop: World) -> None:
    page.goto("/panel/offer-steps/")
    lanes = page.locator("[data-lane]")
    page.get_by_role("button", name="Move “coupons” up").press("Enter")
    expect(lanes.nth(1)).to_have_attribute("data-lane", "coupon")
    page.locator("[data-lane=gifts] .r-grip").drag_to(page.locator("[data-lane=sale] .r-grip"))
    expect(lanes.nth(0)).to_have_attribute("data-lane", "gifts")
    expect(lanes.nth(5)).to_have_attribute("data-lane", "delivery")
    page.get_by_role("button", name="Keep this order").click()
    expect(page.get_by_text("Kept. The next cart is priced in this order.")).to_be_visible()
    shop.store.refresh_from_db()
    assert shop.store.lane_order == ["gifts", "sale", "coupon", "card", "order", "delivery"]
    assert fits(page)


def test_calendar_fits_a_desk_and_a_phone(page: Page, shop: World) -> None:
    page.goto("/panel/offer-calendar/")
    _heading(page, "Calendar of offers")
    expect(page.locator("a", has_text="10 % off").locator("visible=true").first).to_be_visible()
    assert fits(page)
