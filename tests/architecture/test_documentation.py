"""What README and the guides tell people to type exists."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.architecture.read_tree import ROOT

PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "deploy/*.md", "bench/*.md", "tests/*.md")
    for path in ROOT.glob(pattern)
)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
MAKE = re.compile(r"(?:^|[\s`;&|(])make(?:[ \t]+[A-Z_]+=(?:\"[^\"]*\"|\S*))*[ \t]+([a-z][a-z-]*)", re.M)
COMMAND = re.compile(r"manage\.py[ \t]+([a-z_]+)|make manage ARGS=[\"'](?:--\S+ )*([a-z_]+)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def _code(page: Path) -> str:
    return "\n".join(CODE.findall(page.read_text()))


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    mentioned = set(MAKE.findall(_code(page)))
    assert mentioned - _targets() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_management_commands_exist(page: Path) -> None:
    mentioned = {first or second for first, second in COMMAND.findall(_code(page))}
    assert mentioned - set(get_commands()) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


def test_help_tells_every_target_that_readme_names() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    named = set(MAKE.findall(_code(ROOT / "README.md")))
    assert named - told == set()
