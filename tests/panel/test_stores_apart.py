"""What one store has, another never sees: over every list, form and page of the panel."""

import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from shop.models import Person
from tests.panel.addresses import address, panel_routes
from tests.panel.conftest import LogIn
from tests.panel.world import World

OF_ONE_ROW = (
    "_change",
    "_delete",
    "_history",
    ":customer",
    ":correct_points",
    ":move_points",
    ":merge",
    ":merge_undo",
    ":export",
    ":erase",
    ":order",
    ":campaign",
    ":import",
    ":offer",
    ":partner",
    ":referral_review",
)
STORELESS = {"shop.heartbeat"}


def _labels() -> list[str]:
    return sorted(model._meta.label_lower for model in admin.site._registry)


def test_the_world_of_these_tests_has_a_row_of_every_table(ours: World) -> None:
    assert sorted(set(_labels()) - set(ours.rows)) == sorted(STORELESS)


def test_every_list_shows_rows_of_the_own_store_only(ours: World, theirs: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    for label in set(_labels()) - STORELESS:
        listed = client.get(reverse(f"admin:{label.replace('.', '_')}_changelist")).context["cl"].queryset
        keys = set(listed.values_list("pk", flat=True))
        assert ours.rows[label].pk in keys, label
        assert theirs.rows[label].pk not in keys, label


def test_every_page_of_another_stores_row_is_not_found(ours: World, theirs: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    statuses = {}
    for route in panel_routes():
        if route.endswith(OF_ONE_ROW) and not route.startswith("admin:shop_heartbeat"):
            statuses[route] = client.get(address(route, theirs)).status_code
    # 403: pages closed to everybody, whatever the row; the guard does not even look.
    assert {route for route, status in statuses.items() if status not in (403, 404)} == {
        "admin:password_change"
    }
    assert statuses["panel:customer"] == statuses["admin:shop_order_change"] == 404


def test_nothing_of_another_store_can_be_chosen_in_a_form(ours: World, theirs: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    ours.rows["shop.person"].delete()
    form = {"customer": theirs.customer.pk, "name": "Taken", "email": "taken@example.com"}
    answer = client.post(reverse("admin:shop_person_add"), form)
    assert answer.status_code == 200  # the form again, with an error
    assert not Person.objects.filter(name="Taken").exists()
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "shop", "model_name": "person", "field_name": "customer", "term": theirs.customer.ref},
    ).json()["results"]
    assert [row["id"] for row in found] in ([], [str(ours.customer.pk)])


def test_a_row_made_in_a_form_belongs_to_the_store_one_works_in(
    ours: World, theirs: World, log_in: LogIn
) -> None:
    client = log_in(ours.store, "owner")
    form = {
        "code": "candles-new",
        "name": "Candles",
        "skus": "",
        "categories": "Candles",
        "store": theirs.store.pk,
    }
    client.post(reverse("admin:shop_productgroup_add"), form)
    assert ours.store.productgroup_set.filter(code="candles-new").exists()


def test_nobody_switches_to_a_store_without_a_role_in_it(ours: World, theirs: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    assert client.post(reverse("panel:switch_store"), {"store": theirs.store.code}).status_code == 404
    theirs.store.staff.create(user=ours.owner, role="analyst")
    assert client.post(reverse("panel:switch_store"), {"store": theirs.store.code}).status_code == 302
    # In the other store the other role counts.
    assert client.get(address("panel:customer", theirs)).status_code == 403
    assert client.get(reverse("panel:campaigns")).status_code == 200


def test_mailbox_is_not_there_without_its_folder(ours: World, log_in: LogIn, settings: LazySettings) -> None:
    settings.MAILBOX_DIR = ""
    client = log_in(ours.store, "owner")
    assert client.get(reverse("panel:mailbox")).status_code == 404
    assert reverse("panel:mailbox") not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.django_db
def test_an_installation_without_a_store_asks_for_the_first_one(client: Client) -> None:
    root = get_user_model().objects.create_superuser("root@example.com", "a-long-password")
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    assert "Make your first store" in client.get(reverse("admin:index")).content.decode()
    assert client.get(reverse("panel:campaigns")).status_code == 403
    form = {"name": "Candle House", "code": "candles", "currency": "GBP", "time_zone": "Europe/London"}
    form |= {"language": "en", "return_window_days": "14", "silent_after_days": "60"}
    form |= {"points_value": "0.01", "points_share_bp": "50", "points_step": "1", "return_policy": "keep"}
    form |= {"rounding": "half_up", "leftover": "largest", "lowest_price_shown": "by_country"}
    client.post(reverse("admin:shop_store_add"), form)
    role = root.roles.get()
    assert role.role == "owner"
    assert (role.store.points_value, role.store.points_share_bp) == (1, 5_000)
