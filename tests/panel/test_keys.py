"""API keys in the panel: shown once, revoked for good."""

from django.urls import reverse

from shop.keys import find_key
from shop.models import ApiKey
from tests.factories.moments import AT
from tests.panel.conftest import LogIn
from tests.panel.world import World


def test_a_new_key_is_shown_once_and_works(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    form = {"name": "Shop server", "kind": "server", "scopes": ["orders:read"]}
    made = client.post(reverse("admin:shop_apikey_add"), form)
    secret = str(made.context["secret"])
    assert secret in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    key = find_key(secret, at=AT)
    assert key is not None
    assert (key.store, key.scopes) == (ours.store, ["orders:read"])
    assert secret not in client.get(reverse("admin:shop_apikey_change", args=[key.pk])).content.decode()


def test_a_widgets_key_gets_no_rights_of_a_server(ours: World, log_in: LogIn) -> None:
    form = {"name": "Widget", "kind": "widget", "scopes": ["orders:read"]}
    answer = log_in(ours.store, "owner").post(reverse("admin:shop_apikey_add"), form)
    assert "can be read by anybody" in answer.content.decode()
    assert not ApiKey.objects.filter(name="Widget").exists()


def test_a_revoked_key_opens_nothing(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    form = {"name": "Shop server", "kind": "server", "scopes": ["orders:read"]}
    secret = str(client.post(reverse("admin:shop_apikey_add"), form).context["secret"])
    key = ApiKey.objects.get(name="Shop server")
    client.post(reverse("admin:shop_apikey_change", args=[key.pk]), {"name": "Shop server", "revoke": "on"})
    assert find_key(secret, at=AT) is None
