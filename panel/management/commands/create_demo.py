"""manage.py create_demo: the demo store, its people and its log-ins. `make demo` runs it at every start."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from panel.demo.keep_access import keep_access
from panel.demo.open_demo import claim_path, fill_store, open_store


class Command(BaseCommand):
    # Every start runs it right after migrate, which has made them.
    requires_system_checks = ()
    help = "Make the demo store Regency Gifts: real orders, made-up people. Does nothing where it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "IS_DEMO", False):
            raise CommandError(
                "This makes log-ins whose passwords lie in a file: only with the demo's settings."
            )
        path = os.environ.get("DEMO_FILE")
        store = open_store()
        if not fill_store(store, at=timezone.now(), tell=self.stdout.write):
            self.stdout.write("The demo store is there already.")
        access = keep_access(store, Path(path) if path else None, claim_path=claim_path(store))
        if not path:
            self.show(access)

    def show(self, access: dict[str, Any]) -> None:
        for login in access["logins"]:
            self.stdout.write(f"{login['role']}: {login['email']} {login['password']}")
        for key in access["keys"]:
            self.stdout.write(f"{key['name']}: {key['key']}")
