"""Production refuses to start with a default where a secret or an address is meant, and says which."""

import os
import subprocess
import sys

import pytest

from deploy.check import OPERATORS_ENV
from deploy.layout import ROOT

WHOLE = {
    **OPERATORS_ENV,
    "SECRET_KEY": "0123456789abcdef" * 4,
    "DATABASE_URL": "postgres://reprise@db.example.com/reprise",
    "REDIS_URL": "redis://cache.example.com/0",
}


def load(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`manage.py diffsettings` with these variables and no others of ours."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", "diffsettings"]
    return subprocess.run(command, cwd=ROOT, env=bare | env, capture_output=True, text=True, check=False)


def test_with_everything_named_it_loads() -> None:
    loaded = load(WHOLE)
    assert loaded.returncode == 0, loaded.stderr
    assert "PUBLIC_URL = 'https://loyalty.example.com'" in loaded.stdout
    assert "SESSION_COOKIE_NAME = '__Host-session'" in loaded.stdout


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_without_one_of_them_it_refuses_and_names_it(name: str) -> None:
    refused = load({other: value for other, value in WHOLE.items() if other != name})
    assert refused.returncode != 0
    assert f"Reprise can not start: Set {name}, for example" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "changeme", "SECRET_KEY is too short or too regular"),
        ("SECRET_KEY", "a" * 64, "SECRET_KEY is too short or too regular"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name your hosts"),
    ],
)
def test_a_value_that_protects_nothing_is_refused(name: str, value: str, said: str) -> None:
    refused = load({**WHOLE, name: value})
    assert refused.returncode != 0
    assert said in refused.stderr
