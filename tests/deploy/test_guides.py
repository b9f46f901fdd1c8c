"""Every command of the guides and of README, run as it stands against a running demo."""

import gzip
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.read_guide import Answer, commands_of, run_in_one_shell
from tests.flows.act import OpenedStore, Panel
from tests.running_demo import ROOT, RunningDemo, running_demo
from tests.shop.importing.write_csv import row, text_of

# The address that the guides name; the demo under test has a port of its own.
WRITTEN_URL = "http://127.0.0.1:8000"
# What the guide says is refused.
# The second: the guide's reader builds that offer in the panel; tests/api starts its countdown.
REFUSED = {"expected_payable": "price_changed", "/offers/rush/countdown": "offer_unknown"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("guides")) as running:
        yield running


def shell_env(demo: RunningDemo, **more: str) -> dict[str, str]:
    return {**demo.env, "PATH": os.environ["PATH"], **more}


def made_for(demo: RunningDemo, guide: str) -> list[str]:
    return [command.replace(WRITTEN_URL, demo.url) for command in commands_of(guide)]


def test_the_storefronts_guide_works_from_its_first_command_to_its_last(
    demo: RunningDemo, tmp_path: Path
) -> None:
    start, create, *rest = made_for(demo, "docs/storefront.md")
    assert start == "make demo DETACH=1"
    opened = subprocess.run(
        create, shell=True, cwd=ROOT, env=shell_env(demo), capture_output=True, text=True, check=True
    )  # the guide's own words
    store = json.loads(opened.stdout[opened.stdout.index("{") :])
    set_up_friends(demo, OpenedStore(store["store"], store["owner"], store["password"], store["key"]))
    answers = run_in_one_shell(rest, env=shell_env(demo, KEY=store["key"]), folder=tmp_path)
    for answer in answers:
        assert answer.error == expected_error(answer), f"{answer.command}\n{answer.text}"
    told = {
        answer.command: json.loads(answer.text) for answer in answers if answer.command.startswith("ask ")
    }
    (refused,) = next(said for command, said in told.items() if "NOPE" in command)["refused"]
    assert refused["code"] == "unknown_code"
    assert len(told) >= 25


def set_up_friends(demo: RunningDemo, store: OpenedStore) -> None:
    """The campaign that the guide asks for, by the panel's form."""
    panel, path = Panel(demo, store), "/panel/coupons/new/"
    answers = {"name": "Friends", "way": "gift", "amount": "5.00", "minimum": "20.00", "valid_days": "30"}
    panel.submit(path, {**answers, "look": ""})
    assert "/panel/campaigns/friends/" in panel.submit(path, {**answers, "start": ""}).url


def expected_error(answer: Answer) -> str | None:
    return next((code for part, code in REFUSED.items() if part in answer.command), None)


def test_readmes_quote_applies_the_demos_public_code(demo: RunningDemo, tmp_path: Path) -> None:
    (quote,) = [command for command in made_for(demo, "README.md") if command.startswith("curl")]
    said = json.loads(curl(demo, quote, folder=tmp_path))
    assert [each["offer"] for each in said["applied"] if each["coupon"]] == ["welcome-everybody"]


def test_the_marketers_report_answers(demo: RunningDemo, tmp_path: Path) -> None:
    report, *_ = made_for(demo, "docs/marketer.md")
    said = json.loads(curl(demo, report, folder=tmp_path))
    assert said["sent"] > 0
    assert said["orders"] > 0
    assert said["margin"] is not None


def curl(demo: RunningDemo, command: str, *, folder: Path) -> str:
    env = shell_env(demo, KEY=demo.state()["keys"][0]["key"])
    return run_in_one_shell([command], env=env, folder=folder)[0].text


def test_the_admins_commands_import_and_verify(demo: RunningDemo, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv.gz"
    orders.write_bytes(gzip.compress(text_of(row("G-1", customer="guide-1")).encode()))
    imports, verify = made_for(demo, "docs/admin.md")
    assert imports in made_for(demo, "README.md")
    commands = [imports.replace("orders.csv.gz", str(orders)), verify]
    _imported, verified = run_in_one_shell(commands, env=shell_env(demo), folder=tmp_path)
    assert "regency-gifts: 0 findings" in verified.text
