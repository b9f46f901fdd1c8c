"""kill -9 of worker, beat, Valkey and PostgreSQL while mails are sent. The large campaign: `make soak NAME=kills`."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.soaks.killing.judge import Accepted, Said, judge
from bench.soaks.killing.kill import AFTER_250, TARGETS, plan_kills
from bench.soaks.kills import campaign

MARKETING = Said("plain.1@example.com", "marketing", "sent", "", "<1@x>", 7)
SERVICE = Said("plain.1@example.com", "service", "sent", "", "<2@x>", None)
TAKEN = [Accepted(one.address, one.purpose, one.message_id) for one in (MARKETING, SERVICE)]


def test_whatever_is_killed_every_message_is_decided_and_none_is_lost_or_said_twice(tmp_path: Path) -> None:
    found = campaign(tmp_path, n=60, times=1, seed=11, jumps=True, settle_seconds=150)
    assert found.failures == []
    assert found.facts["kills"] == dict.fromkeys(TARGETS, 1)
    # PostgreSQL died between a "250" and our commit, once for each purpose: both were in a dead sender's hands.
    assert found.facts["service_repeated_under_the_same_id"] >= 1
    assert found.facts["unknown_that_were_taken"] >= 1


def faults(*said: Said, taken: list[Accepted] = TAKEN, kills: int = 0) -> list[str]:
    return judge(said, taken, count=2, kills=kills)


def test_the_judge_has_no_objection_to_what_went_well() -> None:
    assert faults(MARKETING, SERVICE) == []
    assert faults(replace(MARKETING, status="unknown"), SERVICE, kills=1) == []
    assert faults(MARKETING, SERVICE, taken=[*TAKEN, TAKEN[1]]) == []


@pytest.mark.parametrize(
    ("marketing", "taken", "fault"),
    [
        (replace(MARKETING, status="sending"), TAKEN, "never decided (sending)"),
        (MARKETING, [*TAKEN, TAKEN[0]], "taken 2 times"),
        (MARKETING, [TAKEN[1]], "called sent, and lost"),
        (MARKETING, [TAKEN[1], replace(TAKEN[0], message_id="<3@x>")], "taken under another Message-ID"),
        (replace(MARKETING, coupon_id=None), TAKEN, "has no coupon"),
        (replace(MARKETING, status="failed", reason="gave_up"), TAKEN, "called failed, and taken"),
    ],
)
def test_the_judge_sees(marketing: Said, taken: list[Accepted], fault: str) -> None:
    assert any(fault in one for one in faults(marketing, SERVICE, taken=taken))


def test_the_judge_sees_a_service_message_that_was_given_up() -> None:
    assert "service to plain.1@example.com: ended as unknown (interrupted)" in faults(
        MARKETING, replace(SERVICE, status="unknown", reason="interrupted"), kills=1
    )


def test_the_judge_counts_the_unknown_against_the_kills() -> None:
    unknown = replace(MARKETING, status="unknown")
    assert faults(unknown, SERVICE, kills=0) == ["1 unknown after 0 kills: more than were in anybody's hands"]


def test_kills_come_at_seeded_moments_and_every_kind_as_often() -> None:
    plan = plan_kills(mails=850, times=5, seed=3)
    assert plan == plan_kills(mails=850, times=5, seed=3) != plan_kills(mails=850, times=5, seed=4)
    assert [kill.target for kill in plan].count("valkey") == 5
    assert sorted(kill.mails for kill in plan) == [kill.mails for kill in plan]
    assert {kill.delay_seconds for kill in plan if kill.target in AFTER_250} == {0.0}
