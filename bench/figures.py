"""What a measurement and a campaign hand back."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `goal` is a comparison such as "<= 30" or ">= 1.2", of `value`, or of the ratio to
    `baseline` where `goal_on` says "ratio". Without a goal `ok` says nothing."""

    name: str
    value: float
    unit: str
    samples: int = 1
    baseline: float | None = None
    goal: str | None = None
    goal_on: str = "value"

    def ratio(self) -> float | None:
        return None if not self.baseline else self.value / self.baseline

    def ok(self) -> bool | None:
        """Raises ValueError where the goal cannot be read."""
        measured = self.ratio() if self.goal_on == "ratio" else self.value
        if self.goal is None or measured is None:
            return None
        sign, _, limit = self.goal.strip().partition(" ")
        if sign not in COMPARE:
            raise ValueError(f"goal {self.goal!r}: write it like '<= 30'")
        return COMPARE[sign](measured, float(limit))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The outcome of a campaign: what was tried how often, and what went wrong (nothing, if it holds)."""

    name: str
    tried: int
    failures: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def ok(self) -> bool:
        return self.tried > 0 and not self.failures
