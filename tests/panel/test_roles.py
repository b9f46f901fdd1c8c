"""Which role opens which page: the whole table, asked through the browser's door."""

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from config.access import ROUTES
from shop.models import Role, User
from tests.panel.addresses import address, panel_routes
from tests.panel.conftest import LogIn
from tests.panel.world import World

REFUSED = 403
# Lists that support sees only what it looks for in, and the mailbox needs its folder.
NO_SUCH_PAGE = 404


@pytest.fixture(autouse=True)
def mailbox(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MAILBOX_DIR = str(tmp_path_factory.mktemp("mailbox"))


@pytest.mark.parametrize("role", Role.values)
def test_each_role_reads_exactly_the_pages_of_the_table(role: str, ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, role)
    wrong = []
    for route in panel_routes():
        status = client.get(address(route, ours)).status_code
        may = ROUTES[route].allows(role, writing=False)
        if (status == REFUSED) is may and not _is_refused_for_more(route, role, status):
            wrong.append((route, status))
        assert status < 500, route
    assert wrong == []


@pytest.mark.parametrize("role", Role.values)
def test_each_role_writes_exactly_where_the_table_lets_it(role: str, ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, role)
    wrong = []
    for route in panel_routes():
        with transaction.atomic():
            status = client.post(address(route, ours)).status_code
            transaction.set_rollback(True)
        may = ROUTES[route].allows(role, writing=True)
        if (status == REFUSED) is may and not _is_refused_for_more(route, role, status):
            wrong.append((route, status))
        assert status < 500, route
    assert wrong == []


def _is_refused_for_more(route: str, role: str, status: int) -> bool:
    """Pages that ask for more than a role, each with a test of its own below."""
    more = {
        "admin:shop_store_add",  # a superuser's
        "admin:shop_staffrole_delete",  # never one's own
        "admin:shop_staffrole_change",  # an owner's role is an owner's to change
        "admin:shop_user_change",  # and so is an owner's log-in
        "admin:autocomplete",  # asks which field
    }
    return status == REFUSED and route in more


def test_strangers_are_sent_to_the_login(ours: World) -> None:
    for route in panel_routes():
        answer = Client().get(address(route, ours))
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))


def test_a_person_without_any_role_is_told_what_to_do(ours: World, client: Client) -> None:
    nobody = User.objects.create_user("nobody@example.com", "a-long-password")
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == REFUSED
    assert "Ask an owner" in answer.content.decode()


def test_a_locked_out_person_is_out_at_once(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "admin")
    User.objects.filter(roles__role="admin").update(is_active=False)
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_superuser_works_as_owner_in_every_store(ours: World, theirs: World, client: Client) -> None:
    root = User.objects.create_superuser("root@example.com", "a-long-password")
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("panel:switch_store"), {"store": theirs.store.code})
    assert client.get(address("panel:customer", theirs)).status_code == 200
    assert client.get(address("panel:customer", ours)).status_code == NO_SUCH_PAGE


def test_an_admin_may_not_make_an_owner(ours: World, log_in: LogIn) -> None:
    form = {"email": "new@example.com", "name": "New", "role": "owner", "password": "quite-long-words-1"}
    log_in(ours.store, "admin").post(reverse("admin:shop_user_add"), form)
    assert not User.objects.filter(email="new@example.com").exists()
    log_in(ours.store, "owner").post(reverse("admin:shop_user_add"), form)
    assert User.objects.get(email="new@example.com").roles.get().role == "owner"


def test_an_admin_may_not_set_an_owners_password(ours: World, log_in: LogIn) -> None:
    owner = ours.owner
    answer = log_in(ours.store, "admin").post(
        reverse("admin:shop_user_change", args=[owner.pk]),
        {"name": "x", "new_password": "quite-long-words-1"},
    )
    assert answer.status_code == REFUSED


def test_a_colleague_of_two_stores_keeps_the_password_from_the_others_owner(
    ours: World, theirs: World, log_in: LogIn
) -> None:
    shared = ours.owner
    theirs.store.staff.create(user=shared, role="analyst")
    answer = log_in(theirs.store, "owner").post(
        reverse("admin:shop_user_change", args=[shared.pk]),
        {"name": "x", "new_password": "quite-long-words-1"},
    )
    assert answer.status_code == REFUSED


def test_the_last_owner_stays(ours: World, log_in: LogIn) -> None:
    role = ours.store.staff.get(role="owner")
    client = log_in(ours.store, "owner")
    client.post(reverse("admin:shop_staffrole_change", args=[role.pk]), {"role": "admin"})
    client.post(reverse("admin:shop_staffrole_delete", args=[role.pk]), {"post": "yes"})
    assert ours.store.staff.get(pk=role.pk).role == "owner"


def test_marketer_sees_people_masked_everywhere(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "marketer")
    email = f"anna-{ours.store.pk}@example.com"
    for route in ("admin:shop_customer_changelist", "panel:customer", "panel:order"):
        page = client.get(address(route, ours)).content.decode()
        assert "Petrova" not in page, route
        assert email not in page, route
    assert "A•••" in client.get(address("panel:customer", ours)).content.decode()


def test_marketer_does_not_find_an_address_by_searching_for_it(ours: World, log_in: LogIn) -> None:
    query = {"q": f"anna-{ours.store.pk}@example.com"}
    found = log_in(ours.store, "marketer").get(reverse("admin:shop_customer_changelist"), query)
    assert found.context["cl"].result_count == 0
    found = log_in(ours.store, "owner").get(reverse("admin:shop_customer_changelist"), query)
    assert found.context["cl"].result_count == 1


def test_support_sees_nobody_before_looking_for_somebody(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "support")
    for label in ("shop_customer", "shop_order"):
        assert client.get(reverse(f"admin:{label}_changelist")).context["cl"].result_count == 0
    found = client.get(reverse("admin:shop_customer_changelist"), {"q": ours.customer.ref})
    assert found.context["cl"].result_count == 1
