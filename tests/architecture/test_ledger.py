"""Only loyalty/transfer.py writes accounts, transfers and lots."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.read_tree import Module, product_modules

LEDGER = re.compile(r"^loyalty/transfer(_\w+)?\.py$")
MODELS = {"Account", "Transfer", "Lot"}
WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "update",
    "bulk_update",
    "delete",
    "acreate",
    "aupdate",
    "adelete",
}
SQL = re.compile(
    r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|COPY)\s+\"?loyalty_(account|transfer|lot)\b",
    re.IGNORECASE,
)
# Fields that only these models have: an update of them through any queryset or instance is a movement.
FIELDS = {"balance", "left"}
RELATED = {"lots", "outgoing", "incoming", "accounts", "transfers", "reversals"}


def _names_in_chain(node: ast.AST) -> set[str]:
    """Account.objects.filter(…).update -> {Account, objects, filter, update}."""
    names: set[str] = set()
    while True:
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return names | ({node.id} if isinstance(node, ast.Name) else set())


def _moves_points(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in MODELS
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
        of_ledger = _names_in_chain(node.func.value) & (MODELS | RELATED)
        return bool(of_ledger) or (
            node.func.attr == "update" and bool(FIELDS & {word.arg for word in node.keywords})
        )
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr in FIELDS for target in targets)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SQL.search(node.value))


def _movements(module: Module) -> Iterator[str]:
    return (module.at(node) for node in ast.walk(module.tree) if _moves_points(node))


def test_only_the_ledger_moves_points() -> None:
    # pricing has no models to move, and what is "left" there is money of a cart.
    outside = (m for m in product_modules() if not LEDGER.match(str(m.path)) and m.package != "pricing")
    assert [where for module in outside for where in _movements(module)] == []


def test_the_ledger_itself_is_seen_to_move_them() -> None:
    inside = [module for module in product_modules() if LEDGER.match(str(module.path))]
    assert len([where for module in inside for where in _movements(module)]) >= 4


@pytest.mark.parametrize(
    "line",
    [
        "Transfer.objects.create(amount=1)",
        "Lot(amount=1).save()",
        "Account.objects.filter(pk=1).update(balance=F('balance') + 1)",
        "customer.accounts.update(asset='money')",
        "rows.update(balance=0)",
        "account.balance += 1",
        "cursor.execute('UPDATE loyalty_account SET balance = 0')",
        "cursor.execute('insert into loyalty_lot values (1)')",
    ],
)
def test_such_a_line_elsewhere_would_be_seen(line: str) -> None:
    assert any(_moves_points(node) for node in ast.walk(ast.parse(line)))
