"""The contract type can fail: a tiny app, with one import too many each."""

import pytest
from grimp import ImportGraph

from tests.architecture.rooms_contract import offenders, room_of

APP = ("app.admin", "app.tasks", "app.views", "app.redeem", "app.queries", "app.models", "app.time_zones")
ALLOWED = [
    ("app.admin", "app.redeem"),
    ("app.tasks", "app.redeem"),
    ("app.views", "app.queries"),
    ("app.redeem", "app.queries"),
    ("app.redeem", "app.models"),
    ("app.queries", "app.models"),
    ("app.models", "app.time_zones"),
]


def _app(*more: tuple[str, str]) -> ImportGraph:
    graph = ImportGraph()
    graph.add_module("app")
    for module in APP:
        graph.add_module(module)
    for importer, imported in [*ALLOWED, *more]:
        graph.add_import(importer=importer, imported=imported)
    return graph


def test_imports_downwards_are_kept() -> None:
    assert offenders(_app(), "app") == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("app.models", "app.queries"),
        ("app.models", "app.redeem"),
        ("app.queries", "app.redeem"),
        ("app.redeem", "app.views"),
        ("app.views", "app.admin"),
        ("app.admin", "app.tasks"),
    ],
)
def test_an_import_upwards_or_sideways_is_broken(importer: str, imported: str) -> None:
    assert (importer, imported) in offenders(_app((importer, imported)), "app")


def test_a_room_is_known_by_name_wherever_it_lies() -> None:
    assert room_of(("api", "urls")) == room_of(("urls",))
    assert room_of(("queries", "campaign")) == room_of(("queries",))
    assert room_of(("models", "order")) == room_of(("models",))
    assert room_of(("admin", "orders")) == room_of(("admin",)) == room_of(("store_admin",))
    assert room_of(("management", "commands", "tick"))[1] == "commands"
