"""A store's ladder, all of its versions, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from loyalty.models import TierRules
from loyalty.tiers.standing import Ladder, Rung

COLUMNS = (
    "number",
    "in_force_at",
    "measure",
    "period",
    "months",
    "grace_days",
    "steps__tier_id",
    "steps__threshold",
    "steps__tier__code",
    "steps__tier__name",
)


class LadderRow(NamedTuple):
    """One step of one version; the last four are None in a version without steps."""

    number: int
    in_force_at: datetime
    measure: str
    period: str
    months: int | None
    grace_days: int
    tier: int | None
    threshold: int | None
    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class TierNames:
    """How a tier is called, by its key."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Ladders:
    """The versions ascend by the moment from which they are in force."""

    versions: tuple[Ladder, ...] = ()
    names: dict[int, TierNames] | None = None

    def at(self, moment: datetime) -> Ladder | None:
        """The version in force; None before the first, and where the last one has ended the ladder."""
        found = [ladder for ladder in self.versions if ladder.in_force_at <= moment]
        return found[-1] if found and found[-1].rungs else None

    def name_of(self, tier: int) -> TierNames:
        return (self.names or {})[tier]

    def tier_called(self, code: str | None) -> int | None:
        return next((tier for tier, names in (self.names or {}).items() if names.code == code), None)


NO_LADDERS = Ladders()


def read_ladders(store_id: int) -> Ladders:
    """One query, whatever the number of versions."""
    rows = TierRules.objects.filter(store_id=store_id).order_by("in_force_at", "number", "steps__threshold")
    return ladders_of(LadderRow(*row) for row in rows.values_list(*COLUMNS))


def ladders_of(rows: Iterable[LadderRow]) -> Ladders:
    """`rows` by version, the steps ascending."""
    versions: list[Ladder] = []
    names: dict[int, TierNames] = {}
    for _, version in groupby(rows, key=lambda row: row.number):
        steps = list(version)
        one = steps[0]
        rungs = tuple(
            Rung(row.tier, row.threshold)
            for row in steps
            if row.tier is not None and row.threshold is not None
        )
        versions.append(Ladder(one.in_force_at, one.measure, one.period, one.months, one.grace_days, rungs))
        names |= {
            row.tier: TierNames(row.code or "", row.name or "") for row in steps if row.tier is not None
        }
    return Ladders(tuple(versions), names)
