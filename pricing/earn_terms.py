"""What earns points and multiplies them, and what a rule gave."""

from dataclasses import dataclass
from typing import NamedTuple

SINGLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class EarnRule:
    """`points` for every `per_amount` minor units paid for goods of `groups`, if any are named, and of `group`, at most
    `points_max`; `is_flat`: once. `rule` is the number by which the caller knows it."""

    points: int
    per_amount: int
    groups: frozenset[str] = frozenset()
    group: str = ""
    is_flat: bool = False
    points_max: int | None = None
    rule: int = 0

    def __post_init__(self) -> None:
        if self.points < 0:
            raise ValueError("an earning rule cannot take points")
        if self.per_amount < 1:
            raise ValueError("an earning rule needs an amount of at least 1 minor unit")


@dataclass(frozen=True, slots=True)
class EarnFactor:
    """What points are multiplied by, on the lines of `group` where one is named: 20 000 is double."""

    factor_bp: int
    group: str = ""

    def __post_init__(self) -> None:
        if self.factor_bp <= SINGLE_BP:
            raise ValueError("points are multiplied by more than 1")


class Gain(NamedTuple):
    """What the earning rule of this number gives; `per_line` follows the lines and sums to `points`."""

    rule: int
    points: int
    per_line: tuple[int, ...]
