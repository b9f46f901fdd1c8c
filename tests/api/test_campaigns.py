"""Campaigns and their figures."""

from coupons.models import CouponCampaign
from tests.api.conftest import LINE, Api, NewApi, code_of
from tests.api.test_quotes import public_code


def test_campaigns_are_listed_newest_first(api: Api) -> None:
    public_code(api, "SPRING")
    public_code(api, "SUMMER")
    items = api.get("/campaigns").json()["items"]
    newest = CouponCampaign.objects.latest("id")
    assert items[0]["code"] == newest.code
    assert (items[0]["status"], items[0]["kind"], len(items)) == ("running", "gift", 2)


def test_report_counts_what_the_coupons_brought(api: Api) -> None:
    code = public_code(api)
    campaign = CouponCampaign.objects.get().code
    for ref in ("1", "2"):
        api.post("/orders", {"ref": ref, "customer": ref, "lines": [LINE], "codes": [code]})
    api.post("/orders", {"ref": "3", "lines": [LINE]})
    report = api.get(f"/campaigns/{campaign}/report").json()
    assert (report["redeemed"], report["orders"], report["buyers"]) == (2, 2, 2)
    assert (report["revenue"], report["discount"], report["currency"]) == (2 * 1377, 2 * 153, "GBP")
    assert sum(week["orders"] for week in report["weeks"]) == 2


def test_report_of_a_period_ends_before_until(api: Api) -> None:
    public_code(api)
    campaign = CouponCampaign.objects.get().code
    path = f"/campaigns/{campaign}/report?since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z"
    report = api.get(path).json()
    assert (report["issued"], report["until"]) == (0, "2026-02-01T00:00:00Z")


def test_period_must_run_forwards(api: Api) -> None:
    public_code(api)
    campaign = CouponCampaign.objects.get().code
    path = f"/campaigns/{campaign}/report?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z"
    assert code_of(api.get(path)) == "out_of_order"


def test_campaign_of_another_store_is_404(api: Api, new_api: NewApi) -> None:
    public_code(api)
    answer = new_api("books").get(f"/campaigns/{CouponCampaign.objects.get().code}/report")
    assert (answer.status_code, code_of(answer)) == (404, "not_found")
