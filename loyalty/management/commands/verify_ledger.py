"""manage.py verify_ledger: recheck every balance, lot and discount against the rows they are sums of."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loyalty.verify import verify_ledger
from shop.models import Store


class Command(BaseCommand):
    help = "Recheck the books of a store, or of all: balances, earned portions, discounts. Fails if something is off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", help="code of one store; all stores where it is not given")

    def handle(self, *args: Any, store: str | None, **options: Any) -> None:
        stores = Store.objects.order_by("code")
        if store is not None:
            stores = stores.filter(code=store)
            if not stores:
                raise CommandError(f"There is no store {store}. Look up its code in the panel, under Stores.")
        wrong = 0
        for each in stores:
            findings = verify_ledger(each)
            wrong += len(findings)
            self.stdout.write(f"{each.code}: {len(findings)} findings")
            for finding in findings:
                self.stdout.write(
                    f"  {finding.code} {finding.subject}: expected {finding.expected}, found {finding.found}"
                )
        if wrong:
            raise CommandError(f"{wrong} findings. Do not correct rows by hand: post adjustments.")
