"""What a document may not say is refused with the path of the field and a sentence."""

from typing import Any

import pytest

from loyalty.offer_document import DocumentFault, OfferDocumentInvalid, parse
from tests.factories.offers_that_run import PERCENT_10, document

MALFORMED = DocumentFault.MALFORMED
RANGE_EMPTY = DocumentFault.RANGE_EMPTY
WINDOW_EMPTY = DocumentFault.WINDOW_EMPTY
NOTHING_NAMED = DocumentFault.NOTHING_NAMED
WRONG_TARGET = DocumentFault.WRONG_TARGET
WRONG_LANE = DocumentFault.WRONG_LANE
NEVER_HOLDS = DocumentFault.NEVER_HOLDS
SAID_TWICE = DocumentFault.SAID_TWICE
POINTLESS = DocumentFault.POINTLESS
FREE: dict[str, Any] = {"kind": "delivery_fixed_price"}
UNITS: dict[str, Any] = {"kind": "some_units", "give": "cheapest", "count": 1}
NEW: dict[str, Any] = {"kind": "new_customer"}
NO_MONEY: dict[str, Any] = {"kind": "extra_points", "points": 5}


def steps(*pairs: tuple[int, int]) -> dict[str, Any]:
    return {
        "kind": "percent_by_threshold",
        "steps": [{"at_least": least, "rate_bp": rate_bp} for least, rate_bp in pairs],
    }


def off(target: dict[str, Any]) -> list[dict[str, Any]]:
    return [PERCENT_10 | {"target": target}]


def faults(**terms: Any) -> tuple[DocumentFault, str | None] | None:
    """The fault and its path; None if the document is fine."""
    try:
        parse(document(**terms))
    except OfferDocumentInvalid as refused:
        return refused.code, refused.attr
    return None


@pytest.mark.parametrize(
    ("terms", "attr"),
    [
        ({"v": 2}, "v"),
        ({"surprise": 1}, None),
        ({"benefits": []}, "benefits"),
        ({"benefits": [PERCENT_10] * 11}, "benefits"),
        ({"conditions": [{"kind": "registered"}] * 21}, "conditions"),
        ({"benefits": [{"kind": "percent_off", "rate_bp": 0}]}, "benefits[0].rate_bp"),
        ({"benefits": [{"kind": "percent_off", "rate_bp": 10_001}]}, "benefits[0].rate_bp"),
        ({"benefits": [{"kind": "percent_off", "rate_bp": 12.5}]}, "benefits[0].rate_bp"),
        ({"benefits": [{"kind": "magic"}]}, "benefits[0].kind"),
        ({"benefits": [{"kind": "amount_off", "amount": 0}]}, "benefits[0].amount"),
        ({"benefits": [{"kind": "amount_off_each", "amount": 0}]}, "benefits[0].amount"),
        ({"benefits": [{"kind": "fixed_unit_price", "price": -1}]}, "benefits[0].price"),
        ({"benefits": [{"kind": "n_for_price", "quantity": 0, "price": 5}]}, "benefits[0].quantity"),
        ({"benefits": [{"kind": "buy_x_get_y", "buy": 2, "get": 0}]}, "benefits[0].get"),
        (
            {"benefits": [{"kind": "buy_x_get_y", "buy": 2, "get": 1, "times_max": 0}]},
            "benefits[0].times_max",
        ),
        ({"benefits": [{"kind": "buy_x_get_y", "buy": 2, "get": 1, "rate_bp": 0}]}, "benefits[0].rate_bp"),
        ({"benefits": [{"kind": "cheapest_free", "give": "best"}]}, "benefits[0].give"),
        ({"benefits": [steps()]}, "benefits[0].steps"),
        ({"benefits": [{"kind": "gift_item", "skus": []}]}, "benefits[0].skus"),
        ({"benefits": [{"kind": "gift_item", "skus": ["CUP"], "how": "thrown"}]}, "benefits[0].how"),
        ({"benefits": [{"kind": "points_multiplier", "factor_bp": 10_000}]}, "benefits[0].factor_bp"),
        ({"benefits": [{"kind": "extra_points", "points": 0}]}, "benefits[0].points"),
        ({"benefits": [{"kind": "next_coupon", "campaign": ""}]}, "benefits[0].campaign"),
        ({"benefits": off({"kind": "in_groups", "groups": []})}, "benefits[0].target.groups"),
        ({"benefits": off(UNITS | {"count": 0})}, "benefits[0].target.count"),
        ({"conditions": [{"kind": "nth_order", "n": 0}]}, "conditions[0].n"),
        ({"conditions": [{"kind": "near_birthday", "days_before": 183}]}, "conditions[0].days_before"),
        ({"conditions": [{"kind": "weekday_hours", "weekdays": [0]}]}, "conditions[0].weekdays[0]"),
        ({"conditions": [{"kind": "weekday_hours", "to_minute": 1441}]}, "conditions[0].to_minute"),
        ({"conditions": [{"kind": "came_by_link", "links": []}]}, "conditions[0].links"),
        ({"conditions": [{"kind": "ordered_before", "at": "2026-01-01T00:00:00"}]}, "conditions[0].at"),
        ({"conditions": [{"kind": "in_tier", "tiers": ["go\u0000ld"]}]}, "conditions[0].tiers[0]"),
        ({"schedule": {"ends_at": "2026-01-01T00:00:00"}}, "schedule.ends_at"),
        ({"schedule": {"recurring": {"kind": "weekly", "weekdays": []}}}, "schedule.recurring.weekdays"),
        ({"schedule": {"recurring": {"kind": "weekly"}}}, "schedule.recurring"),
        ({"schedule": {"recurring": {"kind": "hourly"}}}, "schedule.recurring.kind"),
        ({"schedule": {"personal_hours": 0}}, "schedule.personal_hours"),
        ({"audience": {"kind": "visitors", "number_min": 0}}, "audience.number_min"),
        ({"limits": {"uses_max": 0}}, "limits.uses_max"),
        ({"limits": {"budget_max": 0}}, "limits.budget_max"),
        ({"reuses_units": 1}, "reuses_units"),
    ],
)
def test_a_field_out_of_its_bounds_is_refused_by_its_path(terms: Any, attr: str | None) -> None:
    assert faults(**terms) == (MALFORMED, attr)


