"""kill -9 of worker, beat, Valkey and PostgreSQL while N messages are sent: `make soak NAME=kills N=1000 SEED=1`.

The whole product runs as `make demo` starts it, and its supervisor starts again what was killed. Valkey keeps nothing
on disk, so its data is gone each time. What the SMTP server took is compared with what the database says in the end.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figures import Evidence
from bench.soaks.killing.judge import OPEN, Said, judge, tell
from bench.soaks.killing.kill import TARGETS, Killer, plan_kills
from bench.soaks.killing.sink import Sink, running_sink
from tests.running_demo import ROOT, RunningDemo, running_demo

# Of each kind, for so many messages.
MESSAGES_PER_KILL = 200
# Not quite: one in seven or eight is never handed over (no consent, refused, too late).
HANDED_OVER = 0.85
LOOK_SECONDS = 2.0
# A message in a dead sender's hands is decided after three minutes of silence, by a job that runs each minute.
SETTLE_SECONDS = 900.0
# Longer than any restart but the ones that the supervisor puts off.
QUIET_SECONDS = 10.0
JUMP_SECONDS = 240


def soak(*, n: int, seed: int) -> Evidence:
    with tempfile.TemporaryDirectory(prefix="reprise-kills-") as folder:
        return campaign(Path(folder), n=n, times=max(1, n // MESSAGES_PER_KILL), seed=seed)


def campaign(
    folder: Path,
    *,
    n: int,
    times: int,
    seed: int,
    jumps: bool = False,
    settle_seconds: float = SETTLE_SECONDS,
) -> Evidence:
    """Each kind of kill so many times. `jumps`: once no mail has come for a while, the store's clock is moved on and
    `manage.py tick` rings, instead of waiting for both."""
    killer = Killer(pids=dict, waiting=plan_kills(mails=int(n * HANDED_OVER), times=times, seed=seed))
    with (
        running_sink(killer.on_mail, first=int(n * HANDED_OVER)) as sink,
        running_demo(folder, extra_env={"EMAIL_URL": sink.url}, is_empty=True) as demo,
    ):
        killer.pids = lambda: demo.state().get("pids", {})
        count = int(_play(demo, "open", str(n)))
        started = time.monotonic()
        _play(demo, "release")
        said = _settle(demo, sink, jumps=jumps, until=started + settle_seconds)
        seconds = time.monotonic() - started
        supervisor = demo.said()
    failures = judge(said, sink.accepted, count=count, kills=len(killer.done))
    failures += [f"not killed any more: {kill.target}" for kill in killer.waiting]
    facts: dict[str, Any] = {
        "kills": {target: sum(kill.target == target for kill in killer.done) for target in TARGETS},
        **tell(said, sink.accepted),
        "restarts": supervisor.count("started again"),
        "deaf_workers": supervisor.count("is deaf"),
        "longest_gap_between_mails_seconds": round(sink.longest_gap, 1),
        "seconds_until_all_were_decided": round(seconds, 1),
    }
    return Evidence("kills", tried=count, failures=failures, facts=facts)


def _settle(demo: RunningDemo, sink: Sink, *, jumps: bool, until: float) -> list[Said]:
    """Until every message is decided, or nobody can hope for that any more."""
    jumped_at = time.monotonic()
    said = _look(demo)
    while any(one.status in OPEN for one in said) and time.monotonic() < until:
        if jumps and min(sink.seconds_of_quiet(), time.monotonic() - jumped_at) > QUIET_SECONDS:
            # Either may meet with a kill as well; then the next one will do.
            _run(demo, "forward", str(JUMP_SECONDS))
            _run(demo, "tick")
            jumped_at = time.monotonic()
        time.sleep(LOOK_SECONDS)
        said = _look(demo) or said
    return said


def _look(demo: RunningDemo) -> list[Said]:
    """Empty while PostgreSQL is down."""
    done = _run(demo, "look")
    return [Said(**row) for row in json.loads(done.stdout)] if done.returncode == 0 else []


def _play(demo: RunningDemo, *arguments: str) -> str:
    done = _run(demo, *arguments)
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} failed:\n{done.stderr}")
    return done.stdout


def _run(demo: RunningDemo, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench.soaks.killing.play_store", *arguments],
        cwd=ROOT,
        env={**os.environ, **demo.env, **demo.state()["env"]},
        capture_output=True,
        text=True,
        check=False,
    )
