"""kill -9 at seeded moments: when the SMTP server has taken so many mails."""

import os
import random
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

# PostgreSQL in two ways: its first process alone or one that serves a client, a moment later; and all of it between
# the SMTP server's "250" for a mail of that purpose and our commit.
AFTER_250 = {"postgres after 250, marketing": "marketing", "postgres after 250, service": "service"}
TARGETS = ("worker", "beat", "valkey", "postgres", *AFTER_250)
LATER_SECONDS_MAX = 0.05
# Before the first kill a few mails are sent, and after the last one some are left.
FIRST, LAST = 0.04, 0.75


@dataclass(frozen=True, slots=True)
class Kill:
    """After `mails` have been taken. `delay_seconds`: counted from there; 0 is before that mail's answer. `at_child`:
    one of the processes that the target started, where it has any."""

    mails: int
    target: str
    delay_seconds: float
    at_child: bool


def plan_kills(*, mails: int, times: int, seed: int) -> list[Kill]:
    """Each target so many times, in mixed order, while `mails` are sent."""
    chance = random.Random(seed)
    targets = [target for target in TARGETS for _ in range(times)]
    chance.shuffle(targets)
    span = range(max(1, int(mails * FIRST)), int(mails * LAST))
    moments = sorted(chance.sample(span, len(targets)))
    return [
        Kill(moment, target, _delay(target, chance), chance.random() < 0.5)
        for moment, target in zip(moments, targets, strict=True)
    ]


def _delay(target: str, chance: random.Random) -> float:
    return 0.0 if target in AFTER_250 or chance.random() < 0.5 else chance.uniform(0.0, LATER_SECONDS_MAX)


@dataclass
class Killer:
    """`pids` tells what runs now, by name. One that is down still is killed once it is up again."""

    pids: Callable[[], Mapping[str, int]]
    waiting: list[Kill]
    done: list[Kill] = field(default_factory=list)
    _killed: set[int] = field(default_factory=set)

    def on_mail(self, mails: int, purpose: str) -> None:
        """At most one kill for each mail."""
        if not self.waiting or self.waiting[0].mails > mails:
            return
        kill = self.waiting[0]
        if AFTER_250.get(kill.target, purpose) != purpose:
            return
        pid = self.pids().get(kill.target.partition(" ")[0])
        if pid is None or pid in self._killed or not _lives(pid):
            return
        self.waiting.pop(0)
        self.done.append(kill)
        victims = _victims(kill, pid)
        self._killed.update(victims)
        if kill.delay_seconds:
            Timer(kill.delay_seconds, _kill, [victims]).start()
        else:
            _kill(victims)


def _victims(kill: Kill, pid: int) -> Sequence[int]:
    children = list(_children(pid))
    if kill.target in AFTER_250:
        return [pid, *children]
    return [max(children)] if kill.at_child and children else [pid]


def _kill(victims: Sequence[int]) -> None:
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    return _state(pid) not in ("", "Z")


def _children(pid: int) -> Iterator[int]:
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _parent(int(process.name)) == pid:
            yield int(process.name)


def _state(pid: int) -> str:
    return (_stat(pid) or [""])[0]


def _parent(pid: int) -> int:
    stat = _stat(pid)
    return int(stat[1]) if stat else 0


def _stat(pid: int) -> list[str]:
    """From its state on; empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
