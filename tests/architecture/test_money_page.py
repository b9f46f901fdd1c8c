"""docs/money.md says what keeps each rule and which race goes at it: both are there, and the page leaves none out."""

import re

import pytest

from tests.architecture.read_tree import ROOT
from tests.architecture.test_constraints_named import names_in_database

PAGE = (ROOT / "docs/money.md").read_text()
RACES = {path.name: path.read_text() for path in sorted((ROOT / "tests/races").glob("test_*.py"))}
DROPPED = re.compile(r'drop_constraint\("\w+", "(\w+)"\)|drop_index\("(\w+)"\)|DROP TRIGGER (\w+)')
# Orders that race over a movement written by hand have a key of the movement's own besides.
BESIDES = {"loyalty_adjustment_transfer_id_key"}
# Memberships of a segment are no money.
NO_MONEY = {"loyalty_segmentmember_once"}


def _named() -> set[str]:
    return set(re.findall(r"`((?:shop|loyalty|coupons|clubcards|checkout)_\w+)`", PAGE))


@pytest.mark.django_db
def test_each_constraint_of_the_page_is_in_the_database() -> None:
    assert sorted(_named() - names_in_database()) == []


def test_each_race_of_the_page_is_there_and_names_what_keeps_the_rule() -> None:
    rows = [row.split("|")[2:4] for row in PAGE.splitlines() if row.startswith("| ") and ".py" in row]
    assert len(rows) > 20
    for kept_by, races in rows:
        files = re.findall(r"`(test_\w+\.py)`", races)
        assert files
        raced = " ".join(RACES[file] for file in files)
        for name in re.findall(r"`(\w+_\w+)`", kept_by):
            assert name in raced, f"{name} is not dropped in {files}"


def test_each_constraint_that_a_race_drops_is_on_the_page() -> None:
    dropped = {name for text in RACES.values() for found in DROPPED.findall(text) for name in found if name}
    assert len(dropped) > 20
    assert sorted(dropped - _named() - BESIDES - NO_MONEY) == []
