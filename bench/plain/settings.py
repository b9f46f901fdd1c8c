"""The product's settings with the bench's plain view among its addresses."""

from config.settings.test import *  # noqa: F403

ROOT_URLCONF = "bench.plain.urls"
