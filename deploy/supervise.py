"""Starts children in order, starts again what dies, stops everything in reverse."""

import signal
import time
from collections.abc import Callable, Sequence

from deploy.errors import DeployError
from deploy.guard import Guard
from deploy.spawn import Child, ChildSpec, tail

STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
WATCH_SECONDS = 0.5
RESTART_SECONDS_MIN = 0.5
RESTART_SECONDS_MAX = 30.0
# A child that lived this long has recovered: its next restart is quick again.
STEADY_SECONDS = 60.0


class Stopped(Exception):
    """Somebody asked to stop during the start."""


class Supervisor:
    """Blocks the stop signals and looks for them where it is safe to; everything runs in one thread.

    `report` gets one line for each thing that happened; `changed` is called when a process id is new.
    """

    def __init__(
        self, *, guard: Guard, report: Callable[[str], None], changed: Callable[[], None] = lambda: None
    ) -> None:
        self._guard = guard
        self._report = report
        self._changed = changed
        self._children: list[Child] = []
        self._delays: dict[str, float] = {}
        self._due: dict[str, float] = {}
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS | {signal.SIGCHLD})

    def pids(self) -> dict[str, int]:
        running = {child.spec.name: child.pid for child in self._children}
        return {name: pid for name, pid in running.items() if pid is not None}

    def start(self, specs: Sequence[ChildSpec]) -> None:
        """All at once, then wait until each is ready. Raises DeployError or Stopped; `stop` is yours."""
        children = [Child(spec, guard=self._guard) for spec in specs]
        for child in children:
            self._children.append(child)
            child.start()
        for child in children:
            child.wait_ready(keep_waiting=self._not_asked_to_stop)
        self._changed()

    def begin(self, spec: ChildSpec) -> Child:
        """A command that ends by itself; collect it with `finish`."""
        child = Child(spec, guard=self._guard)
        self._children.append(child)
        child.start()
        return child

    def finish(self, child: Child) -> None:
        """Wait for a command. Raises DeployError with the end of its log if it failed, or Stopped."""
        while (status := child.exit_status()) is None:
            self._not_asked_to_stop()
            time.sleep(0.02)
        child.bury()
        self._children.remove(child)
        if status:
            raise DeployError(f"{child.spec.name} failed ({describe(status)}).\n{tail(child.spec.log)}")

    def watch(self, *, besides: Callable[[], None] = lambda: None) -> None:
        """Until a stop signal comes. `besides` is called twice a second."""
        while True:
            found = signal.sigtimedwait(STOP_SIGNALS | {signal.SIGCHLD}, WATCH_SECONDS)
            if found is not None and found.si_signo in STOP_SIGNALS:
                return
            if self._guard.revive():
                self._report("guard was gone; started again")
                self._changed()
            for child in self._children:
                self._look_after(child)
            besides()

    def restart(self, name: str) -> None:
        """Stop it; `watch` starts it again."""
        for child in self._children:
            if child.spec.name == name and child.pid is not None:
                child.stop()
                self._due[name] = time.monotonic()

    def stop(self) -> None:
        for child in reversed(self._children):
            if child.pid is not None:
                self._report(f"stopping {child.spec.name}")
                child.stop()
        self._children.clear()

    def _look_after(self, child: Child) -> None:
        name = child.spec.name
        if child.pid is None:
            if time.monotonic() >= self._due[name]:
                self._start_again(child)
            return
        status = child.exit_status()
        if status is None:
            return
        child.bury()
        delay = self._next_delay(child)
        self._due[name] = time.monotonic() + delay
        self._report(f"{name} ended ({describe(status)}); starting it again in {delay:g} s")
        self._changed()

    def _start_again(self, child: Child) -> None:
        name = child.spec.name
        try:
            child.start()
        except (DeployError, OSError) as error:
            delay = self._next_delay(child)
            self._due[name] = time.monotonic() + delay
            self._report(f"{name} cannot start: {error}; next try in {delay:g} s")
            return
        self._report(f"{name} started again as process {child.pid}")
        self._changed()

    def _next_delay(self, child: Child) -> float:
        """Doubles from one failure to the next, up to a limit, until the child has lived for a while."""
        name = child.spec.name
        if time.monotonic() - child.started_at >= STEADY_SECONDS:
            self._delays.pop(name, None)
        previous = self._delays.get(name, 0.0)
        self._delays[name] = min(RESTART_SECONDS_MAX, max(RESTART_SECONDS_MIN, previous * 2))
        return self._delays[name]

    def _not_asked_to_stop(self) -> bool:
        if STOP_SIGNALS & signal.sigpending():
            raise Stopped
        return True


def describe(status: int) -> str:
    if status >= 0:
        return f"exit code {status}"
    return signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
