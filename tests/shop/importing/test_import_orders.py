"""What an import leaves in the database, oddity by oddity."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from shop import import_orders as module
from shop.import_orders import ImportTotals, import_orders
from shop.importing.refuse import ImportRefused, Refused
from shop.models import (
    Activity,
    Customer,
    Order,
    OrderLine,
    Outbox,
    Product,
    Refund,
    RefundLine,
    Store,
)
from tests.factories import make_customer, make_order, make_product, make_store
from tests.shop.importing.write_csv import row, write_csv

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
Import = Callable[..., ImportTotals]


@pytest.fixture
def store() -> Store:
    return make_store(time_zone="Europe/London")


@pytest.fixture
def bring_in(store: Store, tmp_path: Path) -> Import:
    def run(*rows: list[str], into: Store = store, report: Path | None = None) -> ImportTotals:
        return import_orders(into, write_csv(tmp_path / "orders.csv", *rows), {}, at=AT, report=report)

    return run


def rows_of_everything() -> list[Sequence[object]]:
    """Every row an import may touch, times of recording included."""
    tables = "product customer order orderline refund refundline activity outbox"
    found: list[Sequence[object]] = []
    with connection.cursor() as cursor:
        for table in tables.split():
            cursor.execute(f"SELECT '{table}', t::text FROM shop_{table} t ORDER BY t.id")
            found += cursor.fetchall()
    return found


def test_an_order_is_stored_as_delivered_when_it_was_placed(store: Store, bring_in: Import) -> None:
    bring_in(row(quantity=6, price="2.55"), row(sku="71053", quantity=2, price="3.39"))
    order = Order.objects.get(store=store, ref="536365")
    placed_at = datetime(2026, 3, 2, 8, 26, tzinfo=UTC)
    assert (order.status, order.source, order.country) == ("fulfilled", "import", "United Kingdom")
    assert (order.placed_at, order.paid_at, order.fulfilled_at) == (placed_at, placed_at, placed_at)
    assert (order.goods, order.payable, order.delivery, order.discount) == (2208, 2208, 0, 0)
    lines = order.lines.order_by("ordinal").values_list("ordinal", "sku", "quantity", "unit_price", "total")
    assert list(lines) == [(1, "85123A", 6, 255, 1530), (2, "71053", 2, 339, 678)]
    assert order.lines.filter(product__isnull=True).count() == 0


def test_equal_rows_are_different_lines(bring_in: Import) -> None:
    totals = bring_in(row(), row(), row())
    assert totals.customer_lines == 3
    assert list(OrderLine.objects.order_by("ordinal").values_list("ordinal", flat=True)) == [1, 2, 3]


def test_rows_of_one_order_may_lie_apart(bring_in: Import) -> None:
    bring_in(row("1", sku="A"), row("2", sku="B"), row("1", sku="C"))
    assert list(Order.objects.get(ref="1").lines.order_by("ordinal").values_list("sku", flat=True)) == [
        "A",
        "C",
    ]


def test_of_two_times_in_one_order_the_earliest_counts(bring_in: Import) -> None:
    bring_in(row(at="2026-03-02 08:27:00"), row(at="2026-03-02 08:26:00"))
    assert Order.objects.get().placed_at == datetime(2026, 3, 2, 8, 26, tzinfo=UTC)


def test_an_order_without_customer_is_a_guests(bring_in: Import) -> None:
    totals = bring_in(row("1", customer=""), row("2"))
    assert (totals.guest_lines, totals.guest_orders, totals.customer_lines, totals.customer_orders) == (
        1,
        1,
        1,
        1,
    )
    assert Order.objects.get(ref="1").customer is None


def test_a_cancellation_is_an_unmatched_refund_and_no_revenue(bring_in: Import) -> None:
    totals = bring_in(
        row("536365", quantity=6), row("C536379", quantity=-2), row("C536379", sku="D", quantity=-1)
    )
    refund = Refund.objects.get()
    assert (refund.ref, refund.order, refund.amount, refund.source) == ("C536379", None, 765, "import")
    assert refund.customer == Customer.objects.get(ref="17850")
    assert list(
        RefundLine.objects.order_by("ordinal").values_list("ordinal", "sku", "quantity", "amount")
    ) == [
        (1, "85123A", 2, 510),
        (2, "D", 1, 255),
    ]
    assert (totals.refund_lines, totals.refund_amount, totals.customer_amount) == (2, 765, 1530)
    assert Order.objects.get().refunded == 0


def test_who_only_cancelled_is_a_customer_who_never_ordered(bring_in: Import) -> None:
    bring_in(row("C536379", quantity=-2, customer="13952"))
    customer = Customer.objects.get()
    assert (customer.ref, customer.first_order_at, customer.last_order_at) == ("13952", None, None)


def test_the_groups_add_up_to_the_file(bring_in: Import) -> None:
    totals = bring_in(
        row("1"),
        row("2", customer=""),
        row("C3", quantity=-1),
        row("4", quantity=-1, price="0.0"),
        row("5", price="0.0"),
        row("1", sku="PADS", price="0.001"),
        ["6", "half"],
    )
    assert totals.rows == 7
    assert (totals.customer_lines, totals.guest_lines, totals.refund_lines, totals.bad_rows) == (1, 1, 1, 4)
    assert totals.bad == {
        "quantity_not_positive": 1,
        "price_not_positive": 1,
        "price_below_minor_unit": 1,
        "wrong_cell_count": 1,
    }


def test_bad_rows_are_reported_with_line_reason_and_row(bring_in: Import, tmp_path: Path) -> None:
    report = tmp_path / "bad.csv"
    bring_in(row("1"), row("2", price="0.001", name="=1+1"), row("3", quantity=-4), report=report)
    lines = report.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("line,code,reason,InvoiceNo,")
    assert lines[1].startswith("3,price_below_minor_unit,The price is finer than")
    assert ",'=1+1," in lines[1]  # no spreadsheet runs it
    assert lines[2].startswith("4,quantity_not_positive,")
    assert ",-4," in lines[2]
    assert len(lines) == 3


def test_rows_that_name_another_customer_are_reported(bring_in: Import, tmp_path: Path) -> None:
    report = tmp_path / "bad.csv"
    totals = bring_in(
        row("1", customer=""), row("1", customer="17850"), row("1", customer="13047"), row("2"), report=report
    )
    assert Order.objects.get(ref="1").customer == Customer.objects.get(ref="17850")
    assert (totals.customer_lines, totals.bad) == (3, {"other_customer": 1})
    assert report.read_text(encoding="utf-8").splitlines()[1].startswith("4,other_customer,")
    assert not Customer.objects.filter(ref="13047").exists()


def test_products_take_the_last_price_and_the_last_description(bring_in: Import) -> None:
    bring_in(
        row("1", price="2.55", name="HOLDER"),
        row("2", price="2.95", name="HOLDER, WHITE"),
        row("3", price="2.75", name=""),
    )
    product = Product.objects.get()
    assert (product.sku, product.name, product.price, product.kind) == (
        "85123A",
        "HOLDER, WHITE",
        275,
        "goods",
    )


@pytest.mark.parametrize(
    ("sku", "kind"),
    [
        ("POST", "delivery"),
        ("DOT", "delivery"),
        ("C2", "delivery"),
        ("M", "service"),
        ("m", "service"),
        ("D", "service"),
        ("S", "service"),
        ("BANK CHARGES", "service"),
        ("AMAZONFEE", "service"),
        ("ADJUST2", "service"),
        ("CRUK", "service"),
        ("gift_0001_40", "gift_balance"),
        ("PADS", "goods"),
        ("DCGS0076", "goods"),
    ],
)
def test_codes_that_are_no_goods_are_told_apart(bring_in: Import, sku: str, kind: str) -> None:
    bring_in(row(sku=sku))
    assert Product.objects.get().kind == kind


def test_skus_are_kept_letter_for_letter(bring_in: Import) -> None:
    bring_in(row(sku="85123A"), row(sku="85123a"))
    assert set(Product.objects.values_list("sku", flat=True)) == {"85123A", "85123a"}


def test_what_the_storefront_said_about_a_product_stays(store: Store, bring_in: Import) -> None:
    make_product(store, sku="85123A", name="Holder", price=999)
    make_product(store, sku="71053", name="", price=888)
    bring_in(row(name="T-LIGHT HOLDER"), row(sku="71053", name="METAL LANTERN"))
    assert set(Product.objects.values_list("sku", "name", "price")) == {
        ("85123A", "Holder", 999),
        ("71053", "METAL LANTERN", 888),
    }


def test_customers_know_their_first_and_last_order_and_have_not_joined(bring_in: Import) -> None:
    bring_in(
        row("1", at="2026-03-02 08:26:00"),
        row("2", at="2026-01-02 08:26:00"),
        row("3", at="2026-02-02 08:26:00"),
    )
    customer = Customer.objects.get()
    assert customer.first_order_at == datetime(2026, 1, 2, 8, 26, tzinfo=UTC)
    assert customer.last_order_at == datetime(2026, 3, 2, 8, 26, tzinfo=UTC)
    assert (customer.joined_at, customer.country) == (None, "United Kingdom")


def test_a_customer_who_is_there_keeps_join_date_and_later_orders(store: Store, bring_in: Import) -> None:
    later = datetime(2026, 10, 1, tzinfo=UTC)
    make_customer(
        store, ref="17850", joined_at=later, first_order_at=later, last_order_at=later, country="France"
    )
    bring_in(row())
    customer = Customer.objects.get()
    assert (customer.joined_at, customer.last_order_at, customer.country) == (later, later, "France")
    assert customer.first_order_at == datetime(2026, 3, 2, 8, 26, tzinfo=UTC)


def test_every_order_is_recorded_and_those_with_a_customer_wait_to_earn(bring_in: Import) -> None:
    bring_in(row("1"), row("2", customer=""), row("C3", quantity=-1))
    facts = Activity.objects.filter(kind__endswith=".imported").order_by("subject")
    assert list(facts.values_list("kind", "subject", "customer__ref")) == [
        ("order.imported", "order:1", "17850"),
        ("order.imported", "order:2", None),
        ("refund.imported", "refund:C3", "17850"),
    ]
    assert facts[0].at == datetime(2026, 3, 2, 8, 26, tzinfo=UTC)
    waiting = Outbox.objects.get(consumer="loyalty.earn")
    assert waiting.kind == "order.imported"
    assert waiting.subject_id == Order.objects.get(ref="1").pk


def test_a_second_import_changes_nothing(bring_in: Import) -> None:
    rows = [row("1"), row("1"), row("2", customer=""), row("C3", quantity=-1), row("4", price="0")]
    first = bring_in(*rows)
    before = rows_of_everything()
    second = bring_in(*rows)
    assert rows_of_everything() == before
    assert (first.added.orders, first.orders_there, second.added.orders, second.orders_there) == (2, 0, 0, 2)
    assert (second.added.refunds, second.refunds_there, second.added.customers, second.added.products) == (
        0,
        1,
        0,
        0,
    )
    assert (second.rows, second.customer_lines) == (first.rows, first.customer_lines)


def test_a_longer_file_adds_only_what_is_new(bring_in: Import) -> None:
    bring_in(row("1"))
    totals = bring_in(row("1"), row("2"))
    assert (totals.added.orders, totals.orders_there) == (1, 1)
    assert Outbox.objects.filter(consumer="loyalty.earn").count() == 2


def test_an_order_that_the_storefront_reported_stays_its_own(store: Store, bring_in: Import) -> None:
    order = make_order(store, ref="536365", goods=500, payable=500)
    totals = bring_in(row())
    order.refresh_from_db()
    assert (order.goods, order.source, totals.orders_there) == (500, "api", 1)
    assert not order.lines.exists()


def test_the_same_numbers_in_another_store_are_other_orders(bring_in: Import) -> None:
    bring_in(row())
    other = make_store()
    totals = bring_in(row(), into=other)
    assert totals.added.orders == 1
    assert Order.objects.get(store=other).customer != Order.objects.exclude(store=other).get().customer


def test_many_batches_number_every_order_once(bring_in: Import) -> None:
    totals = bring_in(*(row(str(number), sku=sku) for number in range(1, 1202) for sku in ("A", "B")))
    assert (totals.added.orders, totals.customer_lines) == (1201, 2402)
    assert Order.objects.filter(goods=3060).count() == 1201


def test_a_refused_file_stores_nothing_and_leaves_no_report(bring_in: Import, tmp_path: Path) -> None:
    report = tmp_path / "bad.csv"
    broken = tmp_path / "broken.csv"
    broken.write_bytes(write_csv(broken, row(), row(price="0")).read_bytes() + b'5,"6\n7,8\n9,9\n')
    with pytest.raises(ImportRefused) as caught:
        import_orders(make_store(), broken, {}, at=AT, report=report)
    assert caught.value.code == Refused.BROKEN_CSV
    assert not Order.objects.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.csv"]


def test_a_full_disk_under_the_report_refuses_the_file(bring_in: Import, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / f".bad.csv.{os.getpid()}.part").symlink_to("/dev/full")
    with pytest.raises(ImportRefused) as caught:
        bring_in(row("1"), row("2", price="0"), report=folder / "bad.csv")
    assert caught.value.code == Refused.DISK_FULL
    assert list(folder.iterdir()) == []
    assert not Order.objects.exists()


def test_a_full_disk_under_the_database_says_what_to_do(
    bring_in: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **given: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$")

    monkeypatch.setattr(module, "store_staged", fail)
    with pytest.raises(ImportRefused) as caught:
        bring_in(row())
    assert caught.value.code == Refused.DISK_FULL
    assert "import the file again" in caught.value.detail


def test_an_empty_list_of_orders_is_no_error(bring_in: Import) -> None:
    totals = bring_in()
    assert (totals.rows, totals.added.orders) == (0, 0)
