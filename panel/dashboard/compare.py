"""One figure against another of the same length of time."""

from dataclasses import dataclass

# Below these, a change is more chance than trend, and the page says so.
FEW = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """`change_bp`: by how much `now` differs from `before`, in basis points; None where there was nothing before."""

    now: int
    before: int
    change_bp: int | None

    @property
    def is_up(self) -> bool:
        return self.now > self.before

    @property
    def is_same(self) -> bool:
        return self.now == self.before

    @property
    def size_bp(self) -> int:
        return abs(self.change_bp or 0)

    @property
    def is_small(self) -> bool:
        return max(self.now, self.before) < FEW


def compare(now: int, before: int) -> Comparison:
    """The change is rounded half away from zero."""
    if before <= 0:
        return Comparison(now, before, None)
    difference = now - before
    size = (abs(difference) * 20_000 + before) // (2 * before)
    return Comparison(now, before, size if difference >= 0 else -size)
