"""Who is in a segment, rule by rule. Each rule is told with somebody who is in and somebody who is just out."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from loyalty.models import Acquisition, Segment
from loyalty.segments.document import SegmentInvalid, parse_segment
from loyalty.segments.match import count_matched
from shop.models import Consent, Customer, Store
from tests.factories import (
    AT,
    DAY,
    make_account,
    make_cart,
    make_consent,
    make_customer,
    make_lot,
    make_order,
    make_person,
    make_product,
    make_product_group,
    make_programme_account,
    make_store,
    make_transfer,
)
from tests.factories.card_rows import make_membership, make_plan
from tests.factories.friend_rows import make_acquisition, make_partner, make_referral
from tests.factories.programme_rows import make_discount, make_offer, make_version
from tests.factories.segment_rows import look, make_limits, make_listed_row, members, segment_of
from tests.factories.status_rows import (
    make_stamp,
    make_stamp_card,
    make_stamp_holder,
    make_tier,
    make_tier_status,
)
from tests.loyalty.tiers.ladder import buy, call_off, give_back

pytestmark = pytest.mark.django_db
Story = Callable[[Customer], Any]


def nothing(customer: Customer) -> None:
    pass


def ordered(*days_ago: int, amount: int = 1000) -> Story:
    return lambda one: [buy(one, amount, at=AT - days * DAY) for days in days_ago]


def returned(one: Customer) -> None:
    give_back(buy(one, 1000, at=AT - DAY), 1000, at=AT)
    one.orders.update(refunded=1000)


def called_off(one: Customer) -> None:
    call_off(buy(one, 1000, at=AT - DAY), at=AT)


def has_points(one: Customer, *, active_at: Any = AT) -> None:
    move = make_transfer(
        make_programme_account(one.store), make_account(one), order=make_order(one.store), amount=100
    )
    make_lot(move, active_at=active_at)


def bought_with(one: Customer, code: str) -> None:
    order = buy(one, 1000)
    make_discount(order, make_version(make_offer(one.store, code=code)))


def brought_by(one: Customer, code: str) -> None:
    order = buy(one, 1000)
    partner = make_partner(one.store, code=code)
    make_acquisition(order, kind=Acquisition.Kind.PARTNER, partner=partner, line=[])


def stamped(one: Customer, count: int) -> None:
    holder = make_stamp_holder(make_stamp_card(one.store, code="coffee"), one)
    for _ in range(count):
        make_stamp(holder)


def bought_product(one: Customer, sku: str, category: str = "") -> None:
    order = buy(one, 1000)
    order.lines.update(sku=sku, product=make_product(one.store, sku=sku, category=category))


def reduced(one: Customer) -> None:
    make_order(one.store, customer=one, placed_at=AT - DAY, goods=1000, discount=100, payable=900)


GOLD = {"kind": "in_tier", "tiers": ["gold"]}
RULES: list[tuple[str, dict[str, Any], Story, Story]] = [
    (
        "subscriber",
        {"kind": "life_cycle", "stages": ["subscriber"]},
        nothing,
        lambda one: make_cart(one.store, customer=one),
    ),
    (
        "potential",
        {"kind": "life_cycle", "stages": ["potential"]},
        lambda one: make_cart(one.store, customer=one),
        nothing,
    ),
    ("active", {"kind": "life_cycle", "stages": ["active"]}, ordered(60, 30), ordered(61, 30)),
    ("active once", {"kind": "life_cycle", "stages": ["active"]}, ordered(30), ordered(31)),
    ("slowing", {"kind": "life_cycle", "stages": ["slowing"]}, ordered(60), ordered(61)),
    ("passive by silence", {"kind": "life_cycle", "stages": ["passive"]}, ordered(61), ordered(60)),
    ("passive by gap", {"kind": "life_cycle", "stages": ["passive"]}, ordered(62, 1), ordered(61, 1)),
    ("lost", {"kind": "life_cycle", "stages": ["lost"]}, ordered(365), ordered(364)),
    ("orders", {"kind": "orders", "at_least": 2}, ordered(1, 2), ordered(1)),
    ("no orders", {"kind": "orders", "at_most": 0}, called_off, ordered(1)),
    ("orders lately", {"kind": "orders", "at_least": 1, "days": 30}, ordered(29), ordered(30)),
    ("spend", {"kind": "spend", "amount_min": 2000}, ordered(1, 2), ordered(1, amount=1999)),
    ("little spend", {"kind": "spend", "amount_max": 0}, returned, ordered(1)),
    ("last order", {"kind": "last_order", "days_min": 60, "days_max": 90}, ordered(90), ordered(91)),
    ("first by discount", {"kind": "first_order_by", "ways": ["discount"]}, reduced, ordered(1)),
    ("first at full price", {"kind": "first_order_by", "ways": ["full_price"]}, ordered(1), reduced),
    (
        "bought a product",
        {"kind": "bought", "skus": ["MUG"]},
        lambda one: bought_product(one, "MUG"),
        lambda one: bought_product(one, "CUP"),
    ),
    (
        "bought of a group",
        {"kind": "bought", "groups": ["candles"]},
        lambda one: bought_product(one, "WAX", "Candles"),
        lambda one: bought_product(one, "CUP"),
    ),
    (
        "used an offer",
        {"kind": "used_offer", "offers": ["spring"]},
        lambda one: bought_with(one, "spring"),
        lambda one: bought_with(one, "autumn"),
    ),
    ("tier", GOLD, lambda one: in_tier(one, "gold"), lambda one: in_tier(one, "silver")),
    ("any tier", {"kind": "in_tier"}, lambda one: in_tier(one, "gold"), nothing),
    (
        "card",
        {"kind": "holds_card", "plans": ["vip"]},
        lambda one: make_membership(make_plan(one.store, code="vip"), one, starts_at=AT),
        lambda one: make_membership(make_plan(one.store, code="vip"), one, starts_at=AT + DAY),
    ),
    (
        "stamps",
        {"kind": "stamps", "cards": ["coffee"], "at_least": 2},
        lambda one: stamped(one, 2),
        lambda one: stamped(one, 1),
    ),
    (
        "points",
        {"kind": "points", "at_least": 100},
        has_points,
        lambda one: has_points(one, active_at=AT + DAY),
    ),
    (
        "consent",
        {"kind": "consented", "purposes": ["marketing"], "channels": ["email"]},
        lambda one: make_consent(one, at=AT),
        lambda one: (make_consent(one, at=AT - DAY), make_consent(one, at=AT, is_given=False)),
    ),
    (
        "language",
        {"kind": "language", "languages": ["en"]},
        nothing,
        lambda one: Customer.objects.filter(pk=one.pk).update(language="ru"),
    ),
    (
        "birthday",
        {"kind": "birthday_month"},
        lambda one: make_person(one, birth_on=date(1990, AT.month, 1)),
        lambda one: make_person(one, birth_on=date(1990, AT.month % 12 + 1, 1)),
    ),
    (
        "partner",
        {"kind": "came_by_partner", "partners": ["blog"]},
        lambda one: brought_by(one, "blog"),
        lambda one: brought_by(one, "shop"),
    ),
    (
        "friend",
        {"kind": "brought_by_friend"},
        lambda one: make_referral(one, make_customer(one.store)),
        nothing,
    ),
]


def in_tier(one: Customer, code: str) -> None:
    make_tier_status(one, tier=make_tier(one.store, code=code), since_at=AT, until_at=AT + DAY)


def started(store: Store) -> tuple[Customer, Customer]:
    make_product_group(store, code="candles", categories=["Candles"])
    return make_customer(store, ref="in"), make_customer(store, ref="out")


@pytest.mark.parametrize(
    ("rule", "story_in", "story_out"), [row[1:] for row in RULES], ids=[row[0] for row in RULES]
)
def test_rule(rule: dict[str, Any], story_in: Story, story_out: Story) -> None:
    one, other = make_store(), make_store()
    for store, story, person in ((one, story_in, "in"), (other, story_out, "out")):
        make_product_group(store, code="candles", categories=["Candles"])
        story(make_customer(store, ref=person))
        segment = segment_of(store, rule)
        look(segment)
        assert ("in" in members(segment)) is (person == "in")
        assert "out" not in members(segment)
        assert count_matched(store, parse_segment(segment.document), at=AT) == segment.members.count()


def test_all_any_and_none_go_together() -> None:
    store = make_store()
    anna, boris, vera, gleb = (make_customer(store, ref=ref) for ref in ("anna", "boris", "vera", "gleb"))
    for one in (anna, boris, vera):
        buy(one, 1000)
    make_consent(anna, at=AT)
    in_tier(boris, "gold")
    segment = segment_of(
        store,
        {"kind": "orders", "at_least": 1},
        any=[{"kind": "consented", "purposes": ["marketing"]}, {"kind": "spend", "amount_min": 1000}],
        none=[GOLD],
    )
    look(segment)
    assert members(segment) == {"anna", "vera"}, "Boris is Gold, and Gleb has bought nothing"
    assert gleb.ref not in members(segment)


def test_fifths_of_buyers_break_ties_by_the_reference() -> None:
    store = make_store()
    for place in range(10):
        buy(make_customer(store, ref=f"{place:02}"), 1000)
    make_customer(store, ref="guest")
    best = segment_of(store, {"kind": "rfm", "recency_min": 5, "monetary_min": 5})
    worst = segment_of(store, {"kind": "rfm", "frequency_max": 1})
    for segment in (best, worst):
        look(segment)
    assert members(best) == {"08", "09"}
    assert members(worst) == {"00", "01"}


def test_a_list_names_whom_it_names() -> None:
    store = make_store()
    segment = segment_of(store, {"kind": "listed"})
    make_listed_row(segment, make_customer(store, ref="anna"))
    make_customer(store, ref="boris")
    look(segment)
    assert members(segment) == {"anna"}


def test_limits_of_the_life_cycle_are_the_stores() -> None:
    store = make_store()
    make_limits(store, active_days=5, passive_days=10, lost_days=20)
    buy(make_customer(store, ref="anna"), 1000, at=AT - 20 * DAY)
    segment = segment_of(store, {"kind": "life_cycle", "stages": ["lost"]})
    look(segment)
    assert members(segment) == {"anna"}


def test_every_stage_is_somebodys_and_nobody_has_two() -> None:
    store = make_store()
    for days in range(0, 400, 7):
        ordered(days)(make_customer(store))
        ordered(days, days + 20)(make_customer(store))
        ordered(days, days + 100)(make_customer(store))
    make_cart(store, customer=make_customer(store))
    seen: list[str] = []
    for stage in ("subscriber", "potential", "active", "slowing", "passive", "lost"):
        segment = segment_of(store, {"kind": "life_cycle", "stages": [stage]}, name=stage)
        look(segment)
        seen += members(segment)
    assert sorted(seen) == sorted(Customer.objects.filter(store=store).values_list("ref", flat=True))


def test_merged_customers_count_for_whom_they_were_merged_into() -> None:
    store = make_store()
    anna, twin = make_customer(store, ref="anna"), make_customer(store, ref="twin")
    buy(anna, 1000)
    buy(twin, 1000)
    Customer.objects.filter(pk=twin.pk).update(merged_into=anna)
    segment = segment_of(store, {"kind": "orders", "at_least": 2})
    look(segment)
    assert members(segment) == {"anna"}


@pytest.mark.parametrize(
    ("rule", "code", "attr"),
    [
        ({"kind": "orders"}, "nothing_asked", "all[0].at_least"),
        ({"kind": "orders", "at_least": 3, "at_most": 2}, "range_upside_down", "all[0].at_most"),
        ({"kind": "bought"}, "nothing_asked", "all[0].skus"),
        ({"kind": "tall"}, "malformed", "all[0].kind"),
        ({"kind": "birthday_month", "months": [13]}, "malformed", "all[0].months[0]"),
        (None, "empty", ""),
    ],
)
def test_what_makes_no_sense_is_refused(rule: dict[str, Any] | None, code: str, attr: str) -> None:
    with pytest.raises(SegmentInvalid) as refused:
        parse_segment({"v": 1, "all": [] if rule is None else [rule]})
    assert (refused.value.code, refused.value.attr) == (code, attr)


def test_stores_do_not_see_each_other() -> None:
    ours, theirs = make_store(), make_store()
    make_customer(theirs)
    segment: Segment = segment_of(ours, {"kind": "orders", "at_most": 0})
    look(segment)
    assert members(segment) == set()
    assert Consent.objects.count() == 0
