"""The properties of tests/pricing over as many random carts as asked for: `make soak NAME=pricing N=1000000`.

N is shared evenly over the properties. The seed makes a run repeatable.
"""

import importlib
import os
from collections.abc import Callable, Iterator

from hypothesis import seed as seeded

from bench.figures import Evidence

MODULES = ("tests.pricing.test_properties", "tests.pricing.test_allocate", "tests.pricing.test_choose")


def soak(*, n: int, seed: int) -> Evidence:
    properties = dict(_properties(cases=n))
    each = max(1, n // len(properties))
    os.environ["PRICING_CASES"] = str(each)
    failures = []
    for name, holds in _properties(cases=each):
        try:
            seeded(seed)(holds)()
        except Exception as error:
            failures.append(f"{name}: {type(error).__name__}: {error}"[:2_000])
    return Evidence(
        "pricing",
        tried=each * len(properties),
        failures=failures,
        facts={"properties": sorted(properties), "cases_each": each},
    )


def _properties(*, cases: int) -> Iterator[tuple[str, Callable[[], None]]]:
    """The properties of the test modules, read anew with this number of cases each."""
    os.environ["PRICING_CASES"] = str(cases)
    importlib.reload(importlib.import_module("tests.pricing.strategies"))
    for path in MODULES:
        module = importlib.reload(importlib.import_module(path))
        for name, test in vars(module).items():
            if name.startswith("test_") and hasattr(test, "hypothesis"):
                yield f"{path}.{name}", test
