"""How often one may ask: each key in all, each browser that holds a widget's key, and whoever tries coupon codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from shop.models import ApiKey
from storefront.api.address import client_address, is_address, same_person
from storefront.api.errors import Fault, Problem
from storefront.api.keys import key_of
from storefront.api.limiter import Limit, give_back, limit_named, take

if (
    TYPE_CHECKING
):  # the framework's views read this module's name from the settings while they are being imported
    from rest_framework.views import APIView


class KeyThrottle(BaseThrottle):
    """A server's key has a generous limit in all; behind a widget's key each address has its own."""

    seconds: int = 0

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        subject = str(request.auth.pk)
        self.seconds = take(limit_named(request.auth.kind), subject)
        if not self.seconds and request.auth.kind == ApiKey.Kind.WIDGET:
            subject = f"{subject}:{same_person(client_address(request._request))}"
            self.seconds = take(limit_named("widget_address"), subject)
        return not self.seconds

    def wait(self) -> float:
        return self.seconds


@dataclass(slots=True)
class CodeCheck:
    """Set `failed` to how many of the codes turned out to be unknown; the rest is given back."""

    failed: int = 0


class CodeLimits:
    """5 wrong codes in 5 s from one address, 20 an hour for one customer."""

    ADDRESS: ClassVar[str] = "codes_address"
    CUSTOMER: ClassVar[str] = "codes_customer"


@contextmanager
def checking_codes(
    request: Request, *, count: int, customer: str | None, client_ip: str | None
) -> Iterator[CodeCheck]:
    """Around the check of `count` codes. Each counts before it is tried, so that many at once get no further than one
    after another; good ones are given back. Raises a Problem (429) with the seconds to wait.

    A server's key that does not say for whom it asks answers for its shoppers itself and is not limited.
    """
    check = CodeCheck(failed=count)
    taken = [] if not count else _limits(request, customer=customer, client_ip=client_ip)
    for limit, subject in taken:
        _take_or_refuse(limit, subject, cost=min(count, limit.count))
    try:
        yield check
    finally:
        if good := count - check.failed:
            for limit, subject in taken:
                give_back(limit, subject, cost=min(good, limit.count))


def _limits(request: Request, *, customer: str | None, client_ip: str | None) -> list[tuple[Limit, str]]:
    key = key_of(request)
    address = _shopper_address(request, client_ip=client_ip)
    if address is None:
        return []
    limits = [(limit_named(CodeLimits.ADDRESS), f"{key.store_id}:{same_person(address)}")]
    if customer is not None:
        limits.append((limit_named(CodeLimits.CUSTOMER), f"{key.store_id}:{customer}"))
    return limits


def _shopper_address(request: Request, *, client_ip: str | None) -> str | None:
    """A widget is where the shopper is; a server says where its shopper is, or does not."""
    if key_of(request).kind == ApiKey.Kind.WIDGET:
        return client_address(request._request)
    if client_ip is not None and not is_address(client_ip):
        raise Problem(400, Fault("wrong_form", _("Give an IPv4 or IPv6 address."), "client_ip"))
    return client_ip


def _take_or_refuse(limit: Limit, subject: str, *, cost: int) -> None:
    if seconds := take(limit, subject, cost=cost):
        detail = _("Too many codes were tried. Wait as long as the header Retry-After says.")
        raise Problem(429, Fault("too_many_codes", detail), headers={"Retry-After": str(seconds)})
