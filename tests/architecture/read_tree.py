"""The repository as these tests see it: its files, its floors, and each module parsed once."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@cache
def floors() -> dict[str, int]:
    """Package -> its floor, the ground being 0. Read from the linter's contract, so that they stand once."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"].startswith("Floors"))
    return {
        name.strip(): height for height, layer in enumerate(reversed(layers)) for name in layer.split("|")
    }


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file. `path` is relative to the root."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.parts[0].removesuffix(".py")

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the repository: the floors, deploy, bench, tests, manage.py."""
    packages = [*floors(), "deploy", "bench", "tests"]
    paths = [ROOT / "manage.py", *(path for name in packages for path in _files(ROOT / name))]
    return tuple(
        Module(path.relative_to(ROOT), text := path.read_text(), ast.parse(text, str(path))) for path in paths
    )


def _files(folder: Path) -> list[Path]:
    """Not what a bench has installed for itself, in a hidden folder."""
    found = sorted(folder.rglob("*.py"))
    return [path for path in found if not any(part[0] == "." for part in path.relative_to(ROOT).parts)]


def product_modules() -> Iterator[Module]:
    """Those of the floors, without migrations: what runs when the product runs."""
    return (module for module in modules() if module.package in floors() and not module.is_migration)


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (
        node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def imports(tree: ast.AST) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Each import with the full name of what it brings: module and name of a `from` import are joined."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def our_models() -> list[type[models.Model]]:
    """Models that stand on a floor, with the tables that their many-to-many fields bring."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.app_label in floors()]


def our_tables() -> list[str]:
    return sorted(model._meta.db_table for model in our_models())
