"""The demo store: made once, taken up where it was interrupted, and never made twice."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from coupons.models import CouponCampaign
from loyalty.models import EarningRule
from panel.demo import open_demo
from panel.demo.invent_people import invent_people, invent_person
from panel.demo.keep_access import keep_access
from panel.demo.open_demo import fill_store, open_store
from shop.keys import SERVER_SCOPES, find_key
from shop.models import ApiKey, Consent, Customer, Job, Order, Outbox, Person, User
from tests.factories import make_customer
from tests.shop.importing.write_csv import row, text_of
from triggers.models import Trigger

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 6, 33, tzinfo=UTC)


@pytest.fixture
def excerpt(tmp_path: Path) -> Path:
    """300 customers with an order each, a guest, and one who only cancelled."""
    buyers = [row(str(n), customer=str(10_000 + n), at="2011-06-27 09:00:00") for n in range(300)]
    guest = row("900", customer="", at="2010-12-01 08:26:00")
    undecided = row("C901", quantity=-1, customer="20000", at="2011-06-30 20:08:00")
    path = tmp_path / "excerpt.csv.gz"
    path.write_bytes(gzip.compress(text_of(*buyers, guest, undecided).encode()))
    return path


def fill(excerpt: Path, *, at: datetime = AT) -> bool:
    return fill_store(open_store(), at=at, tell=lambda text: None, excerpt=excerpt)


def test_the_demo_has_orders_people_a_rule_and_a_running_campaign(excerpt: Path) -> None:
    assert fill(excerpt)
    store = open_store()
    assert (store.name, store.currency, store.time_zone) == ("Regency Gifts", "GBP", "Europe/London")
    assert Order.objects.filter(store=store).count() == 301
    assert Person.objects.count() == Customer.objects.filter(is_generated=True).count() == 301
    rule = EarningRule.objects.get()
    assert (rule.points, rule.per_amount) == (1, 100)
    assert rule.starts_at < Order.objects.earliest("placed_at").placed_at
    trigger = Trigger.objects.get()
    assert (trigger.occasion, trigger.params, trigger.status) == ("silent", {"days": 60}, "running")
    campaign = CouponCampaign.objects.get()
    assert (campaign.kind, campaign.valid_days) == ("named", 30)
    document = campaign.offer.versions.get().document
    assert document["benefits"][0]["rate_bp"] == 1000
    assert document["conditions"] == [{"kind": "subtotal_at_least", "amount": 2000}]


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
    assert Outbox.objects.filter(kind="customer.joined").count() == buyers.count() == 300


def test_a_second_start_changes_nothing_and_moves_no_dates(excerpt: Path) -> None:
    fill(excerpt)
    last = Order.objects.latest("placed_at").placed_at
    assert not fill(excerpt, at=AT + timedelta(days=70))
    assert Order.objects.latest("placed_at").placed_at == last
    assert Order.objects.count() == 301
    assert CouponCampaign.objects.count() == Trigger.objects.count() == 1


def test_an_interrupted_start_is_taken_up_with_the_same_dates(
    excerpt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: Any, **given: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(open_demo, "invent_people", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fill(excerpt)
    last = Order.objects.latest("placed_at").placed_at
    assert fill(excerpt, at=AT + timedelta(days=70))
    assert Order.objects.latest("placed_at").placed_at == last
    assert Order.objects.count() == 301
    assert Person.objects.count() == 301
    assert Job.objects.get().status == "done"


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
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.IS_DEMO = True
    monkeypatch.setenv("DEMO_FILE", str(tmp_path / "access.json"))
    out = StringIO()
    call_command("create_demo", stdout=out)
    assert "storing orders: 100 %" in out.getvalue()
    totals = Job.objects.get(kind="create_demo").result
    assert {
        name: totals[name] for name in ("rows", "customer_lines", "guest_lines", "refund_lines", "bad_rows")
    } == {
        "rows": 54_998,
        "customer_lines": 39_485,
        "guest_lines": 14_024,
        "refund_lines": 1_104,
        "bad_rows": 385,
    }
    assert (totals["customer_orders"], totals["customers"], totals["customer_amount"]) == (
        2_049,
        652,
        95_717_497,
    )
    call_command("create_demo", stdout=out)
    assert out.getvalue().endswith("The demo store is there already.\n")
