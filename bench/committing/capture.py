"""The statements of one real commit, as the driver sends them, with its numbers made into pgbench's variables."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

from bench.committing.fill import CODE_FIRST, LINES, Firsts, Shop
from shop.models import Order

# Unmistakable in a statement's text; pgbench puts each order's own number in its place.
NUMBER = "777777777"
REF = f"captured-{NUMBER}"
BUYER = 0


@dataclass
class Wire:
    """What went over it: the text, and whether a transaction was open. `prepared` are the plans by their number."""

    sent: list[tuple[str, bool]] = field(default_factory=list)
    prepared: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """For pgbench: what each connection prepares once, and what each order sends, with variables: `n` numbers the
    customer, `no` the order, `order_id` and `order_lines` are what the database gave it."""

    prepare: list[str]
    sent: list[tuple[str, bool]]
    places_order: str
    first: Firsts
    customers: int


def count_statements(shop: Shop, *, lines: int) -> int:
    """Of one order over the API, savepoints and authentication included, without BEGIN and COMMIT."""
    _order(shop, f"warm-{lines}", lines=lines)
    with _listening() as wire:
        _order(shop, f"count-{lines}", lines=lines)
    return len(wire.sent)


def capture(shop: Shop) -> Script:
    """Of a session that prepares what it sends, so that the wire hears of it."""
    connection.close()
    with _listening() as wire:
        _order(shop, "warm-capture")
        wire.sent.clear()
        _order(shop, REF)
    order = Order.objects.get(store=shop.store, ref=REF)
    lines = list(order.lines.order_by("ordinal").values_list("pk", flat=True))
    names = [
        # A quoted text goes on after the end of a line; pgbench would take two colons in a row for a cast.
        (rf"order:{order.pk}", "order:'\n':order_id"),
        (rf"ARRAY\[{','.join(map(str, lines))}\]", "':order_lines'"),
        (NUMBER, ":no"),
        (rf"\b{order.pk}\b", ":order_id"),
        *((rf"\b{number}\b", f":{name}") for name, number in shop.first.by_name().items()),
        (str(CODE_FIRST), ":code"),
    ]
    sent = []
    for text, is_open in wire.sent:
        for pattern, variable in names:
            # Backslashes would mean something in the new text.
            text = re.sub(pattern, variable.replace("\\", "\\\\"), text)  # noqa: PLW2901
        sent.append((text, is_open))
    used = re.findall(r"EXECUTE (reprise_\d+)", " ".join(text for text, _ in sent))
    (places,) = [name for name in used if "INSERT INTO shop_order " in wire.prepared[name]]
    return Script([wire.prepared[name] for name in used], sent, places, shop.first, len(shop.refs))


def _order(shop: Shop, ref: str, lines: int = LINES) -> None:
    client = Client(HTTP_AUTHORIZATION=f"Bearer {shop.secret}", HTTP_HOST="127.0.0.1")
    body = shop.body(ref, buyer=BUYER, lines=lines)
    answer = client.post("/api/v1/orders", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=ref)
    assert answer.status_code == 201, answer.content


@contextmanager
def _listening() -> Iterator[Wire]:
    """On the driver's own cursors, under all that counts or rewrites statements."""
    wire = Wire()

    connection.ensure_connection()
    session: Any = connection.connection
    plain: Any = type(session.cursor())

    class Noting(plain):  # type: ignore[misc]  # the driver's cursor has no types
        def execute(self, query: Any, values: Any = None) -> None:
            super().execute(query, values)
            assert self.query is not None, "the driver has sent something"
            text = self.query.decode()
            if found := re.match(r"PREPARE (reprise_\d+)", text):
                wire.prepared[found[1]] = text
            else:
                wire.sent.append((text, not self.connection.autocommit))

    kept, session.cursor_factory = session.cursor_factory, Noting
    try:
        yield wire
    finally:
        session.cursor_factory = kept
