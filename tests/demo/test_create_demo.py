"""The demo store: made once, taken up where it was interrupted, and never made twice."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet, Sum
from django.utils import timezone

from clubcards.models import Membership
from coupons.models import Coupon, CouponCampaign, Redemption
from loyalty.models import EarningRule, Lot, Offer, Transfer
from loyalty.verify import verify_ledger
from panel.demo import open_demo, play_weeks
from panel.demo.invent_people import invent_people, invent_person
from panel.demo.keep_access import keep_access
from panel.demo.open_demo import fill_store, open_store
from panel.demo.price_goods import price_goods
from reports.queries.campaign import campaign_report
from shop.keys import SERVER_SCOPES, find_key
from shop.models import (
    Activity,
    ApiKey,
    Cart,
    Consent,
    Customer,
    Job,
    Order,
    Outbox,
    Person,
    Product,
    Refund,
    Store,
    User,
)
from tests.factories import make_customer
from tests.shop.importing.write_csv import row, text_of
from tests.triggers.smtp_server import Mailbox
from triggers.models import Message, Trigger

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 6, 33, tzinfo=UTC)


@pytest.fixture
def excerpt(tmp_path: Path) -> Path:
    """300 customers with an order each, a guest, one who only cancelled, and an order that is still to come."""
    buyers = [row(str(n), customer=str(10_000 + n), at="2011-06-20 09:00:00") for n in range(300)]
    guest = row("900", customer="", at="2010-12-01 08:26:00")
    undecided = row("C901", quantity=-1, customer="20000", at="2011-06-28 05:08:00")
    to_come = row("902", customer="", at="2011-06-30 20:08:00")
    path = tmp_path / "excerpt.csv.gz"
    path.write_bytes(gzip.compress(text_of(*buyers, guest, undecided, to_come).encode()))
    return path


def fill(excerpt: Path, *, at: datetime = AT) -> bool:
    return fill_store(open_store(), at=at, tell=lambda text: None, excerpt=excerpt)


@pytest.fixture(autouse=True)
def three_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the last weeks, where a test does not ask for all of them."""
    monkeypatch.setattr(play_weeks, "DAYS", 3)
    monkeypatch.setattr(play_weeks, "WARNED_DAYS", 1)


def imported(store: Store) -> QuerySet[Order]:
    return Order.objects.filter(store=store, source=Order.Source.IMPORT)


def test_the_demo_has_orders_people_a_rule_and_what_runs(excerpt: Path) -> None:
    assert fill(excerpt)
    store = open_store()
    assert (store.name, store.currency, store.time_zone) == ("Regency Gifts", "GBP", "Europe/London")
    assert imported(store).count() == 301
    assert Person.objects.count() == Customer.objects.filter(is_generated=True).count() == 301
    rule = EarningRule.objects.get()
    assert (rule.points, rule.per_amount, rule.life_days) == (1, 100, 180)
    assert rule.starts_at < Order.objects.earliest("placed_at").placed_at
    triggers = Trigger.objects.filter(status="running").values_list("occasion", flat=True)
    assert sorted(triggers) == [
        "birthday",
        "cart_abandoned",
        "points_expiring",
        "reward_near",
        "silent",
        "stamp_card_full",
        "tier_changed",
    ]
    assert set(CouponCampaign.objects.values_list("code", "kind", "offer__status")) == {
        ("win-back", "named", "running"),
        ("cart-reminder", "named", "running"),
        ("birthday", "named", "running"),
        ("thank-you", "named", "running"),
        ("a-present-to-pass-on", "gift", "running"),
        ("welcome-everybody", "gift", "running"),
    }
    without_code = Offer.objects.filter(campaigns=None, status="running").values_list("code", flat=True)
    assert {"free-delivery", "candle-weeks", "big-baskets", "card-vip", "card-premium"} <= set(without_code)


def test_today_has_birthdays_and_carts_that_will_soon_be_left_and_one_that_was(
    excerpt: Path, mailbox: Mailbox
) -> None:
    noon = AT.replace(hour=12)
    fill(excerpt, at=noon)
    today = Person.objects.filter(birth_on__month=noon.month, birth_on__day=noon.day)
    assert today.count() >= 3
    congratulated = Message.objects.filter(
        trigger__occasion="birthday", occurred_at__date=noon.date(), status="sent"
    )
    assert congratulated.count() >= 3
    open_carts = Cart.objects.filter(ref__startswith="T-", status="open")
    fresh = open_carts.filter(changed_at__gt=noon - timedelta(hours=1))
    assert (open_carts.count(), fresh.count()) == (8, 7)
    reminded = Message.objects.get(
        trigger__occasion="cart_abandoned", customer__carts__ref="T-0", step__ordinal=1
    )
    assert reminded.status == "sent"
    subjects = [str(mail["Subject"]) for mail in mailbox.mails]
    assert any(subject.startswith("Happy birthday") for subject in subjects)
    assert any(subject.startswith("Your cart is still here") for subject in subjects)


