"""A contract type for import-linter: the rooms of an app, whose verbs are as many modules as there are verbs.

From the top: admin | tasks | urls | commands > views > verbs > queries > models. Imports go downwards only,
and the entrances at the top do not know each other. A module that needs neither models nor queries (the check
of a zone's name, a migration's SQL) stands below them all, since anybody may use it.
"""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expression_to_modules

ENTRANCE, VIEWS, VERB, QUERIES, MODELS, GROUND = range(6, 0, -1)
ENTRANCES = {"admin", "tasks", "urls"}


class RoomsContract(Contract):
    """Options: `packages`, each an app."""

    type_name = "rooms"
    packages = fields.ListField(subfield=fields.ModuleExpressionField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        found = []
        for expression in self.packages:  # type: ignore[attr-defined]
            for package in module_expression_to_modules(graph, expression, as_packages=False):
                found += offenders(graph, package.name)
        return ContractCheck(kept=not found, metadata={"offenders": sorted(found)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["offenders"]:
            output.print_error(f"{importer} -> {imported}", bold=False)
        output.new_line()


def room_of(path: tuple[str, ...]) -> tuple[int, str]:
    """Height and name of the room of a module, given by its path within the app."""
    name = path[-1]
    if path[0] == "management":
        return ENTRANCE, "commands"
    if path[0] == "admin" or name.endswith("_admin"):
        return ENTRANCE, "admin"
    if name in ENTRANCES:
        return ENTRANCE, name
    if name == "views":
        return VIEWS, name
    if path[0] == "models":
        return MODELS, "models"
    if "queries" in path:
        return QUERIES, "queries"
    return VERB, "verbs"


def offenders(graph: ImportGraph, package: str) -> list[tuple[str, str]]:
    rooms = {
        module: room_of(tuple(module.removeprefix(f"{package}.").split(".")))
        for module in graph.find_descendants(package)
        if ".migrations" not in module and not module.endswith(".apps")
    }
    for module, (height, _) in rooms.items():
        needed = graph.find_upstream_modules(module) & rooms.keys()
        if height == VERB and not any(rooms[other][0] in (MODELS, QUERIES) for other in needed):
            rooms[module] = GROUND, "ground"
    return [
        (module, other)
        for module, room in rooms.items()
        for other in graph.find_modules_directly_imported_by(module) & rooms.keys()
        if not _may_import(room, rooms[other])
    ]


def _may_import(room: tuple[int, str], other: tuple[int, str]) -> bool:
    return room == other or room[0] > other[0]
