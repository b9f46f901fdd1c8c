"""Offers in the panel: found, published after a look at the forecast, changed, copied, rested and ended."""

from datetime import UTC, datetime, timedelta

from django.test import Client
from django.utils import timezone

from loyalty.models import Offer
from reports.forecast.run_forecast import latest_forecast, run_forecast
from shop.clock import local_date
from shop.models import Product, Store
from tests.factories import make_offer, make_offer_day_use, make_price_point, make_product, make_version
from tests.panel.conftest import LogIn
from tests.panel.offer_answers import ANSWERS, DOCUMENT, NEW, SENTENCE, address_of, page
from tests.panel.world import World

# --- the list


def test_offers_are_listed_as_sentences_with_what_they_gave(candles: World, marketer: Client) -> None:
    listed = page(marketer, "/panel/offers/")
    assert "Take 10 % off the whole order." in listed
    assert "running" in listed


def test_offers_are_found_by_name_and_state(candles: World, marketer: Client) -> None:
    make_version(make_offer(candles.store, name="Sleeping beauty", status="paused"))
    assert "Sleeping beauty" in page(marketer, "/panel/offers/", q="beauty")
    assert "Sleeping beauty" in page(marketer, "/panel/offers/", state="paused")
    assert "Sleeping beauty" not in page(marketer, "/panel/offers/", state="running")
    assert "No offer is called so" in page(marketer, "/panel/offers/", q="nothing like it")


def test_the_uses_of_today_stand_beside_the_limit_a_day(candles: World, marketer: Client) -> None:
    limits = {"uses_per_day": 50}
    for used in (0, 12):
        offer = make_offer(candles.store, code=f"used-{used}")
        make_version(offer, document={**DOCUMENT, "limits": limits})
        today = local_date(candles.store, timezone.now())
        make_offer_day_use(offer, day=today - timedelta(days=1), used=30)
        if used:
            make_offer_day_use(offer, day=today, used=used)
        assert f"today {used} of 50" in page(marketer, "/panel/offers/")
        shown = page(marketer, f"/panel/offers/used-{used}/")
        assert "Uses today" in shown
        assert "of 50 a day" in shown


def test_states_follow_the_days(candles: World, marketer: Client) -> None:
    def runs(name: str, **schedule: str) -> None:
        document = {**DOCUMENT, "schedule": schedule}
        make_version(make_offer(candles.store, name=name), document=document)

    runs("To come", starts_at="2099-01-01T00:00:00+00:00")
    runs("Over", ends_at="2020-01-01T00:00:00+00:00")
    assert "To come" in page(marketer, "/panel/offers/", state="scheduled")
    assert "Over" in page(marketer, "/panel/offers/", state="ended")
    assert "Over" not in page(marketer, "/panel/offers/", state="running")


# --- publishing and what follows


def drafted(client: Client) -> Offer:
    client.post(NEW, {**ANSWERS, "save": "1"})
    return Offer.objects.get(code="candle-fridays")


def published(client: Client) -> Offer:
    offer = drafted(client)
    address = address_of("offer_publish", offer)
    client.post(address, {"forecast": "1"})
    job = latest_forecast(offer.versions.get())
    assert job is not None
    run_forecast(job)
    job.status, job.finished_at = "done", datetime.now(UTC)
    job.save()
    client.post(address, {"publish": "1"})
    offer.refresh_from_db()
    return offer


def test_publishing_asks_for_the_forecast_first(marketer: Client) -> None:
    offer = drafted(marketer)
    marketer.post(address_of("offer_publish", offer), {"publish": "1"})
    offer.refresh_from_db()
    assert offer.status == "draft"
    shown = page(marketer, address_of("offer_publish", offer))
    assert SENTENCE in shown
    assert "The store has no margin floor" in shown
    assert published(marketer_again(marketer, offer)).status == "running"


def test_a_store_of_the_eu_sees_what_its_goods_cost_least_before_it_publishes(
    candles: World, marketer: Client
) -> None:
    now = datetime.now(UTC)
    lamp = make_product(candles.store, sku="LAMP", name="Lamp", price=1000)
    for product in (Product.objects.get(store=candles.store, sku="CANDLE"), lamp):
        make_price_point(product, price=800, at=now - timedelta(days=10))
    address = address_of("offer_publish", drafted(marketer))
    assert "Lowest prices of the last 30 days" not in page(marketer, address)
    Store.objects.update(country="DE")
    shown = page(marketer, address)
    assert "1 product of this offer cost less within the last 30 days" in shown
    assert ("£8.00" in shown, "Lamp" in shown) == (True, False)


def marketer_again(client: Client, offer: Offer) -> Client:
    """The same person, with the draft of before out of the way."""
    Offer.objects.filter(pk=offer.pk).update(code="earlier")
    return client