def test_goods_have_a_cost_that_leaves_a_margin(excerpt: Path) -> None:
    fill(excerpt)
    product = Product.objects.get(sku="85123A")
    assert (product.tax_bp, product.category) == (2000, "Candles")
    assert product.cost is not None
    assert product.price * 30 // 100 < product.cost < product.price * 53 // 100
    assert price_goods(open_store()) == 0


def test_customers_joined_with_their_first_order_and_most_agreed_then(excerpt: Path) -> None:
    fill(excerpt)
    buyers = Customer.objects.exclude(ref="20000")
    assert all(customer.joined_at == customer.first_order_at for customer in buyers)
    assert Customer.objects.get(ref="20000").joined_at is None
    marketing = Consent.objects.filter(purpose="marketing", channel="email", is_given=True)
    assert 195 <= marketing.count() <= 255
    assert all(
        consent.at == consent.customer.first_order_at for consent in marketing.select_related("customer")
    )
    facts = Activity.objects.filter(kind="customer.joined").values_list("customer_id", "at")
    assert set(facts) == set(buyers.values_list("pk", "first_order_at"))
    assert buyers.count() == 300


def test_past_orders_have_earned_before_anybody_looks(excerpt: Path) -> None:
    fill(excerpt)
    assert not Outbox.objects.filter(consumer="loyalty.earn").exists()
    earned = Transfer.objects.filter(kind="accrual", order__source="import")
    assert (earned.count(), set(earned.values_list("amount", flat=True))) == (300, {15})


def test_a_second_start_changes_nothing_and_moves_no_dates(excerpt: Path) -> None:
    fill(excerpt)
    last, before = Order.objects.latest("placed_at").placed_at, counts()
    assert not fill(excerpt, at=AT + timedelta(days=70))
    assert Order.objects.latest("placed_at").placed_at == last
    assert counts() == before


