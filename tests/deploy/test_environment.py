"""Own servers and the environment of the processes."""

from pathlib import Path

import pytest

from deploy.environment import plan_environment
from deploy.errors import DeployError
from deploy.layout import Layout, layout_from
from deploy.product import server_specs
from deploy.sockets import PATH_BYTES_MAX, socket_path


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(data_dir=tmp_path / "data", run_dir=tmp_path / "run", port=8000)
    layout.make_folders()
    return layout


def names(layout: Layout, environ: dict[str, str]) -> list[str]:
    return [spec.name for spec in server_specs(plan_environment(layout, environ=environ), layout=layout)]


def test_all_servers_are_ours_by_default(layout: Layout) -> None:
    assert names(layout, {}) == ["postgres", "valkey", "sink"]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("DATABASE_URL", ["valkey", "sink"]),
        ("REDIS_URL", ["postgres", "sink"]),
        ("BROKER_URL", ["postgres", "valkey", "sink"]),
        ("EMAIL_URL", ["postgres", "valkey"]),
    ],
)
def test_a_server_of_the_users_own_is_used_instead_of_ours(
    layout: Layout, name: str, left: list[str]
) -> None:
    plan = plan_environment(layout, environ={name: "scheme://own.example/1"})
    assert [spec.name for spec in server_specs(plan, layout=layout)] == left
    assert plan.env[name] == "scheme://own.example/1"


def test_an_empty_variable_counts_as_none(layout: Layout) -> None:
    assert names(layout, {"DATABASE_URL": " ", "REDIS_URL": ""}) == ["postgres", "valkey", "sink"]


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://cache.example:6379/3", "redis://cache.example:6379/3"),
        ("unix:///run/redis.sock?db=2", "redis+socket:///run/redis.sock?virtual_host=2"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_the_broker_is_where_the_users_redis_is(layout: Layout, redis: str, broker: str) -> None:
    assert plan_environment(layout, environ={"REDIS_URL": redis}).env["BROKER_URL"] == broker


def test_the_secret_is_made_once_unless_it_is_given(layout: Layout) -> None:
    first = plan_environment(layout, environ={}).env["SECRET_KEY"]
    assert len(first) >= 50
    assert plan_environment(layout, environ={}).env["SECRET_KEY"] == first
    assert plan_environment(layout, environ={"SECRET_KEY": "given"}).env["SECRET_KEY"] == "given"


def test_socket_paths_stay_short_however_deep_the_data_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 120)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    assert len(str(socket_path(deep / "data") / ".s.PGSQL.5432.lock")) <= PATH_BYTES_MAX


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000x", "٣"])
def test_a_port_has_to_be_one(port: str) -> None:
    with pytest.raises(DeployError, match="is not a port number"):
        layout_from({"PORT": port})


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_first_and_the_last_port_are_ports(port: str) -> None:
    assert layout_from({"PORT": port}).port == int(port)
