"""Bars from zero, drawn by a template: heights are worked out here, the figures stand behind it in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

BARS_MAX = 53
LABELS_MAX = 13  # more than these would touch each other


@dataclass(frozen=True, slots=True)
class Point:
    """`label` stands under the bar, `text` is the value as people read it."""

    label: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """`height` in thousandths of the tallest. `is_strong`: drawn in the accent. `is_named`: its label is printed."""

    label: str
    text: str
    height: int
    is_strong: bool
    is_named: bool
    is_told: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """`summary` says in words what the picture shows, for those who do not see it."""

    title: str | Promise
    summary: str
    bars: tuple[Bar, ...]

    @property
    def is_empty(self) -> bool:
        return not any(bar.height for bar in self.bars)


def bar_chart(
    points: Sequence[Point], *, title: str | Promise, summary: str, strong_last: bool = False
) -> BarChart:
    """The newest bar in the accent and the others grey, or all in the accent. Negative values stand at zero."""
    assert len(points) <= BARS_MAX, "too many bars to read"
    tallest = max((point.value for point in points), default=0)
    last = len(points) - 1
    step = -(-len(points) // LABELS_MAX)
    bars = tuple(
        Bar(
            label=point.label,
            text=point.text,
            height=point.value * 1000 // tallest if tallest > 0 and point.value > 0 else 0,
            is_strong=not strong_last or place == last,
            is_named=(last - place) % step == 0,
            is_told=place == last or (point.value == tallest and tallest > 0),
        )
        for place, point in enumerate(points)
    )
    return BarChart(title, summary, bars)
