"""Every kind of the offer's language has its words, and the sentence reads as one would say it."""

import re
from typing import Any

import pytest
from django.utils import translation

from loyalty.document.benefits import BenefitPart, TargetPart
from loyalty.document.conditions import ConditionPart
from loyalty.document.terms import OfferDocument, Recurring
from loyalty.say_benefit import BENEFITS, TARGETS
from loyalty.say_condition import CONDITIONS
from loyalty.say_rule import say_rule
from loyalty.say_schedule import AUDIENCES, RECURRING
from shop.models import Store
from tests.loyalty.offers_said import BENEFITS_SAID, CANDLES, CONDITIONS_SAID, TARGETS_WORDS, TEN

POUNDS = Store(
    code="candles", name="Candle House", currency="GBP", time_zone="Europe/London", paydays=[10, 25]
)
NAMES = {"groups": {"candles": "Candles"}, "plans": {"vip": "VIP"}, "skus": {"MUG": "Blue mug"}}


def kinds(union: Any) -> set[str]:
    return {part.__struct_config__.tag for part in union.__args__}


def said(*benefits: Any, **terms: Any) -> str:
    document = {"v": 1, "lane": "sale", "benefits": list(benefits) or [TEN], **terms}
    return say_rule(document, POUNDS, language="en", names=NAMES)


def test_every_kind_of_the_language_has_its_words() -> None:
    audience = OfferDocument.__annotations__["audience"]
    assert set(CONDITIONS) == kinds(ConditionPart)
    assert set(BENEFITS) == kinds(BenefitPart)
    assert set(TARGETS) == kinds(TargetPart)
    assert set(RECURRING) == kinds(Recurring)
    assert set(AUDIENCES) == kinds(audience)


def test_the_sentence_reads_as_one_would_say_it() -> None:
    assert said(
        {"kind": "percent_off", "rate_bp": 1500, "target": CANDLES},
        conditions=[
            {"kind": "quantity_at_least", "quantity": 2, "groups": ["candles"]},
            {"kind": "weekday_hours", "weekdays": [5]},
            {"kind": "in_tier", "tiers": ["Gold"]},
        ],
        limits={"uses_max": 500},
    ) == (
        "When the cart has at least 2 items of Candles, take 15 % off Candles, on Fridays, for Gold members, "
        "at most 500 uses."
    )


@pytest.mark.parametrize(("condition", "words"), CONDITIONS_SAID)
def test_a_condition_is_said(condition: Any, words: str) -> None:
    assert words in said(conditions=[condition])


def test_the_table_of_conditions_names_each_kind() -> None:
    assert {condition["kind"] for condition, _words in CONDITIONS_SAID} == set(CONDITIONS)


@pytest.mark.parametrize(("benefit", "words"), BENEFITS_SAID)
def test_a_benefit_is_said(benefit: Any, words: str) -> None:
    assert said(benefit) == words


def test_the_table_of_benefits_names_each_kind() -> None:
    assert {benefit["kind"] for benefit, _words in BENEFITS_SAID} | {"percent_off"} == set(BENEFITS)


@pytest.mark.parametrize(("target", "words"), TARGETS_WORDS)
def test_a_target_is_said(target: Any, words: str) -> None:
    assert said({**TEN, "target": target}) == f"Take 10 % off {words}."


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"starts_at": "2026-05-01T00:00:00+01:00"}, "from 1 May 2026 on."),
        # The first moment after the last day is stored; the day is said.
        ({"ends_at": "2026-06-01T00:00:00+01:00"}, "until 31 May 2026."),
        ({"ends_at": "2026-05-31T18:00:00+01:00"}, "until 31 May 2026, 18:00."),
        ({"recurring": {"kind": "weekly", "weekdays": [5]}}, "on Fridays."),
        ({"recurring": {"kind": "last_weekend"}}, "on the last weekend of the month."),
        ({"recurring": {"kind": "paydays"}}, "on paydays (days of the month: 10, 25)."),
        ({"recurring": {"kind": "holidays"}}, "on public holidays."),
        (
            {"recurring": {"kind": "holidays", "names": ["Christmas Day"], "days_before": 3}},
            "around the holiday Christmas Day (days before: 3, after: 0).",
        ),
        ({"personal_hours": 48}, "for 48 hours from when a visitor first sees it."),
    ],
)
def test_the_days_are_said(schedule: Any, words: str) -> None:
    assert said(schedule=schedule).endswith(words)


def test_audience_limits_and_options_are_said() -> None:
    words = said(
        audience={"kind": "coupon"},
        limits={"uses_max": 1000, "uses_per_customer": 1, "uses_per_day": 20, "budget_max": 100_000},
        skips_discounted=True,
        reuses_units=False,
        is_exclusive=True,
    )
    assert words == (
        "Take 10 % off the whole order, only with a coupon, at most 1,000 uses, at most 20 uses a day, "
        "once per customer, until £1,000.00 have been given, not on goods that are reduced already, "
        "not on items that another offer has used, not together with other offers."
    )


def test_a_kind_without_words_is_shown_by_its_name() -> None:
    assert said({"kind": "something_new"}) == "Something new."


LATIN = re.compile(r"[A-Za-z]{2,}")
# Names, codes and the currency's own letters stay as they are in every language.
LEFT_AS_IT_IS = [
    "Candles",
    "VIP",
    "Blue mug",
    "OTHER",
    "Gold",
    "Silver",
    "courier",
    "card",
    "sleeping",
    "anna",
]
LEFT_AS_IT_IS += ["spring", "news", "autumn", "MUG"]


@pytest.mark.parametrize(
    "terms",
    [
        *[{"benefits": [TEN], "conditions": [condition]} for condition, _words in CONDITIONS_SAID],
        *[{"benefits": [benefit]} for benefit, _words in BENEFITS_SAID],
        *[
            {"benefits": [TEN], "schedule": {"recurring": {"kind": kind, "weekdays": [5]}}}
            for kind in RECURRING
        ],
        *[{"benefits": [TEN], "audience": {"kind": kind}} for kind in AUDIENCES],
    ],
)
def test_the_sentence_is_russian_where_the_reader_is(terms: Any) -> None:
    with translation.override("ru"):
        words = say_rule(terms, POUNDS, language="ru", names=NAMES)
    for name in LEFT_AS_IT_IS:
        words = words.replace(name, "")
    assert LATIN.findall(words) == []
