"""Orders over HTTP, by so many connections at once, each with customers of its own."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.committing.fill import Shop

HEADER_END = b"\r\n\r\n"
BUFFER = 65_536


@dataclass(slots=True)
class Rush:
    """How many orders were stored in how many seconds, and how long each took."""

    orders: int
    seconds: float
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.orders / self.seconds


# No order number is used twice in a run.
_numbers = count(1)


def rush(shop: Shop, *, port: int, connections: int, seconds: float) -> Rush:
    """Raises AssertionError for the first answer that is not "stored now"."""
    begin = threading.Barrier(connections + 1)
    faults: list[BaseException] = []
    times: list[float] = []
    ends = [0.0]

    def shopper(place: int) -> None:
        try:
            with socket.create_connection(("127.0.0.1", port)) as wire:
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                begin.wait()
                _shop_until(wire, shop, range(place, len(shop.refs), connections), ends, times)
        except BaseException as fault:
            faults.append(fault)
            begin.abort()

    threads = [threading.Thread(target=shopper, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    ends[0] = started + seconds
    begin.wait()
    for thread in threads:
        thread.join()
    if faults:
        raise AssertionError(f"an order failed: {faults[0]!r}") from faults[0]
    return Rush(len(times), time.perf_counter() - started, times)


def _shop_until(
    wire: socket.socket, shop: Shop, mine: Sequence[int], ends: list[float], times: list[float]
) -> None:
    turn = 0
    while (started := time.perf_counter()) < ends[0]:
        number = next(_numbers)
        body = shop.body(f"o-{number}", buyer=mine[turn % len(mine)])
        wire.sendall(_request(shop.secret, body, key=f"key-{number}"))
        status = _status_of_answer(wire)
        assert status == 201, f"answered {status}"
        times.append(time.perf_counter() - started)
        turn += 1


def _request(secret: str, body: bytes, *, key: str) -> bytes:
    head = (
        "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {secret}\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _status_of_answer(wire: socket.socket) -> int:
    """The answer is read to its end, so that the connection can be used again."""
    got = b""
    while HEADER_END not in got:
        part = wire.recv(BUFFER)
        if not part:
            raise ConnectionError("the server closed the connection")
        got += part
    head, _, rest = got.partition(HEADER_END)
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(rest) < length:
        rest += wire.recv(BUFFER)
    return int(head.split(b" ", 2)[1])
