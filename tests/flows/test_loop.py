"""The thinnest whole loop, told from outside: past orders are imported and earn points, silent customers get one
coupon by mail, one of them comes back, and the campaign's page says what it brought."""

import csv
import io
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from tests.flows.act import OpenedStore, Panel, Storefront, mails_to, manage, open_store, text_of, words
from tests.running_demo import RunningDemo, running_demo, wait_for

pytestmark = pytest.mark.processes

NOW = datetime.now(UTC)
HEADER = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
CODE = re.compile(r"\b[A-Z0-9]{4}(?:-?[A-Z0-9]{4}){2,3}\b")
PATIENCE = 90.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("loop"), is_empty=True) as demo:
        yield demo


@pytest.fixture(scope="module")
def mailbox(demo: RunningDemo) -> Path:
    return Path(demo.state()["mailbox"])


@pytest.fixture(scope="module")
def store(demo: RunningDemo) -> OpenedStore:
    return open_store(demo, code="loop")


@pytest.fixture(scope="module")
def storefront(demo: RunningDemo, store: OpenedStore) -> Storefront:
    return Storefront(demo, store.key)


@pytest.fixture(scope="module")
def panel(demo: RunningDemo, store: OpenedStore) -> Panel:
    return Panel(demo, store)


def test_the_loop_from_import_to_report(
    demo: RunningDemo, mailbox: Path, storefront: Storefront, panel: Panel
) -> None:
    set_one_earning_rule(panel)
    report_customers(storefront)
    import_past_orders(panel)
    past_orders_earn_points(storefront)
    win_back_is_started(panel)
    mail = only_silent_customers_who_agreed_get_one_mail(storefront, mailbox)
    more_bells_send_no_more(demo, mailbox)
    code = the_mail_is_worth_opening(mail)
    a_quote_tells_what_the_coupon_gives(storefront, code)
    an_order_is_committed_once(storefront, code)
    the_report_adds_up(storefront, panel)
    whoever_unsubscribes_is_left_alone(mail)


def set_one_earning_rule(panel: Panel) -> None:
    path = "/panel/loyalty/earningrule/add/"
    begins = NOW - timedelta(days=800)
    panel.submit(
        path,
        {
            **panel.fields(path),
            "name": "1 point for every £1",
            "points": "1",
            "per_amount": "1.00",
            "life_days": "365",
            "starts_at_0": f"{begins:%Y-%m-%d}",
            "starts_at_1": "00:00:00",
        },
    )


def report_customers(storefront: Storefront) -> None:
    for ref, name, first_days_ago, agreed in (
        ("anna", "Anna Petrova", 200, True),
        ("boris", "Boris Lane", 100, False),
        ("clara", "Clara Moss", 90, True),
        ("dan", "", 70, True),
    ):
        joined_at = (NOW - timedelta(days=first_days_ago)).isoformat()
        storefront.put(
            f"/customers/{ref}", {"name": name, "email": f"{ref}@loop.example", "joined_at": joined_at}
        )
        if agreed:
            storefront.post(
                f"/customers/{ref}/consents",
                {
                    "purpose": "marketing",
                    "channel": "email",
                    "is_given": True,
                    "wording": "Yes, send me offers by e-mail.",
                    "source": "checkout",
                },
            )


def import_past_orders(panel: Panel) -> None:
    panel.submit("/panel/imports/new/", {}, files={"file": ("orders.csv", past_orders(), "text/csv")})
    path = "/panel/imports/new/columns/"
    job = panel.submit(path, panel.fields(path))
    where = job.url[job.url.index("/panel/") :]
    wait_for(lambda: "The whole file 8" in panel.read(where), seconds=PATIENCE, what="the import's totals")
    shown = panel.read(where)
    assert "Orders of known customers 5 5 £145.96" in shown, shown
    assert "Orders of guests 1 1 £10.50" in shown
    assert "Cancellations without their order 1 1 £10.50" in shown
    assert "Rows that could not be used 1" in shown


def past_orders() -> bytes:
    def days_ago(days: int) -> str:
        return f"{NOW - timedelta(days=days):%Y-%m-%d} 12:00:00"

    text = io.StringIO()
    write = csv.writer(text)
    write.writerow(HEADER)
    write.writerow(("1001", "85123A", "HEART HOLDER", "3", days_ago(200), "10.50", "anna", "United Kingdom"))
    write.writerow(("1002", "71053", "LANTERN", "1", days_ago(100), "25.99", "anna", "United Kingdom"))
    write.writerow(("1003", "71053", "LANTERN", "2", days_ago(100), "25.99", "boris", "France"))
    write.writerow(("1004", "71053", "LANTERN", "1", days_ago(5), "25.99", "clara", "United Kingdom"))
    write.writerow(("1005", "85123A", "HEART HOLDER", "1", days_ago(70), "10.50", "dan", "United Kingdom"))
    write.writerow(("1006", "85123A", "HEART HOLDER", "1", days_ago(70), "10.50", "", "United Kingdom"))
    write.writerow(("C1007", "85123A", "HEART HOLDER", "-1", days_ago(69), "10.50", "dan", "United Kingdom"))
    write.writerow(("1008", "PADS", "PADS", "1", days_ago(60), "0.001", "dan", "United Kingdom"))
    return text.getvalue().encode()


def past_orders_earn_points(storefront: Storefront) -> None:
    """31.50 and 25.99 earn 31 and 25; the return window of 14 days has passed for all but Clara's."""
    expected = {"anna": (56, 0), "boris": (51, 0), "clara": (0, 25), "dan": (10, 0)}
    for ref, (active, pending) in expected.items():
        wait_for(
            lambda ref=ref: sum(points(storefront, ref)) > 0,  # type: ignore[misc]
            seconds=PATIENCE,
            what=f"the points of {ref}",
        )
        assert points(storefront, ref) == (active, pending), ref


