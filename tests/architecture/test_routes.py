"""One table says who may follow which route; what it does not name is closed."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from config.access import ROUTES, By
from shop.models import Role

# What Django's admin leaves without a name shows no page: the catch-all answers "not found" or adds a slash, and
# the old address of an object leads to the new one. Without a name there is no right to it, so both are closed.
NAMELESS = re.compile(r"panel/(\(\?P<url>\.\*\)\$|\w+/\w+/<path:object_id>/)")


def _routes(resolver: URLResolver, namespaces: tuple[str, ...], prefix: str) -> Iterator[tuple[str, str]]:
    """Name with its namespaces and address of every route below the resolver."""
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _routes(entry, inner, address)
        elif isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name)) if entry.name else "", address


def _all_routes() -> list[tuple[str, str]]:
    return list(_routes(get_resolver(), (), ""))


def test_every_route_has_a_name() -> None:
    nameless = [address for name, address in _all_routes() if not name]
    assert [address for address in nameless if not NAMELESS.fullmatch(address)] == []


def test_every_route_is_in_the_table() -> None:
    assert sorted({name for name, _ in _all_routes() if name} - set(ROUTES)) == []


def test_the_table_names_no_route_that_does_not_exist() -> None:
    assert sorted(set(ROUTES) - {name for name, _ in _all_routes()}) == []


def test_roles_of_the_table_are_those_that_people_hold() -> None:
    named = {who for access in ROUTES.values() if access.by is By.ROLE for who in access.read | access.write}
    assert named <= set(Role.values)


def test_nobody_writes_what_he_may_not_read() -> None:
    offenders = [
        name
        for name, access in ROUTES.items()
        if access.by is By.ROLE and access.read and not access.write <= access.read
    ]
    assert offenders == []
