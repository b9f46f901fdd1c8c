"""Points against a plain model of them, over as many rules as asked for: `make soak NAME=ledger N=200000 SEED=1`.

The state machine of tests/ledger_machine, which `make test` runs for a while, here by two processes for as long as it
takes, each in a copy of the database. Hypothesis draws the rules and shrinks what fails; the seed of a batch of
examples stands beside its failure.
"""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context

from django.db import connection
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from bench.figures import Evidence
from tests.copy_database import copy_template, drop_database, use_database
from tests.ledger_machine.machine import LedgerMachine
from tests.ledger_machine.programmes import set_up_programmes
from tests.ledger_machine.terms import PROGRAMMES

PROCESSES = 2
EXAMPLES, STEPS = 40, 50
FAILURES_MAX = 5
# Of what is said of a failure: the error, and the shrunk steps that lead to it.
SAID_MAX = 6_000
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    phases=(Phase.generate, Phase.shrink),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Found:
    """What one process came to; `rules` counts each of them, `notes` what some of them came to."""

    rules: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    failures: list[str] = field(default_factory=list)


def soak(*, n: int, seed: int) -> Evidence:
    database = connection.settings_dict["NAME"]
    connection.close()
    part = partial(play, n=-(-n // PROCESSES), seed=seed, database=database)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as processes:
        return write_down(list(processes.map(part, range(PROCESSES))))


def play(process: int, *, n: int, seed: int, database: str) -> Found:
    """At least `n` rules, in whole batches of examples; ends early after too many failures."""
    own = f"{database}_ledger_{process}"
    copy_template(database, to=own)
    use_database(own)
    found = Found()
    try:
        LedgerMachine.programmes = set_up_programmes()
        while found.rules.total() < n and len(found.failures) < FAILURES_MAX:
            play_batch(found, f"{seed}:{process}:{found.batches}")
    finally:
        drop_database(own)
    return found


def play_batch(found: Found, batch: str) -> None:
    LedgerMachine.done.clear()
    LedgerMachine.notes.clear()
    try:
        run_state_machine_as_test(seed(batch)(_fresh()), settings=SETTINGS)
    except Exception as error:
        said = "\n".join(
            [f"batch {batch}: {type(error).__name__}: {error}", *getattr(error, "__notes__", [])]
        )
        found.failures.append(said[:SAID_MAX])
    found.rules.update(LedgerMachine.done)
    found.notes.update(LedgerMachine.notes)
    found.batches += 1


def _fresh() -> type[LedgerMachine]:
    """A seed stays with the class that it was given to."""
    return type("LedgerMachine", (LedgerMachine,), {})


def write_down(parts: list[Found]) -> Evidence:
    rules = sum((each.rules for each in parts), Counter[str]())
    facts = {
        "rules": dict(sorted(rules.items())),
        "of_which": dict(sorted(sum((each.notes for each in parts), Counter[str]()).items())),
        "examples_of_steps": [EXAMPLES * sum(each.batches for each in parts), STEPS],
        "processes": len(parts),
        "programmes": len(PROGRAMMES),
    }
    failures = [failure for each in parts for failure in each.failures]
    return Evidence("ledger", tried=rules.total(), failures=failures, facts=facts)
