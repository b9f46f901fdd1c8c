"""The web process."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

# Objects that a thread may make before it looks for circles among them. A request makes thousands and leaves none.
NEW_OBJECTS_MAX = 20_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
os.environ.setdefault("REPRISE_PROCESS", "web")

application = get_wsgi_application()

# The views are loaded now rather than by the first request, and what is loaded stays for good: it is never looked
# through for garbage, and workers that are forked from here go on sharing it.
assert get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(NEW_OBJECTS_MAX, 20, 20)
