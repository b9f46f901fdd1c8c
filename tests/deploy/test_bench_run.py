"""The contract of `make bench`."""

import pytest

from bench.figures import Evidence, Figure
from bench.run import as_row, known, main


@pytest.mark.parametrize(("value", "ok"), [(30, True), (30.1, False)])
def test_a_goal_is_about_the_value(value: float, ok: bool) -> None:
    assert Figure("quote", value, "ms", goal="<= 30").ok() is ok


@pytest.mark.parametrize(("value", "ok"), [(24, True), (23, False)])
def test_a_goal_may_be_about_the_ratio_to_the_baseline(value: float, ok: bool) -> None:
    assert Figure("commit", value, "orders/s", baseline=20, goal=">= 1.2", goal_on="ratio").ok() is ok


def test_a_figure_without_a_goal_is_neither_good_nor_bad() -> None:
    row = as_row(Figure("size", 3, "MB"))
    assert (row["ok"], row["ratio"], row["goal"]) == (None, None, None)


def test_a_goal_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="write it like"):
        Figure("quote", 1, "ms", goal="under 30").ok()


def test_a_campaign_that_tried_nothing_has_shown_nothing() -> None:
    assert not Evidence("races", tried=0).ok()
    assert Evidence("races", tried=1).ok()
    assert not Evidence("races", tried=5, failures=["one order twice"]).ok()


def test_an_unknown_name_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "no-such-bench"]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in known("bench"))