def test_an_interrupted_start_is_taken_up_with_the_same_dates(
    excerpt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: Any, **given: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(open_demo, "invent_people", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fill(excerpt)
    last = imported(open_store()).latest("placed_at").placed_at
    assert fill(excerpt, at=AT + timedelta(days=70))
    assert imported(open_store()).latest("placed_at").placed_at == last
    assert imported(open_store()).count() == 301
    assert Person.objects.count() == 301
    assert Job.objects.get().status == "done"


def test_weeks_that_were_played_are_not_played_twice_after_an_interruption(
    excerpt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: Any, **given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(open_demo, "set_today", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fill(excerpt)
    before = counts()
    assert fill(excerpt, at=AT + timedelta(minutes=5))
    after = counts()
    assert {name: after[name] for name in ("orders", "redemptions", "cards", "transfers")} == {
        name: before[name] for name in ("orders", "redemptions", "cards", "transfers")
    }
    assert after["carts"] == before["carts"] + 8


def counts() -> dict[str, int]:
    return {
        "orders": Order.objects.count(),
        "redemptions": Redemption.objects.count(),
        "coupons": Coupon.objects.count(),
        "campaigns": CouponCampaign.objects.count(),
        "messages": Message.objects.count(),
        "carts": Cart.objects.count(),
        "cards": Membership.objects.count(),
        "transfers": Transfer.objects.count(),
    }


def test_people_are_the_same_whenever_they_are_invented() -> None:
    assert invent_person("17850") == invent_person("17850")
    assert invent_person("17850") != invent_person("17851")


def test_made_up_addresses_reach_nobody() -> None:
    people = [invent_person(str(ref)) for ref in range(2000)]
    assert {person.email.rpartition("@")[2] for person in people} == {"example.com"}
    assert len({person.email for person in people}) == 2000
    assert all(1948 <= person.birth_on.year <= 2005 for person in people)
    assert 1400 < sum(person.agrees for person in people) < 1600


def test_who_is_somebody_already_stays_who_he_is(excerpt: Path) -> None:
    store = open_store()
    customer = make_customer(store, ref="10001")
    Person.objects.create(customer=customer, store=store, name="Anna Real", email="anna@example.org")
    fill(excerpt)
    assert Person.objects.get(customer=customer).name == "Anna Real"
    assert not Customer.objects.get(ref="10001").is_generated
    assert invent_people(store, at=AT) == 0


def test_log_ins_and_key_are_written_once_and_work(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    store = open_store()
    access = keep_access(store, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text(encoding="utf-8")) == access
    assert {login["role"] for login in access["logins"]} == {"owner", "marketer", "support"}
    for login in access["logins"]:
        user = User.objects.get(email=login["email"])
        assert user.check_password(login["password"])
        assert user.roles.get(store=store).role == login["role"]
    key = find_key(access["keys"][0]["key"], at=AT)
    assert key is not None
    assert (key.store, set(key.scopes)) == (store, set(SERVER_SCOPES))
    assert keep_access(store, path) == access
    assert (User.objects.count(), ApiKey.objects.count()) == (3, 1)


def test_a_lost_file_gets_new_passwords_that_work(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    before = keep_access(open_store(), path)
    path.unlink()
    after = keep_access(open_store(), path)
    owner = after["logins"][0]
    assert owner["password"] != before["logins"][0]["password"]
    assert User.objects.get(email=owner["email"]).check_password(owner["password"])


def test_a_file_that_outlives_the_database_keeps_its_passwords(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    login = {"role": "owner", "email": "owner@regency-gifts.example", "password": "as-before"}
    path.write_text(
        json.dumps({"logins": [login], "keys": [{"name": "old", "key": "rk_gone"}]}), encoding="utf-8"
    )
    access = keep_access(open_store(), path)
    assert access["logins"][0] == login
    assert User.objects.get(email=login["email"]).check_password("as-before")
    assert access["keys"][0]["key"] != "rk_gone"


def test_outside_a_demo_no_log_ins_are_made() -> None:
    with pytest.raises(CommandError, match="only with the demo's settings"):
        call_command("create_demo")
    assert not User.objects.exists()


def test_the_command_makes_the_shipped_demo(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mailbox: Mailbox
) -> None:
    settings.IS_DEMO = True
    monkeypatch.setattr(play_weeks, "DAYS", 28)
    monkeypatch.setattr(play_weeks, "WARNED_DAYS", 4)
    monkeypatch.setenv("DEMO_FILE", str(tmp_path / "access.json"))
    out = StringIO()
    call_command("create_demo", stdout=out)
    assert "storing orders: 100 %" in out.getvalue()
    totals = Job.objects.get(kind="create_demo").result
    # The week to come is left out, and how much of the excerpt that is depends on today's weekday.
    assert 54_998 - 1_500 < totals["rows"] <= 54_998
    kinds = ("customer_lines", "guest_lines", "refund_lines", "bad_rows")
    assert sum(totals[kind] for kind in kinds) == totals["rows"]
    assert 2_049 - 110 < totals["customer_orders"] <= 2_049
    assert 640 < totals["customers"] <= 652
    assert 91_000_000 < totals["customer_amount"] <= 95_717_497
    check_figures_of_campaigns()
    check_points()
    check_mails(mailbox)
    check_what_to_try(json.loads((tmp_path / "access.json").read_text()), totals["claim_path"])
    before, mails = counts(), len(mailbox.mails)
    call_command("create_demo", stdout=out)
    assert out.getvalue().endswith("The demo store is there already.\n")
    assert (counts(), len(mailbox.mails)) == (before, mails)


def check_figures_of_campaigns() -> None:
    """Every campaign has earned something, and each figure is what the rows add up to."""
    store, now = open_store(), timezone.now()
    for campaign in CouponCampaign.objects.all():
        report = campaign_report(store, campaign, since=campaign.created_at, until=now)
        assert report.orders >= 3, campaign.code
        assert report.redeemed == Redemption.objects.filter(campaign=campaign).count()
        given = Redemption.objects.filter(campaign=campaign).aggregate(total=Sum("amount"))["total"]
        assert report.discount == given > 0
        assert report.revenue > report.discount
        assert report.cost_known_bp == 10_000
        assert report.margin is not None
        assert report.margin > 0
        assert len(report.weeks) >= 4
    for occasion in ("silent", "birthday", "cart_abandoned"):
        told = CouponCampaign.objects.get(triggers__occasion=occasion)
        sent = campaign_report(store, told, since=told.created_at, until=now).sent
        assert sent == Message.objects.filter(trigger__campaign=told, status="sent").count() >= 20


def check_points() -> None:
    """Some wait, some can be spent, some end within two weeks, some have been spent; and the books balance."""
    store, now = open_store(), timezone.now()
    open_lots = Lot.objects.filter(left__gt=0)
    assert open_lots.filter(active_at__gt=now).exists()
    assert open_lots.filter(active_at__lte=now, ends_at__gt=now + timedelta(days=14)).exists()
    assert open_lots.filter(active_at__lte=now, ends_at__range=(now, now + timedelta(days=14))).exists()
    assert Transfer.objects.filter(kind="redemption").exists()
    assert Refund.objects.filter(order__source=Order.Source.LATE).exists()
    assert verify_ledger(store) == []


def check_mails(mailbox: Mailbox) -> None:
    for words in ("We have missed you", "Your cart is still here", "Happy birthday", "points to use before"):
        assert any(words in str(mail["Subject"]) for mail in mailbox.mails), words


def check_what_to_try(access: dict[str, Any], claim_path: str) -> None:
    assert any(claim_path in line for line in access["try"])
    assert any("/card/" in line for line in access["try"])
