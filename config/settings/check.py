"""For `make check` alone: the migration linter, which no installation carries."""

from config.settings.test import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
