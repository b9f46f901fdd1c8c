"""manage.py verify_ledger: recheck every balance, lot, discount and sealed day against the rows they are sums of."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty.check_books import check_whole, open_check
from loyalty.findings import Finding
from shop.models import Store


class Command(BaseCommand):
    help = (
        "Recheck the books of a store, or of all: balances, earned portions, discounts, days under seal. Answers with "
        "0 if all is well and 1 if something is off; what was found is kept and shown in the panel under Books."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", help="code of one store; all stores where it is not given")
        parser.add_argument("--json", action="store_true", help="one JSON document, for programs")

    def handle(self, *args: Any, store: str | None, **options: Any) -> None:
        found = {each.code: _check(each) for each in _stores(store)}
        wrong = sum(map(len, found.values()))
        as_json = bool(options["json"])
        if as_json:
            self._write_json(found)
        else:
            self._write(found)
        if wrong and as_json:
            sys.exit(1)
        if wrong:
            raise CommandError(f"{wrong} findings. Do not correct rows by hand: post adjustments.")

    def _write(self, found: dict[str, list[Finding]]) -> None:
        for code, findings in found.items():
            self.stdout.write(f"{code}: {len(findings)} findings")
            for finding in findings:
                self.stdout.write(
                    f"  {finding.code} {finding.subject}: expected {finding.expected}, found {finding.found}"
                )

    def _write_json(self, found: dict[str, list[Finding]]) -> None:
        stores = [
            {"store": code, "ok": not findings, "findings": msgspec.to_builtins(findings)}
            for code, findings in found.items()
        ]
        self.stdout.write(json.dumps({"ok": not any(found.values()), "stores": stores}, indent=2))


def _stores(code: str | None) -> list[Store]:
    stores = Store.objects.order_by("code")
    if code is None:
        return list(stores)
    found = list(stores.filter(code=code))
    if not found:
        raise CommandError(f"There is no store {code}. Look up its code in the panel, under Stores.")
    return found


def _check(store: Store) -> list[Finding]:
    at = timezone.now()
    return check_whole(open_check(store, key=f"command:{at.isoformat()}", by=None, at=at), at=at)
