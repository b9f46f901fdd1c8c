"""What the environment says, with errors that tell what to do."""

import os

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def required(name: str, example: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name}, for example {name}={example} (see docs/operator.md).")
    return value
