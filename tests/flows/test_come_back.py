"""The whole loop, played through several weeks by a sandbox's clock: orders are imported, points ripen, a coupon comes
by mail and is used with a card and points, a part is refunded, a left cart is caught up with, a gift goes to a friend,
and the reports add up. All sums were worked out by hand; they stand beside what they are sums of."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from tests.flows.act import (
    OpenedStore,
    Panel,
    Storefront,
    mails_to,
    manage,
    open_store,
    second_beat,
    text_of,
    words,
)
from tests.running_demo import RunningDemo, running_demo, wait_for

pytestmark = pytest.mark.processes

LONDON = ZoneInfo("Europe/London")
# Ten in the morning, when mails may go out.
BEGIN = (datetime.now(LONDON) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
CODE = re.compile(r"\b[A-Z0-9]{4}(?:-?[A-Z0-9]{4}){2,3}\b")
PATIENCE = 90.0
CART = {
    "customer": "anna",
    "lines": [
        {"sku": "71053", "quantity": 2, "unit_price": 2_500},
        {"sku": "85123A", "quantity": 3, "unit_price": 999},
    ],
    "delivery": 495,
    "points_to_spend": 300,
}


@dataclass(frozen=True)
class Story:
    """Who takes part."""

    demo: RunningDemo
    store: OpenedStore
    storefront: Storefront
    panel: Panel

    @property
    def mailbox(self) -> Path:
        return Path(self.demo.state()["mailbox"])

    def move_clock(self, to: datetime) -> None:
        """A year in a minute."""
        self.storefront.put("/sandbox/clock", {"now": to.isoformat()})

    def points(self, ref: str) -> tuple[int, int]:
        """(active, pending)"""
        found = self.storefront.get(f"/customers/{ref}/points")
        return found["active"], found["pending"]

    def mail_to(self, ref: str) -> EmailMessage:
        """Waits for it; the only one of the campaign so far."""
        address = f"{ref}@story.example"
        wait_for(lambda: bool(mails_to(self.mailbox, address)), seconds=PATIENCE, what=f"a mail to {ref}")
        (mail,) = mails_to(self.mailbox, address)
        return mail


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """gunicorn, a worker, two beats, PostgreSQL, Valkey and an SMTP server."""
    with running_demo(tmp_path_factory.mktemp("story"), is_empty=True) as demo, second_beat(demo) as beat:
        store = open_store(demo, code="story", is_sandbox=True)
        yield Story(demo, store, Storefront(demo, store.key), Panel(demo, store))
        assert beat.poll() is None, "the second beat has ended"


def test_a_customer_comes_back_and_everything_adds_up(story: Story) -> None:
    story.move_clock(BEGIN)
    the_shop_is_set_up(story)
    imported_orders_bring_pending_points(story)
    points_are_active_after_the_window(story)
    code = a_birthday_brings_a_coupon_by_mail(story)
    quote = the_quote_shows_each_amount_and_each_refusal(story, code)
    the_same_order_twice_is_one_order(story, code, quote)
    a_refund_is_what_its_preview_said(story)
    a_left_cart_gets_one_mail(story)
    a_gift_goes_to_a_friend(story)
    reports_equal_the_orders(story, "birthday", {"sent": 1, "redeemed": 1, "orders": 1, "buyers": 1})
    reports_equal_the_orders(story, "friends", {"sent": 0, "redeemed": 1, "orders": 1, "buyers": 0})
    the_books_balance(story)


def the_shop_is_set_up(story: Story) -> None:
    """A point for every £1, worth 5p; lanterns are 10 % cheaper with a VIP card; three codes."""
    submit, fields = story.panel.submit, story.panel.fields
    settings = story.panel.link("/panel/shop/store/", r"/panel/shop/store/\d+/change/")
    submit(settings, {**fields(settings), "is_sandbox": "on", "points_value": "0.05"})
    rules = "/panel/loyalty/earningrule/add/"
    rule = {"name": "1 point for every £1", "points": "1", "per_amount": "1.00", "life_days": "365"}
    since = {"starts_at_0": f"{BEGIN - timedelta(days=100):%Y-%m-%d}", "starts_at_1": "00:00:00"}
    submit(rules, {**fields(rules), **rule, **since})
    groups = "/panel/shop/productgroup/add/"
    submit(groups, {**fields(groups), "name": "Lanterns", "code": "lanterns", "skus": "71053"})
    give_out(story, name="Spring", way="public", public_code="SPRING", percent_bp="12")
    give_out(story, name="Bulk", way="public", public_code="BULK", percent_bp="20", minimum="100.00")
    give_out(story, name="Friends", way="gift", amount="5.00", minimum="20.00")
    products = [
        {"sku": "71053", "name": "Lantern", "price": 2_500, "cost": 1_000, "tax_bp": 2_000},
        {"sku": "85123A", "name": "Heart", "price": 999, "cost": 300, "tax_bp": 2_000},
    ]
    story.storefront.post("/products/bulk", {"products": products})
    plan = {"name": "VIP", "kind": "vip", "group": "lanterns", "discount_bp": 1_000}
    story.storefront.put("/cards/plans/vip", plan)
    for ref, birthday in (("anna", BEGIN + timedelta(days=20)), ("boris", BEGIN + timedelta(days=200))):
        meet(story, ref, birthday=birthday)
    story.storefront.post("/customers/anna/cards", {"plan": "vip"})


def give_out(story: Story, **answers: str) -> None:
    path = "/panel/coupons/new/"
    given = {**story.panel.fields(path), **answers}
    look = story.panel.submit(path, {**given, "look": ""})
    assert "only with a coupon" in words(look.text)
    assert "/panel/campaigns/" in story.panel.submit(path, {**given, "start": ""}).url


def meet(story: Story, ref: str, *, birthday: datetime) -> None:
    person = {"name": ref.title(), "email": f"{ref}@story.example", "birth_on": f"1992-{birthday:%m-%d}"}
    joined_at = (BEGIN - timedelta(days=60)).isoformat()
    story.storefront.put(f"/customers/{ref}", {**person, "joined_at": joined_at})
    consent = {"purpose": "marketing", "channel": "email", "is_given": True, "source": "checkout"}
    story.storefront.post(f"/customers/{ref}/consents", {**consent, "wording": "Yes, write to me."})


def imported_orders_bring_pending_points(story: Story) -> None:
    """Five days old, so the return window of 14 days is still open."""
    text = io.StringIO()
    write = csv.writer(text)
    write.writerow(
        ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    )
    day = f"{BEGIN - timedelta(days=5):%Y-%m-%d} 12:00:00"
    write.writerow(["1001", "71053", "LANTERN", "8", day, "25.00", "anna"])
    write.writerow(["1001", "85123A", "HEART", "5", day, "3.15", "anna"])
    write.writerow(["1002", "71053", "LANTERN", "1", day, "25.99", "boris"])
    story.panel.submit(
        "/panel/imports/new/", {}, files={"file": ("orders.csv", text.getvalue().encode(), "text/csv")}
    )
    path = "/panel/imports/new/columns/"
    job = story.panel.submit(path, story.panel.fields(path))
    where = job.url[job.url.index("/panel/") :]
    wait_for(
        lambda: "Orders of known customers 3 2 £241.74" in story.panel.read(where),
        seconds=PATIENCE,
        what="the import's totals",
    )
    wait_for(lambda: story.points("boris") != (0, 0), seconds=PATIENCE, what="points for past orders")
    assert {ref: story.points(ref) for ref in ("anna", "boris")} == {"anna": (0, 215), "boris": (0, 25)}


def points_are_active_after_the_window(story: Story) -> None:
    """The window ends nine days from the beginning, at noon."""
    story.move_clock(BEGIN + timedelta(days=9))
    assert story.points("anna") == (0, 215)
    story.move_clock(BEGIN + timedelta(days=9, hours=4))
    assert story.points("anna") == (215, 0)


def a_birthday_brings_a_coupon_by_mail(story: Story) -> str:
    """15 % from £20.00; nothing on the eve of it."""
    path = "/panel/playbooks/birthdays/"
    answers = {**story.panel.fields(path), "percent_bp": "15", "minimum": "20.00", "name": "Birthdays"}
    assert "/panel/campaigns/birthday/" in story.panel.submit(path, {**answers, "start": ""}).url
    manage(story.demo, "tick")
    assert mails_to(story.mailbox, "@story.example") == []
    story.move_clock(BEGIN + timedelta(days=20, minutes=30))
    mail = story.mail_to("anna")
    found = CODE.search(text_of(mail))
    assert found is not None, text_of(mail)
    assert (mail["Subject"], mail["From"].addresses[0].addr_spec) == (
        "Happy birthday, Anna",
        f"hello@{story.store.code}.example",
    )
    return found.group()


def the_quote_shows_each_amount_and_each_refusal(story: Story, code: str) -> dict[str, Any]:
    """Lanterns 50.00 less 10 % are 45.00, with hearts for 29.97 that is 74.97; 15 % of it are 11.2455, so 11.25: 6.75
    and 4.50. Of the 63.72 that are left 215 points of 5p pay 10.75, 129 on the first line and 86 on the second."""
    codes = [code, "SPRING", "BULK", "NOSUCHCODE22"]
    quote: dict[str, Any] = story.storefront.post("/quotes", {**CART, "codes": codes})
    parts = ("gross", "discount", "net", "points_spent", "points_amount")
    assert [tuple(line[part] for part in parts) for line in quote["lines"]] == [
        (5_000, 1_175, 3_825, 129, 645),
        (2_997, 450, 2_547, 86, 430),
    ]
    applied = {each["offer"]: (each["coupon"], each["amount"]) for each in quote["applied"]}
    assert applied == {"card-vip": (None, 500), "birthday": (code, 1_125)}
    refused = {each["coupon"]: (each["code"], each["missing"], each["better"]) for each in quote["refused"]}
    assert refused == {
        "SPRING": ("other_offer_better", None, "birthday"),
        "BULK": ("below_minimum", 10_000 - 7_497, None),
        "NOSUCHCODE22": ("unknown_code", None, None),
    }
    assert (quote["points_spent"], quote["points_limited_by"]) == (215, "not_enough_points")
    assert (quote["goods"], quote["discount"], quote["delivery"]) == (7_997, 1_625, 495)
    assert quote["payable"] == 7_997 - 1_625 + 495 - 1_075 == 5_792
    assert quote["points_to_earn"] == 52, "of 52.97 paid for goods"
    strangers = story.storefront.post("/quotes", {**CART, "customer": "boris", "codes": [code]})
    assert [each["code"] for each in strangers["refused"] if each["coupon"]] == ["wrong_customer"]
    return quote


def the_same_order_twice_is_one_order(story: Story, code: str, quote: dict[str, Any]) -> None:
    codes = [code, "SPRING", "BULK", "NOSUCHCODE22"]
    order = {**CART, "codes": codes, "ref": "W-1", "quote_token": quote["quote_token"]}
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: story.storefront.send("POST", "/orders", order), range(2)))
    answers.append(story.storefront.send("POST", "/orders", order))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201], answers[0].text
    stored = story.storefront.get("/orders/W-1")
    assert all(answer.json() == stored for answer in answers)
    assert (stored["payable"], stored["discount"], stored["points"]) == (5_792, 1_625, 52)
    found = [each["ref"] for each in story.storefront.get("/orders", customer="anna")["items"]]
    assert found == ["W-1", "1001"]
    assert story.points("anna") == (0, 52), "215 spent once, 52 earned once"
    (coupon,) = story.storefront.get("/customers/anna/coupons")["items"]
    assert (coupon["state"], coupon["used"]) == ("used_up", 1)


def a_refund_is_what_its_preview_said(story: Story) -> None:
    """One heart of three. The line was paid with 86 points and 21.17, and earned 21 of the 52 points. A third of each,
    to the nearest: 29 points and 7.06 go back, 7 points are taken back."""
    wanted = {"ref": "R-1", "lines": [{"line": 2, "quantity": 1}]}
    preview = story.storefront.post("/orders/W-1/refunds", {**wanted, "preview": True})
    assert story.points("anna") == (0, 52), "a preview books nothing"
    done = story.storefront.send("POST", "/orders/W-1/refunds", wanted)
    again = story.storefront.send("POST", "/orders/W-1/refunds", wanted)
    assert (done.status_code, again.status_code) == (201, 200)
    figures = ("amount", "delivery", "points_returned", "points_taken_back", "points_owed", "lines")
    for answer in (preview, again.json()):
        assert {name: answer[name] for name in figures} == {name: done.json()[name] for name in figures}
    assert [done.json()[name] for name in figures[:5]] == [706, 0, 29, 7, 0]
    assert story.points("anna") == (29, 45)
    order = story.storefront.get("/orders/W-1")
    assert (order["refunded"], order["lines"][1]["refunded_quantity"]) == (706, 1)
    assert (order["payable"], order["discount"]) == (5_792, 1_625), "the order stays what it was"


def a_left_cart_gets_one_mail(story: Story) -> None:
    """Over the free-delivery sum of 12.00, so the mail brings a code; `tick` runs ten times, and two beats ring."""
    path = "/panel/playbooks/left-carts/"
    answers = {**story.panel.fields(path), "hours_2": "", "hours_3": "", "speaks_of_delivery": "on"}
    story.panel.submit(path, {**answers, "name": "Left carts", "start": ""})
    line = {"sku": "71053", "quantity": 1, "unit_price": 2_500}
    story.storefront.put("/carts/boris-1", {"customer": "boris", "lines": [line]})
    story.move_clock(BEGIN + timedelta(days=20, hours=2))
    with ThreadPoolExecutor(2) as bells:
        list(bells.map(lambda _: manage(story.demo, "tick"), range(10)))
    mail = story.mail_to("boris")
    assert "Lantern" in text_of(mail)
    story.move_clock(BEGIN + timedelta(days=22))
    manage(story.demo, "tick")
    report = story.storefront.get("/campaigns/cart-reminder/report")
    assert (report["messages"], report["sent"], report["waiting"]) == (1, 1, 0)
    assert len(mails_to(story.mailbox, "boris@story.example")) == 1
    found = CODE.search(text_of(mail))
    assert found is not None, text_of(mail)
    cart = {"customer": "boris", "lines": [line], "delivery": 495, "codes": [found.group()]}
    assert story.storefront.post("/quotes", cart)["delivery"] == 0


def a_gift_goes_to_a_friend(story: Story) -> None:
    """Anna hands 5.00 on; her code is void once the friend has claimed it, and a third finds nothing."""
    issued = story.storefront.post(
        "/campaigns/friends/coupons", {"customer": "anna", "issue_key": "thanks:anna"}
    )
    handed = story.storefront.post(f"/coupons/{issued['code']}/handover", {"customer": "anna"})
    cart = {"lines": [{"sku": "85123A", "quantity": 3, "unit_price": 999}]}
    assert story.storefront.post("/quotes", {**cart, "codes": [issued["code"]]})["payable"] == 2_497
    friend_presses = open_gift(requests.Session(), handed["link"])
    latecomer_presses = open_gift(requests.Session(), handed["link"])
    page = friend_presses()
    assert page.status_code == 200
    (new_code,) = set(CODE.findall(words(page.text))) - {issued["code"]}
    assert latecomer_presses().status_code == 409
    refused = story.storefront.post("/quotes", {**cart, "codes": [issued["code"]]})["refused"]
    assert [each["code"] for each in refused if each["coupon"] == issued["code"]] == ["revoked"]
    order = story.storefront.post("/orders", {**cart, "ref": "W-2", "codes": [new_code]})
    assert (order["customer"], order["discount"], order["payable"]) == (None, 500, 2_497)


def open_gift(browser: requests.Session, link: str) -> Callable[[], requests.Response]:
    """Look at the page; what comes back presses its button."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(link, timeout=30).text)
    assert token is not None, "the page has no button"
    data = {"csrfmiddlewaretoken": token.group(1)}
    return lambda: browser.post(link, data=data, headers={"Referer": link}, timeout=30)


