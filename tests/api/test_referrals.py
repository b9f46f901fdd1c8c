"""A customer's link, a friend who joins by it, and clicks that say who brought an order."""

import pytest
from django.test import Client
from django.utils import timezone

from checkout.acquire import acquire_waiting
from loyalty.models import LinkClick, Referral
from tests.api.conftest import LINE, Api
from tests.factories import make_customer, make_store
from tests.factories.friend_rows import (
    make_partner,
    make_partner_link,
    make_referral_link,
    make_referral_programme,
)

VISITOR = "0f8fad5b-d9cb-469f-a165-70867728950e"


def joined(api: Api, ref: str, **sent: object) -> None:
    answer = api.put(f"/customers/{ref}", {"joined_at": "2026-05-31T10:15:00Z"} | sent)
    assert answer.status_code in (200, 201), answer.json()


def link_of(api: Api, ref: str) -> dict[str, object]:
    answer = api.post(f"/customers/{ref}/referral", {})
    assert answer.status_code == 200
    return dict(answer.json())


def test_a_link_is_made_once_and_told(api: Api) -> None:
    make_referral_programme(api.store)
    joined(api, "anna")
    assert api.get("/customers/anna/referral").json()["code"] is None
    made = link_of(api, "anna")
    assert link_of(api, "anna") == made == api.get("/customers/anna/referral").json()
    assert str(made["link"]).endswith(f"/go/{api.store.code}/{made['code']}/")
    assert made["is_on"] is True


def test_a_friend_who_registers_with_the_code_is_tied(api: Api) -> None:
    make_referral_programme(api.store)
    joined(api, "anna")
    joined(api, "boris", referred_by=link_of(api, "anna")["code"])
    assert api.get("/customers/boris/referral").json()["is_brought"] is True
    assert api.get("/customers/anna/referral").json()["friends"] == 1


def test_a_code_that_does_not_fit_keeps_nobody_from_registering(api: Api) -> None:
    make_referral_programme(api.store)
    joined(api, "anna", referred_by="NOBODYHASTHIS")
    code = link_of(api, "anna")["code"]
    joined(api, "anna", referred_by=code)
    assert not Referral.objects.exists()


def test_progress_tells_of_points_that_wait(api: Api) -> None:
    api.store.__class__.objects.filter(pk=api.store.pk).update(points_value=1)
    make_referral_programme(api.store)
    joined(api, "anna")
    sent = {
        "ref": "1",
        "customer": "boris",
        "lines": [LINE],
        "referral": link_of(api, "anna")["code"],
        "paid_at": timezone.now().isoformat(),
        "accept_changes": True,
    }
    assert api.post("/orders", sent).status_code == 201
    while acquire_waiting(at=timezone.now()):
        pass
    told = api.get("/customers/anna/referral").json()
    assert (told["friends"], told["points_pending"], told["points_earned"]) == (1, 77, 0)


def test_a_click_is_kept_for_whose_link_it_was(api: Api) -> None:
    partner = make_partner(api.store)
    make_partner_link(partner, code="anna-blog")
    events = [
        {"kind": "click", "visitor": VISITOR, "subject": code} for code in ("Anna-Blog", "NOBODYHASTHIS", "")
    ]
    assert api.post("/events", {"events": events}).json()["recorded"] == 3
    assert LinkClick.objects.get().partner_link.partner == partner  # type: ignore[union-attr]


def test_unknown_customers_have_no_link(api: Api) -> None:
    assert api.get("/customers/nobody/referral").status_code == 404
    assert api.post("/customers/nobody/referral", {}).status_code == 404


@pytest.mark.django_db
def test_go_leads_to_the_stores_own_domain_only() -> None:
    store = make_store(code="candles", domain="shop.example.com")
    make_partner_link(make_partner(store), code="anna-blog", path="/candles?size=2#top")
    away = Client().get("/go/candles/Anna-Blog/")
    assert (away.status_code, away["Location"]) == (
        302,
        "https://shop.example.com/candles?size=2&ref=anna-blog#top",
    )
    for path in ("/go/candles/nobody/", "/go/nowhere/anna-blog/"):
        assert Client().get(path).status_code == 404


@pytest.mark.django_db
def test_go_of_a_customers_code_leads_to_the_start_page() -> None:
    store = make_store(code="candles", domain="shop.example.com")
    customer = make_customer(store)
    link = make_referral_link(customer)
    away = Client().get(f"/go/candles/{link.code}/")
    assert away["Location"] == f"https://shop.example.com/?ref={link.code}"