@pytest.mark.parametrize(
    ("terms", "code", "attr"),
    [
        ({"lane": "fast"}, DocumentFault.UNKNOWN_LANE, "lane"),
        ({"conditions": [{"kind": "cart_contains"}]}, NOTHING_NAMED, "conditions[0]"),
        ({"conditions": [{"kind": "days_since_last_order"}]}, NOTHING_NAMED, "conditions[0]"),
        ({"benefits": off({"kind": "price_band"})}, NOTHING_NAMED, "benefits[0].target"),
        ({"benefits": off(UNITS | {"per": "group"})}, NOTHING_NAMED, "benefits[0].target.group_of"),
        (
            {"conditions": [{"kind": "days_since_last_order", "days_min": 3, "days_max": 2}]},
            RANGE_EMPTY,
            "conditions[0].days_max",
        ),
        (
            {"conditions": [{"kind": "visit", "number_min": 3, "number_max": 2}]},
            RANGE_EMPTY,
            "conditions[0].number_max",
        ),
        (
            {"audience": {"kind": "visitors", "number_min": 3, "number_max": 2}},
            RANGE_EMPTY,
            "audience.number_max",
        ),
        (
            {"benefits": off({"kind": "price_band", "price_min": 2, "price_max": 1})},
            RANGE_EMPTY,
            "benefits[0].target.price_max",
        ),
        (
            {"benefits": off(UNITS | {"per": "group", "count": 4, "group_of": 3})},
            RANGE_EMPTY,
            "benefits[0].target.count",
        ),
        (
            {"schedule": {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}},
            WINDOW_EMPTY,
            "schedule.ends_at",
        ),
        (
            {"conditions": [{"kind": "weekday_hours", "from_minute": 600, "to_minute": 600}]},
            WINDOW_EMPTY,
            "conditions[0].to_minute",
        ),
        (
            {"schedule": {"recurring": {"kind": "weekly", "weekdays": [5], "from_minute": 1440}}},
            WINDOW_EMPTY,
            "schedule.recurring.to_minute",
        ),
        (
            {"benefits": [steps((100, 500), (100, 600))]},
            DocumentFault.STEPS_NOT_ASCENDING,
            "benefits[0].steps[1]",
        ),
        (
            {"benefits": [steps((100, 500), (200, 600), (300, 600))]},
            DocumentFault.STEPS_NOT_ASCENDING,
            "benefits[0].steps[2]",
        ),
        ({"lane": "delivery"}, WRONG_LANE, "benefits[0]"),
        ({"lane": "delivery", "benefits": [FREE, PERCENT_10]}, WRONG_LANE, "benefits[1]"),
        ({"lane": "sale", "benefits": [FREE]}, WRONG_LANE, "lane"),
        ({"lane": "order", "benefits": off({"kind": "delivery"})}, WRONG_LANE, "lane"),
        (
            {"benefits": [{"kind": "fixed_unit_price", "price": 5, "target": {"kind": "delivery"}}]},
            WRONG_TARGET,
            "benefits[0].target",
        ),
        (
            {"benefits": [{"kind": "buy_x_get_y", "buy": 1, "get": 1, "get_target": {"kind": "delivery"}}]},
            WRONG_TARGET,
            "benefits[0].get_target",
        ),
        (
            {"benefits": [{"kind": "buy_x_get_y", "buy": 1, "get": 1, "buy_target": UNITS}]},
            WRONG_TARGET,
            "benefits[0].buy_target",
        ),
        ({"benefits": [{"kind": "cheapest_free", "target": UNITS}]}, WRONG_TARGET, "benefits[0].target"),
        ({"benefits": [steps((1, 500)) | {"target": UNITS}]}, WRONG_TARGET, "benefits[0].target"),
        ({"conditions": [NEW, {"kind": "nth_order", "n": 3}]}, NEVER_HOLDS, "conditions[1]"),
        (
            {"conditions": [{"kind": "days_since_last_order", "days_min": 3}, NEW]},
            NEVER_HOLDS,
            "conditions[0]",
        ),
        (
            {"conditions": [{"kind": "nth_order", "n": 1}, {"kind": "nth_order", "n": 2}]},
            NEVER_HOLDS,
            "conditions[1]",
        ),
        (
            {
                "conditions": [{"kind": "ordered_before", "at": "2026-05-01T00:00:00Z"}],
                "schedule": {"starts_at": "2026-05-01T00:00:00Z"},
            },
            NEVER_HOLDS,
            "conditions[0].at",
        ),
        (
            {
                "conditions": [{"kind": "weekday_hours", "weekdays": [1, 2]}],
                "schedule": {"recurring": {"kind": "weekly", "weekdays": [3, 4]}},
            },
            NEVER_HOLDS,
            "conditions[0].weekdays",
        ),
        ({"conditions": [NEW, NEW]}, SAID_TWICE, "conditions[1]"),
        ({"benefits": [PERCENT_10, PERCENT_10]}, SAID_TWICE, "benefits[1]"),
        (
            {"benefits": [FREE, PERCENT_10, {"kind": "delivery_percent_off", "rate_bp": 500}]},
            SAID_TWICE,
            "benefits[2]",
        ),
        ({"is_exclusive": True, "reuses_units": True}, POINTLESS, "reuses_units"),
        ({"is_exclusive": True, "skips_discounted": True}, POINTLESS, "skips_discounted"),
        ({"benefits": [NO_MONEY], "reuses_units": False}, POINTLESS, "reuses_units"),
        ({"benefits": [NO_MONEY], "skips_discounted": True}, POINTLESS, "skips_discounted"),
        ({"benefits": [NO_MONEY], "limits": {"budget_max": 5}}, POINTLESS, "limits.budget_max"),
        ({"conditions": [{"kind": "nth_order", "n": 1, "every": True}]}, POINTLESS, "conditions[0].n"),
        ({"benefits": off(UNITS | {"group_of": 3})}, POINTLESS, "benefits[0].target.group_of"),
    ],
)
def test_what_cannot_make_sense_together_is_refused(terms: Any, code: DocumentFault, attr: str) -> None:
    assert faults(**terms) == (code, attr)


