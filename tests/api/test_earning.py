"""What members get points for, and by which rule a cart earns."""

from tests.api.conftest import LINE, Api
from tests.checkout.reverse import give
from tests.factories import AT, DAY, make_catalogue_item, make_customer, make_earning_rule


def test_rules_in_force_are_listed_with_their_sentence(api: Api) -> None:
    make_earning_rule(api.store, name="base", code="base")
    make_earning_rule(api.store, name="over", ends_at=AT - DAY)
    answer = api.get("/earning-rules")
    assert answer.status_code == 200
    (rule,) = answer.json()["rules"]
    assert (rule["code"], rule["kind"], rule["points"], rule["per_amount"]) == ("base", "amount", 1, 100)
    assert rule["sentence"].startswith("1 point for every ")
    assert answer.json()["points_expiry"] == "rolling"


def test_a_quote_says_which_rule_gives_what_on_which_line(api: Api) -> None:
    make_earning_rule(api.store, name="base", code="base")
    make_earning_rule(api.store, name="order", code="order", kind="order", per_amount=None, points=25)
    quote = api.post("/quotes", {"lines": [LINE]}).json()
    found = {one["rule"]: (one["points"], one["lines"]) for one in quote["earned_by"]}
    base = quote["points_to_earn"] - 25
    assert found == {"base": (base, [base]), "order": (25, [25])}


def test_a_reported_review_earns_and_a_repeat_does_not(api: Api) -> None:
    make_customer(api.store, ref="anna", joined_at=AT - DAY)
    make_earning_rule(api.store, kind="event", event="review", per_amount=None, points=50)
    event = {"kind": "review.written", "customer": "anna", "subject": "product:MUG"}
    answers = [api.post("/events", {"events": [event]}) for _ in range(2)]
    assert [answer.json() for answer in answers] == [
        {"recorded": 1, "points": 50},
        {"recorded": 1, "points": 0},
    ]


def test_a_customer_takes_a_reward_for_points_once_per_key(api: Api) -> None:
    anna = make_customer(api.store, ref="anna", joined_at=AT - DAY)
    give(anna, 150)
    make_catalogue_item(api.store, code="mug", points=100, stock_max=1, ends_at=None)
    listed = api.get("/customers/anna/rewards").json()
    assert (listed["points"], listed["rewards"][0]["left"]) == (150, 1)
    answers = [api.post("/customers/anna/rewards/mug", {"key": "t-1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert api.get("/customers/anna/rewards").json()["points"] == 50
    refused = api.post("/customers/anna/rewards/mug", {"key": "t-2"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_enough_points")
    assert api.post("/customers/anna/rewards/cup", {"key": "t-3"}).status_code == 404
    assert api.post("/customers/bob/rewards/mug", {"key": "t-3"}).status_code == 404
