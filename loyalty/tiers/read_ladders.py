"""A store's ladder, all of its versions, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

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
    versions: list[Ladder] = []
    names: dict[int, TierNames] = {}
    for _, version in groupby(rows.values_list(*COLUMNS), key=lambda row: row[0]):
        steps = list(version)
        _number, in_force_at, measure, period, months, grace_days, *_ = steps[0]
        rungs = tuple(Rung(row[6], row[7]) for row in steps if row[6] is not None)
        versions.append(Ladder(in_force_at, measure, period, months, grace_days, rungs))
        names |= {row[6]: TierNames(row[8], row[9]) for row in steps if row[6] is not None}
    return Ladders(tuple(versions), names)