@pytest.mark.parametrize(
    "terms",
    [
        {"conditions": [{"kind": "days_since_last_order", "days_min": 3, "days_max": 3}]},
        {"conditions": [{"kind": "visit", "number_min": 2, "number_max": 2}]},
        {"conditions": [{"kind": "weekday_hours", "from_minute": 599, "to_minute": 600}]},
        {"conditions": [{"kind": "nth_order", "n": 2, "every": True}]},
        {"conditions": [NEW, {"kind": "nth_order", "n": 1}]},
        {"conditions": [{"kind": "nth_order", "n": 2}, {"kind": "days_since_last_order", "days_max": 9}]},
        {
            "conditions": [{"kind": "ordered_before", "at": "2026-05-01T00:00:01Z"}],
            "schedule": {"starts_at": "2026-05-01T00:00:00Z"},
        },
        {
            "conditions": [{"kind": "weekday_hours", "weekdays": [1, 2]}],
            "schedule": {"recurring": {"kind": "weekly", "weekdays": [2, 3]}},
        },
        {"benefits": off({"kind": "price_band", "price_min": 1, "price_max": 1})},
        {"benefits": off({"kind": "price_band", "price_min": 1})},
        {"benefits": off(UNITS | {"per": "group", "count": 3, "group_of": 3})},
        {"benefits": [steps((100, 500), (101, 501))]},
        {"benefits": [PERCENT_10, FREE]},
        {"lane": "delivery", "benefits": [FREE]},
        {"lane": "delivery", "benefits": off({"kind": "delivery"})},
        {"lane": "card", "benefits": [FREE]},
        {"lane": "order", "benefits": [FREE, PERCENT_10]},
        {"lane": "gifts", "benefits": [{"kind": "gift_item", "skus": ["CUP"]}], "limits": {"budget_max": 5}},
        {"benefits": [NO_MONEY, PERCENT_10], "reuses_units": True, "skips_discounted": True},
        {"is_exclusive": True},
    ],
)
def test_what_just_makes_sense_is_taken(terms: Any) -> None:
    assert faults(**terms) is None


def test_the_fault_says_where_and_what_to_do() -> None:
    with pytest.raises(OfferDocumentInvalid, match=r"^lane: Name one of sale, card, coupon") as refused:
        parse(document(lane="fast"))
    assert refused.value.code is DocumentFault.UNKNOWN_LANE
    assert refused.value.detail.endswith("delivery")