def points(storefront: Storefront, ref: str) -> tuple[int, int]:
    found = storefront.get(f"/customers/{ref}/points")
    return found["active"], found["pending"]


def win_back_is_started(panel: Panel) -> None:
    path = "/panel/playbooks/win-back/"
    answers = {
        **panel.fields(path),
        "silent_days": "60",
        "percent_bp": "10",
        "minimum": "20.00",
        "valid_days": "30",
    }
    look = panel.submit(path, {**answers, "look": ""})
    assert "10 % off" in words(look.text) or "10% off" in words(look.text)
    started = panel.submit(path, {**answers, "start": ""})
    assert "/panel/campaigns/" in started.url


def campaign_of(storefront: Storefront) -> str:
    (campaign,) = storefront.get("/campaigns")["items"]
    return str(campaign["code"])


def only_silent_customers_who_agreed_get_one_mail(storefront: Storefront, mailbox: Path) -> EmailMessage:
    report = f"/campaigns/{campaign_of(storefront)}/report"
    wait_for(
        lambda: storefront.get(report)["sent"] == 2 and storefront.get(report)["waiting"] == 0,
        seconds=PATIENCE,
        what="two mails",
    )
    count = {ref: len(mails_to(mailbox, f"{ref}@loop.example")) for ref in ("anna", "boris", "clara", "dan")}
    assert count == {"anna": 1, "boris": 0, "clara": 0, "dan": 1}
    states = {state["reason"]: state["count"] for state in storefront.get(report)["states"]}
    assert states.get("no_consent") == 1, states
    return mails_to(mailbox, "anna@loop.example")[0]


def more_bells_send_no_more(demo: RunningDemo, mailbox: Path) -> None:
    for _ in range(3):
        manage(demo, "tick")
    assert len(mails_to(mailbox, "@loop.example")) == 2


def the_mail_is_worth_opening(mail: EmailMessage) -> str:
    text = text_of(mail)
    assert mail["From"].addresses[0].addr_spec == "hello@loop.example"
    assert len(mail["Subject"]) < 50
    assert "Anna" in text
    assert "1 Wick Lane, London" in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = CODE.search(text)
    assert found is not None, text
    html_part = mail.get_body(("html",))
    assert html_part is not None
    assert found.group() in words(html_part.get_content())
    return found.group()


def cart(*codes: str, customer: str = "anna", unit_price: int = 2_000) -> dict[str, object]:
    return {
        "customer": customer,
        "lines": [{"sku": "71053", "quantity": 2, "unit_price": unit_price}],
        "codes": list(codes),
    }


def a_quote_tells_what_the_coupon_gives(storefront: Storefront, code: str) -> None:
    quote = storefront.post("/quotes", cart(code))
    assert (quote["goods"], quote["discount"], quote["payable"]) == (4_000, 400, 3_600)
    assert [applied["coupon"] for applied in quote["applied"]] == [code]

    at_the_minimum = storefront.post("/quotes", cart(code, unit_price=1_000))
    assert at_the_minimum["discount"] == 200

    below = storefront.post("/quotes", cart(code, unit_price=999))
    (refused,) = below["refused"]
    assert (refused["code"], refused["missing"]) == ("below_minimum", 2)

    (strangers,) = storefront.post("/quotes", cart(code, customer="clara"))["refused"]
    assert strangers["code"] == "wrong_customer"
    (unknown,) = storefront.post("/quotes", cart("NOSUCHCODE22"))["refused"]
    assert unknown["code"] == "unknown_code"


def an_order_is_committed_once(storefront: Storefront, code: str) -> None:
    """Twenty requests at once, a repeat under the same key, and another order with the spent coupon."""
    quote = storefront.post("/quotes", cart(code))
    order = {**cart(code), "ref": "W-1", "quote_token": quote["quote_token"]}
    answers: list[requests.Response] = []
    start = threading.Barrier(20)

    def send() -> None:
        start.wait()
        answers.append(storefront.send("POST", "/orders", order, Idempotency_Key="order-W-1"))

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 201, 409}, [answer.text for answer in answers]
    assert 201 in statuses
    again = storefront.send("POST", "/orders", order, Idempotency_Key="order-W-1")
    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["payable"] == 3_600

    other = storefront.send("POST", "/orders", {**order, "accept_changes": True}, Idempotency_Key="order-W-1")
    assert other.status_code == 422

    second = {**cart(code), "ref": "W-2", "accept_changes": True}
    stored = storefront.post("/orders", second)
    assert stored["discount"] == 0, "the coupon was spent by the first order"
    assert points(storefront, "anna") == (56, 36 + 40)
    assert len(storefront.get("/orders", customer="anna")["items"]) == 4


def the_report_adds_up(storefront: Storefront, panel: Panel) -> None:
    code = campaign_of(storefront)
    report = storefront.get(f"/campaigns/{code}/report")
    figures = {name: report[name] for name in ("sent", "redeemed", "orders", "revenue", "discount")}
    assert figures == {"sent": 2, "redeemed": 1, "orders": 1, "revenue": 3_600, "discount": 400}
    page = panel.read(f"/panel/campaigns/{code}/")
    assert "£36.00" in page
    assert "£4.00" in page


def whoever_unsubscribes_is_left_alone(mail: EmailMessage) -> None:
    address = str(mail["List-Unsubscribe"]).strip("<>")
    assert "unsubscribe" in requests.get(address, timeout=30).text.lower(), "looking changes nothing"
    for _ in range(2):
        done = requests.post(address, data={"List-Unsubscribe": "One-Click"}, timeout=30)
        assert done.status_code == 200
