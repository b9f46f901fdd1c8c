"""The product and the model say the same, whatever happens in whatever order.

The long campaign is bench/soaks/ledger.py.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger_machine.machine import LedgerMachine
from tests.ledger_machine.programmes import set_up_programmes

pytestmark = pytest.mark.django_db(transaction=True)

RULES, STEPS, EXAMPLES_AT_ONCE = 5_000, 50, 20
SETTINGS = settings(
    max_examples=EXAMPLES_AT_ONCE,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_ledger_and_model_never_part() -> None:
    LedgerMachine.programmes = set_up_programmes()
    LedgerMachine.done.clear()
    while LedgerMachine.done.total() < RULES:
        run_state_machine_as_test(LedgerMachine, settings=SETTINGS)
