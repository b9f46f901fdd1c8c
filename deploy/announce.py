"""What the person at the terminal sees."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.state import State


class Progress:
    """One short line for each step, with the seconds it took."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._started

    def line(self, text: str) -> None:
        print(f"  {text}", flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        print(f"  {name} …", end="", flush=True)
        try:
            yield
        except BaseException:
            print(flush=True)
            raise
        print(f" {time.monotonic() - started:.1f} s", flush=True)


def announce(state: State, *, seconds: float) -> None:
    lines = ["", f"Reprise is ready after {seconds:.0f} s:  {state['url']}", ""]
    for login in state["logins"]:
        lines.append(
            f"  {login.get('role', 'login'):<12} {login.get('email')}   password {login.get('password')}"
        )
    for key in state["keys"]:
        lines.append(f"  {'API key':<12} {key.get('key')}   ({key.get('name')})")
    if state["mailbox"]:
        lines.append(f"  {'mails':<12} {state['mailbox']}")
    lines.append(f"  {'logs':<12} {state['logs']}")
    if state["try"]:
        lines += [
            "",
            "Try first:",
            *(f"  {number}. {text}" for number, text in enumerate(state["try"], start=1)),
        ]
    lines += ["", "Stop it with Ctrl-C here, or with `make stop`.", ""]
    print("\n".join(lines), flush=True)
