"""A document says what is wrong with it, and where."""

from typing import Any

import pytest

from loyalty.document.terms import Holidays, LastWeekend, Paydays, Weekly
from loyalty.offer_document import document_schema, parse
from pricing import benefits as given
from pricing import conditions as asked
from pricing import targets as aimed
from tests.factories.offers_that_run import PERCENT_10, document

MUGS, MUG = frozenset(["mugs"]), frozenset(["MUG"])
NEW_YEAR = 1_798_750_800  # 2027-01-01 in Moscow
IN_MUGS: dict[str, Any] = {"kind": "in_groups", "groups": ["mugs"]}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            {"kind": "subtotal_at_least", "amount": 2000, "groups": ["mugs"], "before_discounts": True},
            asked.SubtotalAtLeast(2000, MUGS, True),
        ),
        ({"kind": "quantity_at_least", "quantity": 2}, asked.QuantityAtLeast(2)),
        ({"kind": "cart_contains", "skus": ["MUG"]}, asked.CartContains(MUG)),
        ({"kind": "registered"}, asked.Registered()),
        ({"kind": "new_customer"}, asked.NewCustomer()),
        ({"kind": "in_segment", "segments": ["silent"]}, asked.InSegment(frozenset(["silent"]))),
        ({"kind": "in_tier", "tiers": ["gold"]}, asked.InTier(frozenset(["gold"]))),
        ({"kind": "holds_card", "plans": ["vip"]}, asked.HoldsCard(frozenset(["vip"]))),
        ({"kind": "partner_traffic"}, asked.PartnerTraffic()),
        ({"kind": "partner_traffic", "partners": ["blog"]}, asked.PartnerTraffic(frozenset(["blog"]))),
        ({"kind": "nth_order", "n": 3, "every": True}, asked.NthOrder(3, True)),
        ({"kind": "days_since_last_order", "days_min": 30}, asked.DaysSinceLastOrder(30, None)),
        ({"kind": "near_birthday", "days_before": 7, "days_after": 3}, asked.NearBirthday(7, 3)),
        ({"kind": "delivery_method", "methods": ["post"]}, asked.DeliveryMethod(frozenset(["post"]))),
        ({"kind": "payment_method", "methods": ["card"]}, asked.PaymentMethod(frozenset(["card"]))),
        (
            {"kind": "weekday_hours", "weekdays": [5, 6], "from_minute": 540, "to_minute": 1080},
            asked.WeekdayHours(frozenset([5, 6]), 540, 1080),
        ),
        ({"kind": "weekday_hours"}, asked.WeekdayHours(frozenset(), 0, 1440)),
        ({"kind": "came_by_link", "links": ["ads"]}, asked.CameByLink(frozenset(["ads"]))),
        ({"kind": "stock_older_than", "days": 90, "groups": ["mugs"]}, asked.StockOlderThan(90, MUGS)),
        ({"kind": "ordered_before", "at": "2027-01-01T00:00:00+03:00"}, asked.OrderedBefore(NEW_YEAR)),
        ({"kind": "preorder_only"}, asked.PreorderOnly()),
        ({"kind": "subscribed", "lists": ["news"]}, asked.Subscribed(frozenset(["news"]))),
        ({"kind": "visit", "number_min": 2, "number_max": 3}, asked.Visit(2, 3)),
    ],
    ids=lambda part: part["kind"] if isinstance(part, dict) else "",
)
def test_a_condition_becomes_its_class_in_pricing(written: Any, read: object) -> None:
    assert parse(document(conditions=[written])).conditions == (read,)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            {"kind": "percent_off", "rate_bp": 1000, "of_original": True},
            given.PercentOff(1000, of_original=True),
        ),
        ({"kind": "amount_off", "amount": 5, "target": IN_MUGS}, given.AmountOff(5, aimed.InGroups(MUGS))),
        ({"kind": "amount_off_each", "amount": 5}, given.AmountOffEach(5)),
        ({"kind": "fixed_unit_price", "price": 0}, given.FixedUnitPrice(0)),
        (
            {"kind": "n_for_price", "quantity": 3, "price": 1000, "times_max": 2},
            given.NForPrice(3, 1000, times_max=2),
        ),
        ({"kind": "buy_x_get_y", "buy": 2, "get": 1}, given.BuyXGetY(2, 1)),
        (
            {
                "kind": "buy_x_get_y",
                "buy": 2,
                "get": 1,
                "buy_target": IN_MUGS,
                "get_target": {"kind": "of_skus", "skus": ["MUG"]},
                "rate_bp": 5000,
                "give": "dearest",
                "times_max": 1,
            },
            given.BuyXGetY(2, 1, aimed.InGroups(MUGS), aimed.OfSkus(MUG), 5000, "dearest", 1),
        ),
        ({"kind": "cheapest_free", "give": "dearest"}, given.CheapestFree(give="dearest")),
        (
            {
                "kind": "percent_by_threshold",
                "steps": [{"at_least": 2, "rate_bp": 500}, {"at_least": 4, "rate_bp": 1000}],
                "by": "quantity",
            },
            given.PercentByThreshold((given.Step(2, 500), given.Step(4, 1000)), "quantity"),
        ),
        ({"kind": "delivery_percent_off", "rate_bp": 5000}, given.DeliveryPercentOff(5000)),
        ({"kind": "delivery_fixed_price"}, given.DeliveryFixedPrice(0)),
        (
            {"kind": "gift_item", "skus": ["b", "a"], "quantity": 2, "how": "from_cart"},
            given.GiftItem(("b", "a"), 2, "from_cart"),
        ),
        (
            {"kind": "points_multiplier", "factor_bp": 20_000, "groups": ["mugs"]},
            given.PointsMultiplier(20_000, MUGS),
        ),
        ({"kind": "extra_points", "points": 50}, given.ExtraPoints(50)),
        ({"kind": "next_coupon", "campaign": "autumn"}, given.NextCoupon("autumn")),
    ],
    ids=lambda part: part["kind"] if isinstance(part, dict) else "",
)
def test_a_benefit_becomes_its_class_in_pricing(written: Any, read: object) -> None:
    assert parse(document(benefits=[written])).benefits == (read,)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"kind": "whole_order"}, aimed.WholeOrder()),
        (IN_MUGS, aimed.InGroups(MUGS)),
        ({"kind": "of_skus", "skus": ["MUG"]}, aimed.OfSkus(MUG)),
        ({"kind": "price_band", "price_max": 500}, aimed.PriceBand(0, 500)),
        ({"kind": "some_units", "give": "dearest", "count": 2}, aimed.SomeUnits("dearest", 2)),
        (
            {"kind": "some_units", "give": "cheapest", "count": 1, "per": "group", "group_of": 3},
            aimed.SomeUnits("cheapest", 1, "group", 3),
        ),
        ({"kind": "old_stock", "days": 90}, aimed.OldStock(90)),
        ({"kind": "delivery"}, aimed.Delivery()),
    ],
    ids=lambda part: part["kind"] if isinstance(part, dict) else "",
)
def test_a_target_becomes_its_class_in_pricing(written: Any, read: Any) -> None:
    benefit = parse(document(benefits=[PERCENT_10 | {"target": written}])).benefits[0]
    assert benefit == given.PercentOff(1000, read)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"kind": "weekly", "weekdays": [5], "from_minute": 600}, Weekly((5,), 600, 1440)),
        ({"kind": "last_weekend"}, LastWeekend()),
        ({"kind": "paydays"}, Paydays()),
        ({"kind": "holidays", "names": ["Easter"], "days_after": 2}, Holidays(("Easter",), 0, 2)),
        (None, None),
    ],
)
def test_what_recurs_stays_as_it_is_written(written: Any, read: object) -> None:
    assert parse(document(schedule={"recurring": written, "personal_hours": 48})).recurring == read


