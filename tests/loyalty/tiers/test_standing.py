"""The replay of facts, against a model that asks the plain question every day, and against itself in any order."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.tiers.recompute import unwritten
from loyalty.tiers.standing import Counted, Facts, Grant, Ladder, Rung, Stand, replay

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
SILVER, GOLD = 1, 2
LADDER = Ladder(START - timedelta(days=1), "spend", "rolling", 12, 0, (Rung(SILVER, 100), Rung(GOLD, 300)))
HORIZON = START + timedelta(days=800)


@st.composite
def purchases(draw: st.DrawFn) -> list[Counted]:
    days = draw(st.lists(st.integers(0, 700), max_size=8, unique=True))
    found = []
    for number, day in enumerate(sorted(days), start=1):
        at = START + timedelta(days=day)
        amount = draw(st.integers(1, 250))
        back = draw(st.integers(0, amount))
        cuts = ((at + timedelta(days=draw(st.integers(1, 90)), hours=1), back),) if back else ()
        found.append(Counted(at, amount, number, cuts))
    return found


@given(purchases())
@settings(max_examples=300, deadline=None)
def test_the_tier_is_at_least_what_the_window_holds_and_at_most_what_was_reached_within_its_year(
    bought: list[Counted],
) -> None:
    facts = Facts(UTC_ZONE, [LADDER], {"spend": bought})
    standing = replay(facts, until=HORIZON)
    for one in bought:
        stand = standing.at(one.at)
        assert LADDER.rank(stand.tier if stand else None) >= LADDER.rank(
            LADDER.tier_for(_held(bought, one.at))
        )
    for stand in standing.stands:
        assert stand.tier is None or stand.until is not None
        if stand.cause == "earned":
            assert stand.tier == LADDER.tier_for(_held(bought, stand.at))


@given(purchases(), st.lists(st.integers(0, 800), max_size=12))
@settings(max_examples=300, deadline=None)
def test_stored_step_by_step_ends_where_a_recomputation_from_facts_ends(
    bought: list[Counted], looks: list[int]
) -> None:
    written: list[Stand] = []
    seen_at: datetime | None = None
    for day in [*sorted(looks), 801]:
        at = START + timedelta(days=day)
        known = [
            Counted(one.at, one.amount, one.order, tuple(cut for cut in one.cuts if cut[0] <= at))
            for one in bought
            if one.at <= at
        ]
        facts = Facts(UTC_ZONE, [LADDER], {"spend": known})
        written.extend(unwritten(facts, written[-1] if written else None, at=at, seen_at=seen_at))
        seen_at = at
    final = replay(Facts(UTC_ZONE, [LADDER], {"spend": bought}), until=START + timedelta(days=801))
    now = final.stands[-1] if final.stands else None
    last = written[-1] if written else None
    assert ((now.tier, now.until) if now else (None, None)) == (
        (last.tier, last.until) if last else (None, None)
    )


def test_what_was_given_stands_above_what_was_earned_until_its_end() -> None:
    bought = [Counted(START, 100, 1)]
    grants = [Grant(1, GOLD, START + timedelta(days=10), START + timedelta(days=40))]
    stands = replay(
        Facts(UTC_ZONE, [LADDER], {"spend": bought}, grants), until=START + timedelta(days=50)
    ).stands
    assert [(stand.tier, stand.cause) for stand in stands] == [
        (SILVER, "earned"),
        (GOLD, "granted"),
        (SILVER, "ended"),
    ]


def test_no_ladder_no_tier() -> None:
    facts = Facts(UTC_ZONE, [], {"spend": [Counted(START, 1000, 1)]})
    assert replay(facts, until=HORIZON).stands == ()


def test_a_ladder_begins_with_what_was_bought_before_it() -> None:
    facts = Facts(UTC_ZONE, [LADDER], {"spend": [Counted(START - timedelta(days=200), 120, 1)]})
    (stand, *_) = replay(facts, until=START).stands
    assert (stand.tier, stand.cause, stand.at) == (SILVER, "rules", LADDER.in_force_at)


def _held(bought: list[Counted], at: datetime) -> int:
    """What the last twelve months hold, returns taken off: 365 days, or 366 across 29 February."""
    since = at.replace(year=at.year - 1, hour=0)
    return sum(one.known_at(HORIZON + timedelta(days=365)) for one in bought if since <= one.at <= at)