def test_a_published_offer_is_changed_by_a_version_after_a_second_look(marketer: Client) -> None:
    offer = published(marketer)
    address = address_of("offer_edit", offer)
    looked = marketer.post(address, {**ANSWERS, "benefits-0-rate_bp": "20", "save": "1"}).content.decode()
    assert SENTENCE in looked
    assert "take 20 % off Candles" in looked
    assert offer.versions.count() == 1
    marketer.post(
        address, {**ANSWERS, "benefits-0-rate_bp": "20", "in_force": "2099-01-01T00:00", "confirm": "1"}
    )
    newest = offer.versions.order_by("-number").first()
    assert newest is not None
    assert (newest.number, newest.in_force_at.year) == (2, 2099)


def test_an_announced_end_is_never_moved_later(marketer: Client) -> None:
    offer = published(marketer)
    address = address_of("offer_edit", offer)
    marketer.post(address, {**ANSWERS, "ends_on": "2099-05-31", "confirm": "1"})
    refused = marketer.post(address, {**ANSWERS, "ends_on": "2099-06-01", "confirm": "1"})
    assert refused.status_code == 400
    assert "an announced end is never moved later" in refused.content.decode()
    by_days = marketer.post(address_of("offer_schedule", offer), {"ends_on": "2099-06-01"})
    assert by_days.status_code == 400
    earlier = marketer.post(address_of("offer_schedule", offer), {"ends_on": "2099-05-30"})
    assert earlier.status_code == 302


def test_pause_resume_and_archive_say_first_what_will_happen(marketer: Client) -> None:
    offer = published(marketer)
    for act, status in (("pause", "paused"), ("resume", "running"), ("archive", "archived")):
        address = address_of(f"offer_{act}", offer)
        assert "No order has got anything of it yet." in page(marketer, address)
        offer.refresh_from_db()
        assert offer.status != status
        marketer.post(address)
        offer.refresh_from_db()
        assert offer.status == status


def test_a_copy_is_a_draft_without_the_days_of_the_other(marketer: Client) -> None:
    marketer.post(NEW, {**ANSWERS, "ends_on": "2099-05-31", "save": "1"})
    offer = Offer.objects.get(code="candle-fridays")
    marketer.post(address_of("offer_duplicate", offer))
    copy = Offer.objects.get(code="candle-fridays-copy")
    assert copy.status == "draft"
    assert copy.versions.get().document["schedule"]["ends_at"] is None
    assert copy.versions.get().document["benefits"] == DOCUMENT["benefits"]


def test_an_offer_for_coupons_gets_a_campaign_that_issues_them(marketer: Client) -> None:
    marketer.post(NEW, {**ANSWERS, "audience-kind": "coupon", "save": "1"})
    offer = Offer.objects.get(code="candle-fridays")
    assert "None yet, so nobody can use it." in page(marketer, address_of("offer", offer))
    answer = marketer.post(address_of("offer_campaign", offer), {"kind": "named"})
    campaign = offer.campaigns.get()
    assert (campaign.kind, answer.headers["Location"]) == (
        "named",
        f"/panel/campaigns/{campaign.code}/codes/",
    )
    assert marketer.get(answer.headers["Location"]).status_code == 200


def test_an_offer_without_coupons_gets_no_campaign(marketer: Client) -> None:
    offer = drafted(marketer)
    marketer.post(address_of("offer_campaign", offer), {"kind": "gift"})
    assert not offer.campaigns.exists()


# --- steps and calendar


def test_steps_are_moved_and_kept(candles: World, log_in: LogIn) -> None:
    client = log_in(candles.store, "admin")
    order = ["sale", "card", "coupon", "order", "gifts", "delivery"]
    moved = client.post("/panel/offer-steps/", {"lane": order, "move": "up:coupon"}).content.decode()
    assert moved.index('value="coupon"') < moved.index('value="card"')
    candles.store.refresh_from_db()
    assert candles.store.lane_order == order
    kept = ["gifts", "sale", "coupon", "card", "order", "delivery"]
    client.post("/panel/offer-steps/", {"lane": kept, "mode-coupon": "all", "keep": "1"})
    candles.store.refresh_from_db()
    assert (candles.store.lane_order, candles.store.lanes_adding) == (kept, ["coupon"])


def test_delivery_stays_the_last_step_whatever_is_sent(candles: World, log_in: LogIn) -> None:
    client = log_in(candles.store, "admin")
    client.post("/panel/offer-steps/", {"lane": ["delivery", "nothing", "gifts", "gifts"], "keep": "1"})
    candles.store.refresh_from_db()
    assert candles.store.lane_order == ["gifts", "sale", "card", "coupon", "order", "delivery"]


def test_calendar_shows_recurring_days_of_the_month(candles: World, marketer: Client) -> None:
    make_version(make_offer(candles.store, name="Every Friday"), document=DOCUMENT)
    shown = page(marketer, "/panel/offer-calendar/", month="2026-05")
    assert "May 2026" in shown
    assert "1 May, 8 May, 15 May, 22 May, 29 May" in shown


def test_calendar_of_no_month_is_that_of_today(marketer: Client) -> None:
    for month in ("", "never", "0001-01", "9999-12"):
        assert marketer.get("/panel/offer-calendar/", {"month": month}).status_code == 200
