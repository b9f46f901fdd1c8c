"""The quick recheck: whether sums that should be equal are so, for every row of the database at once.

Instead of joining two tables row by row, each amount is multiplied by a weight of the row that it belongs to, and only
the two totals are compared; weights are hashes under a seed that is drawn anew each time. Totals of amounts that differ
somewhere agree by chance once in two thousand million times (as in Freivalds' check of a matrix product, 1977), and
nobody can aim at it without the seed. Every table is read once, in the order in which it lies, by several workers, and
nothing is sorted or kept.

What is proved here need not be asked row by row; what is not, is: see verify_statements. All stores are proved at once,
so damage in one sends the others the slow way too.
"""

import secrets

from django.db import DataError, connection, transaction

from loyalty.findings import FindingCode

SEED_BITS = 62
# So that an amount of up to 2 ** 32 times a weight fits into eight bytes; a larger one is no proof, and no error.
WEIGHT_MAX = 2**31 - 1

# The programme's own accounts keep no balance: what goes to or comes from them is left out.
COMES, GOES = "target_id <> ALL(%(programme)s)", "source_id <> ALL(%(programme)s)"
OF_POINTS, OF_MONEY = "asset = 'points'", "asset = 'money'"


def _weight(key: str) -> str:
    return f"(hashint8extended({key}, %(seed)s) & {WEIGHT_MAX})"


def _weight_of_two(key: str, other: str) -> str:
    return f"(hashint8extended({key}, hashint8extended({other}, %(seed)s)) & {WEIGHT_MAX})"


def _total(amount: str, weight: str, *, only: str = "true") -> str:
    return f"coalesce(sum(({amount}) * {weight}) FILTER (WHERE {only}), 0)"


def _present(amount: str, key: str, *, only: str = "true") -> str:
    """As `_total`, of a column that is 0 in most rows: those cost no hash."""
    return _total(amount, _weight(key), only=f"{amount} <> 0 AND {only}")


def _back_and_forth(came: str, went: str) -> str:
    """What came to accounts less what went."""
    return f"{_total('amount', _weight('target_id'), only=came)} - {_total('amount', _weight('source_id'), only=went)}"


