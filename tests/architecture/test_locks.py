"""Lock files: pinned, hashed, free of addresses, and in step with pyproject.toml."""

import re

import pytest

from tests.architecture.read_tree import ROOT, pyproject

LOCKS = ("requirements.lock", "requirements-dev.lock")
REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;]+)( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def _lines(lock: str) -> list[str]:
    return (ROOT / lock).read_text().splitlines()


def _pins(lock: str) -> set[str]:
    """name==version, without extras and markers."""
    return {f"{found[1]}=={found[2]}" for line in _lines(lock) if (found := REQUIREMENT.match(line))}


def _wanted(*groups: str) -> set[str]:
    project = pyproject()["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for group in groups for line in extras[group])]
    return {re.sub(r"\[.*?\]", "", line).lower() for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_pins_and_hashes_only(lock: str) -> None:
    offenders = [line for line in _lines(lock) if not REQUIREMENT.match(line) and not HASH.match(line)]
    assert offenders == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = _lines(lock)
    naked = [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if REQUIREMENT.match(line) and not HASH.match(following)
    ]
    assert naked == []


def test_pins_of_pyproject_are_those_of_the_locks() -> None:
    assert _wanted() - _pins("requirements.lock") == set()
    assert _wanted("embedded", "dev") | _wanted() <= _pins("requirements-dev.lock")
    assert _pins("requirements.lock") <= _pins("requirements-dev.lock")


def test_a_production_install_carries_neither_servers_nor_tools() -> None:
    assert _pins("requirements.lock") & (_wanted("embedded", "dev") - _wanted()) == set()


def test_every_requirement_is_pinned() -> None:
    assert [line for line in _wanted("embedded", "dev") if "==" not in line] == []
