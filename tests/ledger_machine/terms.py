"""How the programmes differ that the machine plays: plain values, read by the model and set up in the database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """`points` are earned for every `per_amount`, a point pays `value`, both in minor units. `rungs` are (tier,
    threshold), ascending; `levels` are basis points of what friends pay, or points where `is_share` is False."""

    zone: str = "UTC"
    return_days: int = 14
    expiry: str = "rolling"
    grace_days: int = 0
    slide_days: int = 30
    life_days: int = 30
    points: int = 1
    per_amount: int = 100
    value: int = 1
    share_bp: int = 10_000
    measure: str = "spend"
    period: str = "rolling"
    months: int | None = 3
    tier_grace_days: int = 0
    rungs: tuple[tuple[str, int], ...] = (("silver", 30_00), ("gold", 90_00))
    levels: tuple[int, ...] = (1000, 500, 100)
    is_share: bool = True
    first_order_only: bool = False


ORDERS = (("silver", 3), ("gold", 7))
POINTS = (("silver", 60), ("gold", 200))
PROGRAMMES = (
    Terms(),
    Terms(
        zone="America/New_York", points=3, per_amount=700, measure="orders", rungs=ORDERS, tier_grace_days=5
    ),
    Terms(
        zone="Europe/Moscow", return_days=0, life_days=20, value=5, measure="points", rungs=POINTS, months=2
    ),
    Terms(
        zone="Pacific/Auckland",
        expiry="year",
        grace_days=31,
        measure="points",
        period="year",
        months=None,
        rungs=POINTS,
        is_share=False,
        levels=(50, 20),
    ),
    Terms(
        zone="Asia/Kolkata",
        expiry="quarter",
        share_bp=5_000,
        period="quarter",
        months=None,
        tier_grace_days=10,
        first_order_only=True,
    ),
    Terms(zone="Europe/London", expiry="sliding", return_days=3, measure="orders", rungs=ORDERS, months=1),
    Terms(zone="America/Santiago", expiry="sliding", slide_days=10, return_days=1, points=7, per_amount=300),
    Terms(
        zone="Australia/Lord_Howe",
        return_days=30,
        life_days=90,
        points=2,
        measure="points",
        rungs=POINTS,
        months=1,
    ),
)