# Alias -> table and what is added up of it.
READ: dict[str, tuple[str, dict[str, str]]] = {
    "moved": (
        "loyalty_transfer",
        {
            "net": _back_and_forth(COMES, GOES),
            "opened": _total("amount", _weight_of_two("id", "target_id"), only=f"{OF_POINTS} AND {COMES}"),
            "returned": _total(
                "amount", _weight("reverses_id"), only=f"reverses_id IS NOT NULL AND {OF_POINTS} AND {COMES}"
            ),
            "spent": _total(
                "amount",
                _weight("order_id"),
                only=f"kind = 'redemption' AND {OF_POINTS} AND order_id IS NOT NULL",
            ),
            "gifts": _back_and_forth(
                f"{OF_MONEY} AND kind IN ('issue', 'return')",
                f"{OF_MONEY} AND kind IN ('payment', 'lapse', 'withdrawal')",
            ),
            "paid": _total(
                "amount", _weight_of_two("coalesce(order_id, 0)", "source_id"), only="kind = 'payment'"
            ),
            "paid_back": _total(
                "amount", _weight_of_two("coalesce(order_id, 0)", "target_id"), only="kind = 'return'"
            ),
        },
    ),
    "account": (
        "loyalty_account",
        {
            "balances": _present("balance", "id"),
            "points": _present("balance", "id", only="kind = 'customer'"),
            "held": _present("held", "id", only="kind = 'customer'"),
            "gifts": _present("balance", "id", only="kind = 'gift'"),
            "owed": _present("owed", "id"),
        },
    ),
    "lot": (
        "loyalty_lot",
        {
            "rest": _present('"left"', "account_id"),
            "held": _present("held", "account_id"),
            "opened": _total("amount", _weight_of_two("transfer_id", "account_id")),
            "used": _present('amount - "left"', "id"),
        },
    ),
    "use": (
        "loyalty_lotuse",
        {"used": _total("amount", _weight("lot_id")), "returned": _present("returned", "transfer_id")},
    ),
    "debt": ("loyalty_debt", {"owed": _present("amount - repaid", "account_id")}),
    "bought": (
        "shop_order",
        {
            "spent": _present("points_spent", "id"),
            "refunded": _present("refunded", "id"),
            "discount": _present("discount + delivery_discount", "id"),
            "paid": _present("balance_amount", "id"),
            "paid_back": _present("balance_refunded", "id"),
            "paid_for_lines": _present("balance_amount - delivery_balance_amount", "id"),
        },
    ),
    "line": (
        "shop_orderline",
        {"spent": _present("points_spent", "order_id"), "paid": _present("balance_amount", "order_id")},
    ),
    "refund": (
        "shop_refund",
        {"refunded": _total("amount", _weight("order_id"), only="order_id IS NOT NULL")},
    ),
    "given": ("loyalty_discount", {"discount": _total("amount", _weight("order_id"))}),
    "payment": (
        "loyalty_balancepayment",
        {
            "paid": _total("amount", _weight("order_id")),
            "paid_back": _present("returned", "order_id"),
            "moved": _total("amount", _weight_of_two("order_id", "account_id")),
            "moved_back": _total("returned", _weight_of_two("order_id", "account_id")),
        },
    ),
}
PROOFS: dict[FindingCode, str] = {
    FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS: "moved.net = account.balances",
    FindingCode.BALANCE_IS_NOT_ITS_LOTS: "lot.rest = account.points AND lot.held = account.held",
    FindingCode.POINTS_WITHOUT_LOT: "lot.opened = moved.opened",
    FindingCode.LOT_IS_NOT_ITS_USES: "lot.used = use.used",
    FindingCode.OWED_IS_NOT_ITS_DEBTS: "account.owed = debt.owed",
    FindingCode.RETURNED_IS_NOT_ITS_TRANSFERS: "use.returned = moved.returned",
    FindingCode.SPENT_IS_NOT_ITS_TRANSFER: "bought.spent = moved.spent AND bought.spent = line.spent",
    FindingCode.REFUNDED_IS_NOT_ITS_REFUNDS: "bought.refunded = refund.refunded",
    FindingCode.DISCOUNT_IS_NOT_ITS_ROWS: "bought.discount = given.discount",
    FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS: (
        "bought.paid = payment.paid AND bought.paid_back = payment.paid_back AND bought.paid_for_lines = line.paid"
    ),
    FindingCode.BALANCE_MOVED_IS_NOT_ITS_PAYMENTS: (
        "payment.moved = moved.paid AND payment.moved_back = moved.paid_back"
    ),
    FindingCode.GIFT_BALANCE_DOES_NOT_ADD_UP: "account.gifts = moved.gifts",
}


def _totals(alias: str, table: str, totals: dict[str, str]) -> str:
    columns = ", ".join(f"{total} AS {name}" for name, total in totals.items())
    return f"(SELECT {columns} FROM {table}) AS {alias}"  # noqa: S608  names of this module only


PROVE = " ".join(
    [
        "SELECT",
        ", ".join(PROOFS.values()),
        "FROM",
        ", ".join(_totals(alias, table, totals) for alias, (table, totals) in READ.items()),
    ]
)
PROGRAMME = "SELECT id FROM loyalty_account WHERE kind NOT IN ('customer', 'gift')"


def proved_sound() -> frozenset[FindingCode]:
    """What no store's books can hold, at one moment. A code that is missing here says nothing yet."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PROGRAMME)
            programme = [row[0] for row in cursor.fetchall()] or [0]
            cursor.execute(PROVE, {"seed": secrets.randbits(SEED_BITS), "programme": programme})
            answers = cursor.fetchone()
    except DataError:
        return frozenset()
    return frozenset(code for code, is_sound in zip(PROOFS, answers, strict=True) if is_sound)
