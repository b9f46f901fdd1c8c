"""docs/offers.md tells every word of the language, and each of its examples is one."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from loyalty.document.benefits import BenefitPart, TargetPart
from loyalty.document.conditions import ConditionPart
from loyalty.document.terms import Limits, OfferDocument, Recurring
from loyalty.offer_document import BENEFITS, CONDITIONS, TARGETS, DocumentFault, parse
from pricing.refusals import Cap, Refusal
from tests.architecture.read_tree import ROOT
from tests.factories.offers_that_run import PERCENT_10, document

PAGE = (ROOT / "docs" / "offers.md").read_text()
DELIVERY = {"delivery_percent_off", "delivery_fixed_price"}
AUDIENCES = {"everyone", "customers", "coupon", "visitors"}


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> Iterator[list[str]]:
    """The cells of the rows under a heading, without the table's own heading."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    yield from ([cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:])


def named(title: str, column: int = 0) -> set[str]:
    return {word for row in rows(title) for word in re.findall(r"`([a-z_]+)`", row[column])}


def examples(title: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in re.findall(r"`(\{.*?\})` \|", section(title))]


def kinds(union: Any) -> set[str]:
    return {str(part.__struct_config__.tag) for part in get_args(union)}


def test_every_kind_of_the_document_is_a_class_of_pricing() -> None:
    assert kinds(ConditionPart) == set(CONDITIONS)
    assert kinds(BenefitPart) == set(BENEFITS)
    assert kinds(TargetPart) == set(TARGETS)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Conditions", set(CONDITIONS)),
        ("Benefits", set(BENEFITS)),
        ("Targets", set(TARGETS)),
        ("Schedule", kinds(Recurring)),
        ("Audience", AUDIENCES),
    ],
)
def test_every_kind_has_a_row_with_an_example_of_its_own(title: str, words: set[str]) -> None:
    assert named(title) == words
    assert [example["kind"] for example in examples(title)] == [row[0].strip("`") for row in rows(title)]


def test_every_refusal_has_a_row() -> None:
    assert named("Refusals") == set(map(str, Refusal))
    assert named("Refusals", 1) >= set(map(str, Cap))
    assert named("Conditions", 3) <= set(map(str, Refusal))


def test_every_fault_has_a_row() -> None:
    assert named("What a document may not say") == set(map(str, DocumentFault))


def test_every_field_of_the_document_and_its_limits_has_a_row() -> None:
    assert named("The document") == set(OfferDocument.__struct_fields__)
    assert named("Limits") == set(Limits.__struct_fields__)


def test_the_whole_document_is_one() -> None:
    whole = json.loads(PAGE.partition("```json")[2].partition("```")[0])
    terms = parse(whole)
    assert (terms.lane, terms.uses_max, terms.needs_code) == ("coupon", 500, True)
    assert set(whole) == set(OfferDocument.__struct_fields__)


@pytest.mark.parametrize("example", examples("Conditions"), ids=lambda example: example["kind"])
def test_a_condition_of_the_page_can_be_set(example: dict[str, Any]) -> None:
    assert parse(document(conditions=[example])).conditions[0].kind == example["kind"]


@pytest.mark.parametrize("example", examples("Benefits"), ids=lambda example: example["kind"])
def test_a_benefit_of_the_page_can_be_given(example: dict[str, Any]) -> None:
    lane = "delivery" if example["kind"] in DELIVERY else "coupon"
    assert parse(document(benefits=[example], lane=lane)).benefits[0].kind == example["kind"]


@pytest.mark.parametrize("example", examples("Targets"), ids=lambda example: example["kind"])
def test_a_target_of_the_page_can_be_aimed_at(example: dict[str, Any]) -> None:
    lane = "delivery" if example["kind"] == "delivery" else "coupon"
    assert parse(document(benefits=[PERCENT_10 | {"target": example}], lane=lane)).benefits


@pytest.mark.parametrize("example", examples("Schedule"), ids=lambda example: example["kind"])
def test_a_schedule_of_the_page_can_recur(example: dict[str, Any]) -> None:
    assert parse(document(schedule={"recurring": example})).recurring is not None


@pytest.mark.parametrize("example", examples("Audience"), ids=lambda example: example["kind"])
def test_an_audience_of_the_page_can_be_chosen(example: dict[str, Any]) -> None:
    assert parse(document(audience=example)).needs_code == (example["kind"] == "coupon")
