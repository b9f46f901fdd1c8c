"""What multiplies earned points, and what a rule gave."""

from dataclasses import dataclass
from typing import NamedTuple

SINGLE_BP = 10_000


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
