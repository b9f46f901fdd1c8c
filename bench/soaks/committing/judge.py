"""What was answered, put beside what the database holds: a plain model of orders, refunds, coupons and points."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# At most so many failures of one kind are spelled out.
SHOWN_MAX = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One write under one key: every answer to it, in their order, as (status, body). `broken`: how often there was
    none. `replays`: how many of the answers said that they were the first one again."""

    key: str
    customer: str
    answers: tuple[tuple[int, dict[str, Any]], ...]
    broken: int
    replays: int

    @property
    def body(self) -> dict[str, Any]:
        return self.answers[0][1]

    @property
    def is_done(self) -> bool:
        return bool(self.answers) and self.answers[0][0] == 201


@dataclass(frozen=True, slots=True)
class Start:
    """Before the first order: the customers, how many points each had, and the limits of the offer with a public
    code."""

    points: int
    public_offer: str
    uses_max: int
    budget_max: int
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Books:
    """What the database says. Money in minor units; lists have an entry for every row.

    `orders` and `refunds`: (reference, amount, points spent or given back, points earned or taken back). `points`: each
    customer's balance less debt. `uses` and `spent` count what the offers' limits have counted, `redemptions` and
    `coupon_uses` those of coupons by code, `discounts` what came off by offer. `facts`: activity by kind. `records`:
    keys that were remembered.
    """

    orders: Sequence[tuple[str, int, int, int]]
    refunds: Sequence[tuple[str, int, int, int]]
    points: Mapping[str, int]
    uses: int
    spent: int
    redemptions: Mapping[str, int]
    coupon_uses: Mapping[str, int]
    discounts: Mapping[str, int]
    facts: Mapping[str, int]
    records: Sequence[str]
    ledger: str


def judge(orders: Sequence[Asked], refunds: Sequence[Asked], books: Books, *, start: Start) -> list[str]:
    """What does not hold; empty if all is well."""
    return [
        *_odd([*orders, *refunds]),
        *_differ("orders", books.orders, [_of_order(one.body) for one in orders if one.is_done]),
        *_differ("refunds", books.refunds, [_of_refund(one.body) for one in refunds if one.is_done]),
        *_differ("records", books.records, [one.key for one in [*orders, *refunds]]),
        *_differ("points", books.points.items(), _points(orders, refunds, start=start).items()),
        *_differ("discounts", books.discounts.items(), _discounts(orders).items()),
        *_differ("uses of coupons", books.coupon_uses.items(), books.redemptions.items()),
        *_limits(orders, books, start=start),
        *_facts(orders, refunds, books),
    ]


def _odd(asked: Iterable[Asked]) -> Iterable[str]:
    """Every write is done, and every answer to one key is the same."""
    unanswered = [one.key for one in asked if not one.is_done]
    changing = [one.key for one in asked if any(answer != one.answers[0] for answer in one.answers)]
    if unanswered:
        yield f"not done: {_shown(unanswered)}"
    if changing:
        yield f"answered differently under one key: {_shown(changing)}"


def _of_order(body: Mapping[str, Any]) -> tuple[str, int, int, int]:
    return body["ref"], body["payable"], body["points_spent"], body["points"]


def _of_refund(body: Mapping[str, Any]) -> tuple[str, int, int, int]:
    return body["ref"], body["amount"], body["points_returned"], body["points_taken_back"]


def _points(orders: Sequence[Asked], refunds: Sequence[Asked], *, start: Start) -> dict[str, int]:
    """Debts count as less than nothing, so it does not matter what repaid them when."""
    found = dict.fromkeys(start.customers, start.points)
    for one in orders:
        if one.is_done:
            found[one.customer] += one.body["points"] - one.body["points_spent"]
    for one in refunds:
        if one.is_done:
            found[one.customer] += one.body["points_returned"] - one.body["points_taken_back"]
    return found


def _discounts(orders: Sequence[Asked]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in orders:
        if one.is_done:
            for taken in one.body["discounts"]:
                found[taken["offer"]] += taken["amount"]
    return dict(found)


def _limits(orders: Sequence[Asked], books: Books, *, start: Start) -> Iterable[str]:
    """Counted by the limits exactly what the orders have taken, and never more than allowed."""
    taken = [
        sum(one["amount"] for one in order.body["discounts"] if one["offer"] == start.public_offer)
        for order in orders
        if order.is_done
    ]
    uses, spent = sum(amount > 0 for amount in taken), sum(taken)
    if (books.uses, books.spent) != (uses, spent):
        yield f"the limits have counted {books.uses} uses and {books.spent}, the orders took {uses} and {spent}"
    if uses > start.uses_max or spent > start.budget_max:
        yield f"{uses} uses and {spent} pass the limits of {start.uses_max} and {start.budget_max}"
    twice = [code for code, count in books.coupon_uses.items() if count > 1]
    if twice:
        yield f"used more than once: {_shown(twice)}"


def _facts(orders: Sequence[Asked], refunds: Sequence[Asked], books: Books) -> Iterable[str]:
    expected = {
        "order.placed": sum(one.is_done for one in orders),
        "order.refunded": sum(one.is_done for one in refunds),
    }
    if books.facts != expected:
        yield f"noted {books.facts}, not {expected}"
    if ": 0 findings" not in books.ledger:
        yield f"the ledger says {books.ledger.strip()}"


def _differ(name: str, stored: Iterable[Any], answered: Iterable[Any]) -> Iterable[str]:
    """Both with their repeats: what is there twice differs from what was answered once."""
    there, said = Counter(stored), Counter(answered)
    if lost := list((said - there).elements()):
        yield f"{name} that were answered and are not stored: {_shown(lost)}"
    if more := list((there - said).elements()):
        yield f"{name} that are stored and were not answered: {_shown(more)}"


def _shown(found: Sequence[Any]) -> str:
    rest = len(found) - SHOWN_MAX
    return f"{', '.join(map(str, found[:SHOWN_MAX]))}{f' and {rest} more' if rest > 0 else ''}"
