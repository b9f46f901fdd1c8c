"""`make demo`: the whole product on this machine's loopback, with embedded servers."""

from config.settings import environment
from config.settings.base import *  # noqa: F403

SECRET_KEY = environment.required("SECRET_KEY", "(make demo keeps one in its data folder)")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
IS_DEMO = True
