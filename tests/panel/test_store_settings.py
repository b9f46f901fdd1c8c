"""How offers count, and which days: settings typed as people write them."""

from typing import Any

import pytest
from django.urls import reverse

from shop.models import Store
from tests.factories import make_offer, make_reward, make_version
from tests.factories import shop_rows as shop
from tests.panel.conftest import LogIn
from tests.panel.world import World


def save(ours: World, log_in: LogIn, **changed: Any) -> Any:
    """The form as it stands, with these fields typed anew."""
    client = log_in(ours.store, "owner")
    page = reverse("admin:shop_store_change", args=[ours.store.pk])
    form = client.get(page).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in typed.items() if value not in (None, False)}
    return client.post(page, typed | changed)


def test_settings_are_kept_as_they_were_typed(ours: World, log_in: LogIn) -> None:
    answer = save(
        ours,
        log_in,
        rounding="down",
        leftover="first",
        reuses_units="",
        exclusive_first="on",
        cancel_returns_use="",
        multiplier_cap_bp="2.5",
        paydays="10, 25",
        country="GB",
    )
    assert answer.status_code == 302, answer.context["errors"]
    store = Store.objects.get(pk=ours.store.pk)
    assert (store.rounding, store.leftover, store.reuses_units) == ("down", "first", False)
    assert (store.exclusive_first, store.cancel_returns_use) == (True, False)
    assert (store.multiplier_cap_bp, store.paydays, store.country) == (25_000, [10, 25], "GB")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("multiplier_cap_bp", "0.5", "1 or more"),
        ("paydays", "10, 32", "1 to 31"),
        ("country", "Atlantis", "at most 2"),
        ("country", "ZZ", "No holidays are known"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(
    ours: World, log_in: LogIn, field: str, typed: str, said: str
) -> None:
    answer = save(ours, log_in, **{field: typed})
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_an_order_shows_its_gifts_and_the_coupon_it_has_earned(ours: World, log_in: LogIn) -> None:
    shop.make_order_line(ours.order, ordinal=2, sku="SOAP", is_gift=True, discount=1000, total=0)
    version = make_version(make_offer(ours.store, name="Thank you"))
    make_reward(ours.order, version, kind="coupon", campaign=ours.campaign.code)
    page = log_in(ours.store, "owner").get(reverse("panel:order", args=[ours.order.pk])).content.decode()
    assert "Gift" in page
    assert "comes when the order is paid or delivered" in page
    assert ours.campaign.code in page
