"""A partner's statement by private link."""

import pytest
from django.test import Client

from loyalty.partners.statement import close_link, renew_link, statement_link
from tests.factories import make_store
from tests.loyalty.partners import partner, sent

pytestmark = pytest.mark.django_db


def test_whoever_has_the_link_sees_figures_and_nobody_else_does() -> None:
    store = make_store(name="Candle House", currency="GBP")
    blog = partner(store, name="Anna's blog")
    sent(blog, customer="17850", ref="secret-order")
    path = _path(statement_link(renew_link(blog)))
    answer = Client().get(path)
    text = answer.content.decode()
    assert "Anna&#x27;s blog" in text
    assert "£1.00" in text
    assert "17850" not in text
    assert "secret-order" not in text
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    close_link(blog)
    assert Client().get(path).status_code == 404
    assert Client().get("/statement/1.1~guess/").status_code == 404


def _path(address: str | None) -> str:
    assert address is not None
    return "/" + address.split("/", 3)[3]