def reports_equal_the_orders(story: Story, campaign: str, counts: dict[str, int]) -> None:
    """Page, file and API, and all three what the orders say."""
    report = story.storefront.get(f"/campaigns/{campaign}/report")
    assert {name: report[name] for name in counts} == counts
    orders = [story.storefront.get(f"/orders/{ref}") for ref in ("W-1", "W-2")]
    mine = [
        (order, [each["amount"] for each in order["discounts"] if each["offer"] == campaign])
        for order in orders
    ]
    used = [(order, amounts) for order, amounts in mine if amounts]
    assert report["revenue"] == sum(order["payable"] - order["refunded"] for order, _ in used)
    assert report["discount"] == sum(sum(amounts) for _, amounts in used)
    weeks = [week for week in report["weeks"] if week["orders"]]
    assert sum(week["revenue"] for week in weeks) == report["revenue"]
    rows = list(csv.reader(io.StringIO(story.panel.download(f"/panel/campaigns/{campaign}/weeks.csv"))))
    columns = ("starts_on", "sent", "redeemed", "orders", "revenue", "discount")
    assert rows[1 : 1 + len(report["weeks"])] == [
        [str(week[name]) for name in columns] for week in report["weeks"]
    ]
    totals = {row[0].partition(" (")[0]: row[1] for row in rows if len(row) == 2}
    for label in ("revenue", "discount", "cost of goods", "margin"):
        assert totals[label] == str(report["cost" if label == "cost of goods" else label]), totals
    page = story.panel.read(f"/panel/campaigns/{campaign}/")
    for amount in (report["revenue"], report["discount"]):
        assert f"£{amount // 100}.{amount % 100:02}" in page


def the_books_balance(story: Story) -> None:
    """The birthday: 57.92 less 7.06 given back. Two lanterns for 38.25 and two hearts for 16.98 are 31.88 and 14.15
    without tax; they cost 20.00 and 6.00."""
    report = story.storefront.get("/campaigns/birthday/report")
    figures = [report[name] for name in ("revenue", "discount", "cost", "margin", "cost_known_bp")]
    assert figures == [5_086, 1_125, 2_600, 2_003, 10_000]
    friends = story.storefront.get("/campaigns/friends/report")
    assert (friends["revenue"], friends["discount"]) == (2_497, 500)
    code = story.store.code
    assert f"{code}: 0 findings" in manage(story.demo, "verify_ledger", "--store", code)
    orders = [story.storefront.get(f"/orders/{ref}") for ref in ("1001", "W-1")]
    earned = sum(order["points"] for order in orders)
    spent = sum(order["points_spent"] for order in orders)
    assert sum(story.points("anna")) == earned - spent + 29 - 7 == 74
