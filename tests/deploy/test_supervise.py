"""The supervisor and its guard over children that only sleep."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.guard import Guard, birth, end_all
from deploy.spawn import Child
from tests.deploy.play_supervisor import spec
from tests.running_demo import ROOT, processes_of, wait_for


class Play:
    """play_supervisor.py in a process group of its own."""

    def __init__(self, folder: Path, *described: str) -> None:
        self.folder = folder
        self.output = folder.with_suffix(".out")
        folder.mkdir()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.deploy.play_supervisor", str(folder), *described],
                cwd=ROOT,
                stdout=output,
                process_group=0,
            )
        self.wait_to_hear("started")

    def said(self) -> list[str]:
        return self.output.read_text().splitlines()

    def wait_to_hear(self, text: str, *, seconds: float = 10) -> None:
        wait_for(lambda: any(text in line for line in self.said()), seconds=seconds, what=text)

    def processes(self) -> list[str]:
        own = str(self.process.pid)
        return [line for line in processes_of(self.folder) if line.split()[0] != own]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "play"


def test_ctrl_c_stops_the_last_started_first(folder: Path) -> None:
    play = Play(folder, "database", "worker", "web")
    os.killpg(play.process.pid, signal.SIGINT)
    assert play.process.wait(timeout=10) == 0
    assert play.said()[-3:] == ["stopping web", "stopping worker", "stopping database"]
    assert not play.processes()


def test_a_child_that_does_not_listen_is_killed_when_its_time_is_over(folder: Path) -> None:
    play = Play(folder, "stubborn:deaf")
    play.process.terminate()
    assert play.process.wait(timeout=10) == 0
    assert not play.processes()


def test_what_a_killed_child_forked_ends_before_it_is_started_again(folder: Path) -> None:
    play = Play(folder, "worker:forks")
    wait_for(lambda: len(play.processes()) == 2, seconds=5, what="both processes")
    before = {line.split()[0] for line in play.processes()}
    os.kill(min(int(pid) for pid in before), signal.SIGKILL)
    play.wait_to_hear("worker started again")
    wait_for(lambda: len(play.processes()) == 2, seconds=5, what="both processes again")
    assert before.isdisjoint(line.split()[0] for line in play.processes())
    play.process.terminate()
    play.process.wait(timeout=10)


def test_a_child_that_keeps_failing_is_tried_ever_more_rarely(folder: Path) -> None:
    play = Play(folder, "broken:fails", "web")
    play.wait_to_hear("broken ended (exit code 3); starting it again in 2 s")
    assert [line.rpartition(" in ")[2] for line in play.said() if "ended" in line] == ["0.5 s", "1 s", "2 s"]
    assert len(play.processes()) == 1
    play.process.terminate()
    assert play.process.wait(timeout=10) == 0


def test_nothing_outlives_a_killed_supervisor_not_even_what_children_forked(folder: Path) -> None:
    play = Play(folder, "worker:forks", "stubborn:deaf")
    wait_for(lambda: len(play.processes()) == 3, seconds=5, what="all three processes")
    play.process.kill()
    play.process.wait()
    wait_for(lambda: not play.processes(), seconds=10, what="the end of all")


def test_a_revived_guard_knows_what_the_killed_one_held(tmp_path: Path) -> None:
    guard = Guard()
    folder = tmp_path / "goes"
    folder.mkdir()
    guard.remove(folder)
    child = Child(spec("worker:forks", folder=tmp_path), guard=guard)
    child.start()
    wait_for(lambda: len(processes_of(tmp_path)) == 2, seconds=5, what="both processes")
    os.kill(guard.pid, signal.SIGKILL)
    wait_for(guard.revive, seconds=5, what="the guard's end")
    guard.close()
    wait_for(lambda: not processes_of(tmp_path), seconds=10, what="the end of both")
    assert not folder.exists()
    child.bury()


def test_a_guard_leaves_a_later_process_with_the_same_number_alone(tmp_path: Path) -> None:
    guard = Guard()
    child = Child(spec("stranger", folder=tmp_path), guard=guard)
    child.start()
    assert child.pid is not None
    born_earlier = str(int(birth(child.pid)) - 1)
    end_all({child.pid: (signal.SIGKILL, born_earlier)})
    assert child.exit_status() is None
    end_all({child.pid: (signal.SIGKILL, birth(child.pid))})
    wait_for(lambda: child.exit_status() is not None, seconds=5, what="its end")
    child.bury()
    guard.close()
