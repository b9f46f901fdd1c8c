"""The price rules as tables, one file a theme. How to read a line: see read_case.py."""

from itertools import chain
from pathlib import Path

import pytest

from loyalty.offer_document import BENEFITS, CONDITIONS, TARGETS
from pricing.price import price
from pricing.refusals import Refusal
from tests.pricing.kinds_of import kinds_of
from tests.pricing.read_case import describe, read_case

TABLES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
CASES_MIN = 150
# What checkout says, which knows of coupons, pauses and days; pricing is never asked.
ELSEWHERE = {Refusal.REVOKED, Refusal.PAUSED, Refusal.USED_UP_TODAY}


def read_table(path: Path) -> list[tuple[str, str]]:
    """The cases of a table: what each shows, and the case itself on the next line."""
    rows = [row for row in path.read_text().splitlines() if row]
    return list(zip(rows[::2], rows[1::2], strict=True))


ALL = list(chain.from_iterable(read_table(path) for path in TABLES))


@pytest.mark.parametrize("case", [case for _, case in ALL], ids=[name for name, _ in ALL])
def test_worked_case(case: str) -> None:
    read = read_case(case)
    assert read.expected <= describe(price(read.cart, read.offers, read.rules, at=read.at))


def test_there_are_cases_enough_and_each_is_told_apart() -> None:
    assert len({case for _, case in ALL}) >= CASES_MIN
    assert len({name for name, _ in ALL}) == len(ALL)


def test_the_cases_cover_every_kind() -> None:
    offers = list(chain.from_iterable(read_case(case).offers for _, case in ALL))
    assert set(kinds_of(offers)) == {*CONDITIONS, *BENEFITS, *TARGETS}


def test_the_cases_cover_every_refusal() -> None:
    said = {word for _, case in ALL for part in read_case(case).expected for word in part.split()}
    assert said >= {str(refusal) for refusal in Refusal} - ELSEWHERE


def test_the_cases_cover_every_setting() -> None:
    rules = [read_case(case).rules for _, case in ALL]
    assert {(rule.rounding, rule.leftover) for rule in rules} >= {
        ("down", "largest"),
        ("half_up", "first"),
        ("half_up", "last"),
    }
    assert {rule.reuses_units for rule in rules} == {True, False}
    assert {rule.exclusive_first for rule in rules} == {True, False}
    assert any(rule.multiplier_cap_bp for rule in rules)
