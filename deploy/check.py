"""The part of `make check` that asks Django: deployment settings, migrations, texts."""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping

from deploy.layout import ROOT
from deploy.servers import ServerUrls, private_servers

# Valid, and plainly nobody's: production settings refuse to start without.
OPERATORS_ENV = {
    "ALLOWED_HOSTS": "loyalty.example.com",
    "EMAIL_URL": "smtp://mail.example.com:587/?tls=1",
    "DEFAULT_FROM_EMAIL": "club@example.com",
}
APPS = (
    "config",
    "storefront",
    "panel",
    "reports",
    "triggers",
    "checkout",
    "coupons",
    "clubcards",
    "loyalty",
    "shop",
)
# They meet empty tables, whatever they do; every later one meets a running store's.
FOUNDING = ("0001_initial", "0002_activity_by_month", "0002_delivery_by_month")
# The linter cannot see that what they index is small: a table made in the same migration, the few rules and accounts of
# a programme itself, rewards with a key, of which there are none yet. Each locks a table for one look through it.
LOOKED_AT = (
    "0011_rewards_promised_to_customers",
    "0013_earning_rules_of_every_kind",
    "0014_gift_balances",
)
ANALYSER = ("--sql-analyser", "postgresql")  # it does not know the engine by its name
LINT = ("lintmigrations", "--project-root-path", ".", *ANALYSER, "--no-cache", "--quiet", "ok", "ignore")
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("production", ("check", "--deploy", "--fail-level", "WARNING")),
    ("test", ("makemigrations", "--check", "--dry-run")),
    ("check", (*LINT, "--include-apps", *APPS, "--ignore-name", *FOUNDING, *LOOKED_AT)),
    ("test", ("collect_messages", "--check")),
)


def main() -> int:
    with private_servers() as urls:
        # All of them, so that one run tells everything.
        failed = [command[0] for settings, command in CHECKS if not _passes(settings, command, urls=urls)]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def _passes(settings: str, command: tuple[str, ...], *, urls: ServerUrls) -> bool:
    env: Mapping[str, str] = {
        **os.environ,
        **OPERATORS_ENV,
        **urls.as_env(),
        "SECRET_KEY": secrets.token_hex(32),
        "DJANGO_SETTINGS_MODULE": f"config.settings.{settings}",
    }
    print(f"manage.py {' '.join(command)}", flush=True)
    done = subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
