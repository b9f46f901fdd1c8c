"""Five years in eight time zones, with jobs that come late, twice, or not for two days: `make soak NAME=calendar N=2`.

N customers of each of eight shops, whose zones are full of traps, earn, spend, send back and visit from 2008 to 2012.
The script is played twice, in simulated time, by the product's own verbs and jobs: once with jobs exactly when
something is due, once with jobs hours late, twice, by two connections at once, in any order, on hosts whose clocks are
up to three hours wrong, and now and then none for two days. What customers see on the way, and what is written in the
end, has to be the same; and each run has to agree with a calendar on the wall that knows nothing of the product.
"""

import time
from typing import Any

from bench.figures import Evidence
from bench.soaks.five_years.judge import judge_both, judge_run
from bench.soaks.five_years.run import Ran, Settings, planned_looks, run_disturbed, run_ideal
from bench.soaks.five_years.script import FIVE_YEARS, SHOPS, Span, write_script
from bench.soaks.five_years.wall import odd_days

# So many of the days that have something about them are looked at on their edges.
SHARE_LOOKED_AT = 0.08
GAP_DAYS = 60
FAULTS_MAX = 50


def soak(*, n: int, seed: int) -> Evidence:
    return campaign(FIVE_YEARS, customers=n, seed=seed, at_once=True)


def campaign(
    span: Span,
    *,
    customers: int,
    seed: int,
    at_once: bool,
    gap_days: int = GAP_DAYS,
    share: float = SHARE_LOOKED_AT,
) -> Evidence:
    """`at_once` needs a database that other connections may see."""
    script = write_script(span, customers=customers, seed=seed, gap_days=gap_days)
    started = time.monotonic()
    looks = planned_looks(span, seed=seed, share=share)
    ideal = run_ideal(script, span, looks, Settings(f"ideal-{seed}", customers))
    between = time.monotonic()
    late = run_disturbed(script, span, ideal.looks, Settings(f"late-{seed}", customers, at_once), seed=seed)
    ended = time.monotonic()
    failures = judge_both(ideal, late)
    failures += [f"ideal run: {fault}" for fault in judge_run(ideal)]
    failures += [f"disturbed run: {fault}" for fault in judge_run(late)]
    facts = tell(span, ideal, late) | {
        "seconds_ideal": round(between - started, 1),
        "seconds_disturbed": round(ended - between, 1),
        "failures": len(failures),
    }
    return Evidence("calendar", tried=len(script), failures=failures[:FAULTS_MAX], facts=facts)


def tell(span: Span, ideal: Ran, late: Ran) -> dict[str, Any]:
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "days_not_of_24_hours": {
            shop.zone: len(odd_days(shop.zone, span.first, span.last)) for shop in SHOPS
        },
        "facts": dict(sorted(ideal.world.done.items())),
        "looks_at_customers": len(ideal.seen),
        "bells_ideal": ideal.bells,
        "bells_disturbed": late.bells,
        "jobs_that_gave_way": late.world.gave_way,
    }
