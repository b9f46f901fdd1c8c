"""What the campaign of the sale takes for a failure."""

from dataclasses import replace

import pytest

from bench.soaks.sale import Answer, Books, Order, judge, plan


def good_sale() -> tuple[list[Answer], Books]:
    """Sixty tries: fifty pay 15.00, five the full 20.00, and five would rather not."""
    answers = [
        *(Answer(Order(f"W-{n}", agrees=False, sendings=1), (201,), "", 1_500, 500, 0.1) for n in range(50)),
        *(
            Answer(Order(f"F-{n}", agrees=True, sendings=2), (0, 201, 200), "", 2_000, 0, 0.1)
            for n in range(5)
        ),
        *(
            Answer(Order(f"N-{n}", agrees=False, sendings=1), (409,), "price_changed", None, None, 0.1)
            for n in range(5)
        ),
    ]
    payables = {one.order.ref: one.payable for one in answers if one.payable is not None}
    report = {"redeemed": 50, "orders": 50, "buyers": 50, "discount": 25_000, "revenue": 75_000}
    return answers, Books(report, payables, "sale: 0 findings\n")


def test_a_sale_that_holds_has_no_failures() -> None:
    assert judge(*good_sale()) == []


def test_a_51st_discount_is_a_failure() -> None:
    answers, books = good_sale()
    answers[50] = replace(answers[50], payable=1_500, discount=500)
    books = replace(books, payables={**books.payables, "F-0": 1_500})
    assert judge(answers, books) == ["51 orders were discounted, not 50"]


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_a_try_without_a_real_answer_is_a_failure(status: int) -> None:
    answers, books = good_sale()
    answers[-1] = replace(answers[-1], statuses=(status,), code="")
    assert judge(answers, books) == [f"answered otherwise: {{'({status},) ': 1}}"]


def test_a_report_or_a_ledger_that_says_otherwise_is_a_failure() -> None:
    answers, books = good_sale()
    wrong = replace(books, report={**books.report, "discount": 24_500}, ledger="sale: 1 findings")
    failures = judge(answers, wrong)
    assert [said.split(" says ")[0] for said in failures] == ["the report", "the ledger"]


def test_an_order_that_was_stored_and_not_answered_is_a_failure() -> None:
    answers, books = good_sale()
    wrong = replace(books, payables={**books.payables, "N-0": 2_000})
    assert judge(answers, wrong) == ["the stored orders are not those that were answered"]


def test_the_same_seed_makes_the_same_sale() -> None:
    assert plan(100, seed=7) == plan(100, seed=7) != plan(100, seed=8)
    assert {order.sendings for order in plan(100, seed=7)} == {1, 2}
