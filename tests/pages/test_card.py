"""The card on its holder's phone."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from clubcards.end import end
from clubcards.link import TOKEN_MAX, CardUnknown, card_of, card_url
from clubcards.models import CardPlan, Membership
from shop.models import ProductGroup, Store
from tests.factories import AT, DAY, make_customer, make_store
from tests.factories.card_rows import make_membership, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store(name="Candle House", time_zone="Europe/London")


@pytest.fixture
def plan(store: Store) -> CardPlan:
    return make_plan(store, name="VIP club")


@pytest.fixture
def card(plan: CardPlan, store: Store) -> Membership:
    return make_membership(plan, make_customer(store), number="482109375526", starts_at=AT - DAY)


def show(card: Membership) -> Any:
    return Client().get("/" + card_url(card).split("/", 3)[3])


def text_of(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def test_it_shows_shop_plan_number_and_a_qr_code(card: Membership, store: Store) -> None:
    answer = show(card)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Candle House" in page
    assert "VIP club" in page
    assert "4821 0937 5526" in page
    assert page.count("<svg") == 1
    assert "without an end" in page


def test_it_says_what_the_card_gives_while_it_is_held(card: Membership, plan: CardPlan) -> None:
    plan.discount_bp, plan.free_delivery_from = 1250, 5000
    plan.save()
    page = text_of(show(card))
    assert "12.5 % off all goods" in page
    assert "free delivery from £50.00" in page
    plan.is_active = False
    plan.save()
    assert "off all goods" not in text_of(show(card))


def test_a_discount_on_one_group_names_it(card: Membership, plan: CardPlan, store: Store) -> None:
    ProductGroup.objects.create(store=store, code="candles", name="Scented candles", skus=["S"])
    plan.discount_bp, plan.group, plan.free_delivery_from = 1000, "candles", 0
    plan.save()
    page = text_of(show(card))
    assert "10 % off Scented candles" in page
    assert "free delivery, always" in page


def test_it_loads_nothing_and_runs_nothing(card: Membership) -> None:
    answer = show(card)
    page = text_of(answer)
    assert not re.search(r"<script|<link(?! rel=\"icon\" href=\"data:)|<img|url\(|@import|src=", page)
    assert "script-src 'none'" in answer["Content-Security-Policy"]


def test_it_may_be_kept_by_the_phone_but_by_nobody_between(card: Membership) -> None:
    answer = show(card)
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


def test_it_holds_no_personal_data(card: Membership) -> None:
    assert card.customer.ref not in text_of(show(card))


def test_an_end_at_midnight_is_shown_as_the_day_before(card: Membership) -> None:
    card.ends_at = datetime(2090, 5, 31, 23, tzinfo=UTC)  # midnight in London's summer
    card.save()
    assert "31 May 2090" in text_of(show(card))


def test_an_ended_card_says_so(card: Membership) -> None:
    with transaction.atomic():
        end(card, at=AT)
    assert "gives nothing any more" in text_of(show(card))


def test_a_plan_out_of_use_says_so(card: Membership, plan: CardPlan) -> None:
    plan.is_active = False
    plan.save()
    assert "not in use at the moment" in text_of(show(card))


def test_it_speaks_the_customers_language(card: Membership) -> None:
    card.customer.language = "ru"
    card.customer.save()
    assert '<html lang="ru">' in text_of(show(card))


@pytest.mark.parametrize("token", ["1", "1~forged", "x" * (TOKEN_MAX + 1), "~", "%00"])
def test_a_link_that_we_did_not_sign_shows_no_card(card: Membership, token: str) -> None:
    answer = Client().get(f"/card/{token}/")
    assert answer.status_code == 404
    assert "<svg" not in text_of(answer)


def test_the_link_of_one_card_opens_no_other(card: Membership) -> None:
    token = card_url(card).rstrip("/").rpartition("/")[2]
    with pytest.raises(CardUnknown):
        card_of(token.replace(str(card.pk), str(card.pk + 1), 1))


def test_only_reading_is_open(card: Membership) -> None:
    path = "/" + card_url(card).split("/", 3)[3]
    assert Client().post(path).status_code == 405
