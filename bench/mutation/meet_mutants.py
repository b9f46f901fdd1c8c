"""Every mutant of pricing meets the tests of tests/pricing: see run.py, which starts this beside the mutants.

A module's own tests come first, then what is quick and stops most; the first that fails is enough. The tests are called
without pytest, whose sessions would take longer than they do: none of them asks for more than its parameters. Random
carts come from a seeded source; hypothesis, where a test is its own, shrinks nothing. Cases are read and drawn once,
before the processes fork, but for mutants of what is computed as values are made.

Writes the state of each mutant to the file named; several processes may share the work, each its part of so many parts.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from hypothesis import Phase, settings
from mutmut.mutation.trampoline import set_mutant_under_test

from pricing.price import price
from tests.pricing.check_quote import QUOTE_CHECKS
from tests.pricing.compare_quotes import COMPARISONS
from tests.pricing.draw_case import NOW, Drawn, draw_case
from tests.pricing.read_case import Case, describe, read_case
from tests.pricing.test_worked_cases import ALL

RANDOM_QUOTES, RANDOM_COMPARISONS = 100, 5
CPU_SECONDS = 5
# Met by the functions below.
MET_APART = {"test_worked_cases", "test_properties"}
QUICK = ("test_values", "test_quote", "test_caps", "test_index", "test_offers")
# Before the tests are imported, which take theirs from it.
settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None, derandomize=True)
settings.load_profile("mutants")
# The slowest; it imports no other module of pricing that does anything.
ALLOCATE_ONLY = "test_allocate"
TESTS = {
    path.stem: importlib.import_module(f"tests.pricing.{path.stem}")
    for path in sorted(Path("tests/pricing").glob("test_*.py"))
    if path.stem not in MET_APART
}
MADE_WITH_VALUES = "__post_init__"
CASES = [read_case(text) for _, text in ALL]
DRAWN = [draw_case(Random(seed)) for seed in range(RANDOM_QUOTES)]
KILLED, SURVIVED, TIMEOUT, CRASHED = "killed", "survived", "timeout", "crashed"


def main(target: Path, part: int, parts: int, most: int | None) -> None:
    """Goes on where an earlier run was stopped; who survived then is met anew. The order is shuffled, so that those
    met by a run that is stopped early are a fair sample."""
    states: dict[str, str] = json.loads(target.read_text()) if target.exists() else {}
    if meet("nobody") != SURVIVED:
        sys.exit("the tests fail without any mutant")
    gc.freeze()  # so that the processes share what is read already
    names = [name for meta in sorted(Path("pricing").glob("*.meta")) for name in mutants_of(meta)]
    Random(0).shuffle(names)
    mine = names[:most][part::parts]
    for place, name in enumerate(mine, 1):
        if states.get(name, SURVIVED) == SURVIVED:
            states[name] = meet(name)
        if place % 20 == 0 or place == len(mine):
            target.write_text(json.dumps(states, indent=0))


def mutants_of(meta: Path) -> list[str]:
    return list(json.loads(meta.read_text())["exit_code_by_key"])


def meet(name: str) -> str:
    """In a process of its own: a mutant may go on for ever, or leave something behind."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
            os._exit(1 if notices(name) else 0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return TIMEOUT if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else CRASHED
    return KILLED if os.WEXITSTATUS(status) else SURVIVED


def notices(name: str) -> bool:
    """Whether some test fails."""
    first, last = order_tests(name)
    set_mutant_under_test(name)
    try:
        for module in first:
            meet_tests(module)
        if MADE_WITH_VALUES in name:
            meet_cases([read_case(text) for _, text in ALL])
            meet_properties([draw_case(Random(seed)) for seed in range(RANDOM_QUOTES)])
        else:
            meet_cases(CASES)
            meet_properties(DRAWN)
        for module in last:
            meet_tests(module)
    except BaseException:
        return True
    return False


def order_tests(name: str) -> tuple[list[ModuleType], list[ModuleType]]:
    """What comes before and after the worked and the random cases."""
    mutated = name.split(".")[1] if "." in name else "allocate"
    own = f"test_{mutated}"
    seeing = [stem for stem in TESTS if stem != ALLOCATE_ONLY or mutated == "allocate"]
    first = sorted({own, *QUICK} & set(seeing), key=lambda stem: (stem != own, stem))
    return [TESTS[stem] for stem in first], [TESTS[stem] for stem in seeing if stem not in first]


def meet_cases(cases: Iterable[Case]) -> None:
    for case in cases:
        assert case.expected <= describe(price(case.cart, case.offers, case.rules, at=case.at))


def meet_properties(cases: Iterable[Drawn]) -> None:
    for drawn in cases:
        quote = price(drawn.cart, drawn.offers, drawn.rules, at=NOW)
        for check in QUOTE_CHECKS:
            check(drawn, quote)
    for holds in COMPARISONS:
        for seed in range(RANDOM_COMPARISONS):
            holds(Random(seed))


def meet_tests(module: ModuleType) -> None:
    for name, test in list(vars(module).items()):
        if name.startswith("test_"):
            for parameters in parameters_of(test):
                test(**parameters)


def parameters_of(test: Any) -> Iterator[dict[str, Any]]:
    """Those of all its parametrize marks together."""
    tables = []
    for mark in getattr(test, "pytestmark", ()):
        names, rows = mark.args
        split = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
        tables.append([dict(zip(split, row if len(split) > 1 else (row,), strict=True)) for row in rows])
    for chosen in product(*tables):
        yield {name: value for row in chosen for name, value in row.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) if sys.argv[4] else None)
