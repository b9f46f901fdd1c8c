"""Segments over the API: the list, whom a fixed list names, and in which ones a customer is."""

import pytest
from django.utils import timezone

from loyalty.models import Segment
from loyalty.segments.recompute import recompute_due
from tests.api.conftest import Api, code_of
from tests.factories import make_customer
from tests.factories.offers_that_run import public_coupon, run_offer
from tests.factories.segment_rows import segment_of

CART = {"customer": "17850", "lines": [{"sku": "85123A", "quantity": 1, "unit_price": 2000}]}


@pytest.fixture
def vips(api: Api) -> Segment:
    make_customer(api.store, ref="17850")
    return segment_of(api.store, {"kind": "listed"}, name="Vips")


def test_segments_are_listed_with_their_rule_and_size(api: Api, vips: Segment) -> None:
    recompute_due(at=timezone.now())
    [shown] = api.get("/segments").json()["items"]
    assert (shown["code"], shown["name"], shown["size"]) == ("vips", "Vips", 0)
    assert shown["rule"]["all"] == [{"kind": "listed"}]
    assert shown["recomputed_at"] is not None


def test_a_list_put_by_the_storefront_is_in_the_next_quote(api: Api, vips: Segment) -> None:
    run_offer(
        api.store,
        conditions=[{"kind": "in_segment", "segments": ["vips"]}],
        audience={"kind": "everyone"},
    )
    answer = api.put("/segments/vips/members", {"customers": ["17850", "nobody"]})
    assert answer.status_code == 200
    assert answer.json() == {"code": "vips", "listed": 1, "unknown": ["nobody"], "unknown_count": 1}
    recompute_due(at=timezone.now())
    assert api.get("/customers/17850").json()["segments"] == ["vips"]
    assert api.post("/quotes", CART).json()["discount"] == 200
    usable = api.get("/customers/17850/offers").json()
    assert usable is not None
    api.put("/segments/vips/members", {"customers": []})
    recompute_due(at=timezone.now())
    public_coupon(api.store, "SPRING", conditions=[{"kind": "in_segment", "segments": ["vips"]}])
    quote = api.post("/quotes", CART | {"codes": ["SPRING"]}).json()
    assert quote["discount"] == 0
    [refused] = quote["refused"]
    assert refused["code"] == "not_in_segment"
    assert refused["detail"] == "Only for a group of customers that this one is not in."


def test_only_a_segment_with_a_list_takes_one(api: Api) -> None:
    segment_of(api.store, {"kind": "orders", "at_most": 0})
    answer = api.put("/segments/sleeping/members", {"customers": ["17850"]})
    assert (answer.status_code, code_of(answer)) == (409, "no_list")
    assert api.put("/segments/none/members", {"customers": []}).status_code == 404