def test_the_terms_carry_what_the_document_says() -> None:
    terms = parse(
        document(
            priority=7,
            skips_discounted=True,
            reuses_units=False,
            schedule={"starts_at": "2027-01-01T00:00:00+03:00", "personal_hours": 48},
            limits={"uses_max": 500, "budget_max": 10_000},
        )
    )
    assert (terms.priority, terms.skips_discounted, terms.reuses_units) == (7, True, False)
    assert (terms.starts_at, terms.ends_at, terms.personal_hours) == (NEW_YEAR, None, 48)
    assert (terms.uses_max, terms.uses_per_customer, terms.budget_max) == (500, None, 10_000)
    assert terms.is_limited
    assert not parse(document()).is_limited


@pytest.mark.parametrize(
    ("audience", "implied", "needs_code"),
    [
        ({"kind": "everyone"}, (), False),
        ({"kind": "customers"}, (asked.Registered(),), False),
        ({"kind": "coupon"}, (), True),
        ({"kind": "visitors", "number_min": 2, "number_max": 2}, (asked.Visit(2, 2),), False),
    ],
)
def test_an_audience_is_a_condition_or_a_code(audience: Any, implied: object, needs_code: bool) -> None:
    terms = parse(document(audience=audience))
    assert (terms.conditions, terms.needs_code) == (implied, needs_code)


def test_a_limit_per_customer_asks_for_a_known_customer() -> None:
    assert asked.Registered() in parse(document(limits={"uses_per_customer": 1})).conditions


def test_the_schema_names_every_kind() -> None:
    told = str(document_schema())
    for kind in ("subtotal_at_least", "percent_off", "some_units", "last_weekend", "visitors", "coupon"):
        assert f"'{kind}'" in told
