"""The properties of tests/pricing over as many random carts as asked for: `make soak NAME=pricing N=1000000`.

Cases are drawn by the code that draws them for the tests, from a plain seeded source instead of hypothesis's, which
keeps what it needs to shrink a failure and so is much slower. Of 20 cases 12 are one cart each, priced once and put to
every check of check_quote; the others go round the comparisons of compare_quotes. Case `i` of a run with a seed can be
drawn again: `Random(f"{seed}:{i}")`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from bench.figures import Evidence
from pricing.price import price
from tests.pricing.check_quote import QUOTE_CHECKS
from tests.pricing.compare_quotes import COMPARISONS
from tests.pricing.draw_case import NOW, draw_case

ROUND, QUOTED = 20, 12
FAILURES_MAX = 50


@dataclass
class Found:
    """What a range of cases came to. `seen` is what became of the offers: the cases are not all alike."""

    tried: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def soak(*, n: int, seed: int) -> Evidence:
    return write_down(try_cases(range(n), seed=seed))


def try_cases(cases: Iterable[int], *, seed: int) -> Found:
    """Stops after too many failures. Ranges may be tried apart and added up: each case has a seed of its own."""
    found = Found()
    for case in cases:
        holds = _property_of(case)
        name = "every check of one quote" if holds is None else holds.__name__
        random = Random(f"{seed}:{case}")
        found.tried[name] += 1
        try:
            if holds is None:
                _check_quote(random, found.seen)
            else:
                holds(random)
        except Exception as error:
            found.failures.append(f"case {case}, {name}: {type(error).__name__}: {error}"[:500])
            if len(found.failures) >= FAILURES_MAX:
                break
    return found


def write_down(found: Found) -> Evidence:
    facts = {
        "cases": dict(sorted(found.tried.items())),
        "checks_of_one_quote": sorted(check.__name__ for check in QUOTE_CHECKS),
        "offers_in_the_quotes": dict(sorted(found.seen.items())),
    }
    return Evidence("pricing", tried=sum(found.tried.values()), failures=found.failures, facts=facts)


def _property_of(case: int) -> Callable[[Random], None] | None:
    """None: a single quote."""
    turn, place = divmod(case, ROUND)
    if place < QUOTED:
        return None
    return COMPARISONS[(turn * (ROUND - QUOTED) + place - QUOTED) % len(COMPARISONS)]


def _check_quote(random: Random, seen: Counter[str]) -> None:
    drawn = draw_case(random)
    quote = price(drawn.cart, drawn.offers, drawn.rules, at=NOW)
    for check in QUOTE_CHECKS:
        check(drawn, quote)
    seen["applied"] += len(quote.applied)
    seen.update(str(refused.refusal) for refused in quote.refused)
