"""Shoppers who order and give back, and who ask again under the same key until they are answered."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock
from typing import Any

from bench.soaks.committing.judge import Asked

TIMEOUT_SECONDS = 30.0
PAUSE_SECONDS = 0.02
# A worker that dies is replaced within a second; whoever is not answered in this time has been forgotten.
TRIES_MAX = 1_500
REFUNDS_SHARE, REPEATS_SHARE, OWN_CODE_SHARE, PUBLIC_CODE_SHARE, POINTS_SHARE = 0.4, 0.2, 0.3, 0.4, 0.5
# Somebody else's lock, an outage, too much at once: no decision, so the same is asked again.
UNDECIDED = frozenset({429, 500, 502, 503, 504})


@dataclass
class Told:
    """What all shoppers were answered so far."""

    orders: list[Asked] = field(default_factory=list)
    refunds: list[Asked] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def answered(self) -> int:
        return len(self.orders) + len(self.refunds)


class Shopper:
    """One connection at a time, and dice of its own."""

    def __init__(self, place: int, *, port: int, key: str, codes: Mapping[str, str], seed: int) -> None:
        self._dice = random.Random(f"{seed}:{place}")
        self._place, self._port, self._key = place, port, key
        self._codes = codes
        self._connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def shop(self, told: Told, over: Event) -> None:
        """Order after order until it is over; what was begun is ended."""
        number = 0
        while not over.is_set():
            number += 1
            ref = f"o-{self._place}-{number}"
            customer = self._dice.choice(list(self._codes))
            order = self._ask("/orders", self._order(ref, customer), key=f"key-{ref}", customer=customer)
            with told.lock:
                told.orders.append(order)
            if order.is_done and self._dice.random() < REFUNDS_SHARE:
                self._give_back(order, told, ref=ref, customer=customer)
        self._connection.close()

    def _order(self, ref: str, customer: str) -> dict[str, Any]:
        """Five lines; some with codes, some paid with points."""
        codes = [self._codes[customer]] if self._dice.random() < OWN_CODE_SHARE else []
        codes += ["SPRING"] if self._dice.random() < PUBLIC_CODE_SHARE else []
        return {
            "ref": ref,
            "customer": customer,
            "lines": [
                {"sku": f"sku-{n}", "quantity": self._dice.randint(1, 3), "unit_price": 100 + 37 * n}
                for n in range(5)
            ],
            "codes": codes,
            "points_to_spend": self._dice.randint(1, 90) if self._dice.random() < POINTS_SHARE else 0,
            "delivery": 495,
            "accept_changes": True,
        }

    def _give_back(self, order: Asked, told: Told, *, ref: str, customer: str) -> None:
        """One line or two, in one refund or in two."""
        lines = self._dice.sample(range(1, 6), self._dice.randint(1, 2))
        for line in lines:
            refund = f"r-{ref}-{line}"
            body = {"ref": refund, "lines": [{"line": line, "quantity": 1}]}
            done = self._ask(f"/orders/{ref}/refunds", body, key=f"key-{refund}", customer=customer)
            with told.lock:
                told.refunds.append(done)

    def _ask(self, path: str, body: Mapping[str, Any], *, key: str, customer: str) -> Asked:
        """Until it is answered; now and then once more, as if the answer had been lost."""
        wanted = 1 + (self._dice.random() < REPEATS_SHARE)
        answers: list[tuple[int, dict[str, Any]]] = []
        broken = replays = 0
        for _ in range(TRIES_MAX):
            try:
                status, answer, is_replay = self._send(path, body, key=key)
            except (OSError, HTTPException, ValueError):
                self._connection.close()
                broken += 1
                time.sleep(PAUSE_SECONDS)
                continue
            if status in UNDECIDED or answer.get("code") == "in_flight":
                time.sleep(PAUSE_SECONDS)
                continue
            answers.append((status, answer))
            replays += is_replay
            if len(answers) == wanted:
                break
        return Asked(key, customer, tuple(answers), broken, replays)

    def _send(self, path: str, body: Mapping[str, Any], *, key: str) -> tuple[int, dict[str, Any], bool]:
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        self._connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
        response = self._connection.getresponse()
        text = response.read()
        return response.status, json.loads(text), response.headers.get("Idempotent-Replayed") == "true"
