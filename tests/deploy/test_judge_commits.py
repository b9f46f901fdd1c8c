"""What the campaign of killed web workers takes for a failure."""

from dataclasses import replace
from typing import Any

import pytest

from bench.soaks.committing.judge import Asked, Books, Start, judge

START = Start(points=100, public_offer="spring", uses_max=2, budget_max=50, customers=("anna", "boris"))
ORDER: dict[str, Any] = {"ref": "o-1", "payable": 900, "points_spent": 30, "points": 9, "discounts": []}
REFUND: dict[str, Any] = {"ref": "r-1", "amount": 180, "points_returned": 6, "points_taken_back": 2}
SPRING = {"offer": "spring", "line": 1, "amount": 20}


def asked(body: dict[str, Any], **given: Any) -> Asked:
    fresh: dict[str, Any] = {
        "key": f"key-{body['ref']}",
        "customer": "anna",
        "answers": ((201, body),),
        "broken": 1,
        "replays": 0,
    }
    return Asked(**fresh | given)


def good() -> tuple[list[Asked], list[Asked], Books]:
    """Two orders, one of them with the public code, and a refund of the first."""
    orders = [
        asked(ORDER),
        asked({**ORDER, "ref": "o-2", "payable": 880, "points_spent": 0, "discounts": [SPRING]}),
    ]
    books = Books(
        orders=[("o-1", 900, 30, 9), ("o-2", 880, 0, 9)],
        refunds=[("r-1", 180, 6, 2)],
        points={"anna": 92, "boris": 100},
        uses=1,
        spent=20,
        redemptions={"OWN": 1},
        coupon_uses={"OWN": 1},
        discounts={"spring": 20},
        facts={"order.placed": 2, "order.refunded": 1},
        records=["key-o-1", "key-o-2", "key-r-1"],
        ledger="commits: 0 findings\n",
    )
    return orders, [asked(REFUND)], books


def test_what_was_answered_and_is_stored_once_has_no_failures() -> None:
    assert judge(*good(), start=START) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"orders": [("o-1", 900, 30, 9)]},
            "orders that were answered and are not stored: ('o-2', 880, 0, 9)",
        ),
        ({"refunds": [("r-1", 180, 6, 2)] * 2}, "refunds that are stored and were not answered"),
        ({"records": ["key-o-1", "key-o-2"]}, "records that were answered and are not stored: key-r-1"),
        (
            {"points": {"anna": 122, "boris": 100}},
            "points that were answered and are not stored: ('anna', 92)",
        ),
        ({"discounts": {"spring": 40}}, "discounts that were answered"),
        ({"coupon_uses": {"OWN": 2}, "redemptions": {"OWN": 2}}, "used more than once: OWN"),
        ({"redemptions": {}}, "uses of coupons that are stored"),
        ({"uses": 2}, "the limits have counted 2 uses and 20, the orders took 1 and 20"),
        ({"spent": 0}, "the limits have counted 1 uses and 0, the orders took 1 and 20"),
        ({"facts": {"order.placed": 3, "order.refunded": 1}}, "noted"),
        ({"ledger": "commits: 1 findings"}, "the ledger says commits: 1 findings"),
    ],
)
def test_a_planted_fault_is_found(wrong: dict[str, Any], said: str) -> None:
    orders, refunds, books = good()
    assert any(
        failure.startswith(said) for failure in judge(orders, refunds, replace(books, **wrong), start=START)
    )


def test_another_answer_under_the_same_key_is_a_failure() -> None:
    orders, refunds, books = good()
    orders[0] = replace(orders[0], answers=((201, ORDER), (200, ORDER)))
    assert judge(orders, refunds, books, start=START) == ["answered differently under one key: key-o-1"]


@pytest.mark.parametrize("answers", [(), ((409, {"code": "price_changed"}),)])
def test_a_write_that_was_never_done_is_a_failure(answers: Any) -> None:
    orders, refunds, books = good()
    refunds[0] = replace(refunds[0], answers=answers)
    assert judge(orders, refunds, books, start=START)[0] == "not done: key-r-1"


def test_a_limit_that_was_passed_is_a_failure() -> None:
    orders, refunds, books = good()
    start = replace(START, uses_max=0)
    assert judge(orders, refunds, books, start=start) == ["1 uses and 20 pass the limits of 0 and 50"]
