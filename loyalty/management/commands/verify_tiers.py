"""manage.py verify_tiers STORE: recompute every customer's tier from the facts and compare it with the stored one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.models import TierStatus
from loyalty.tiers.recompute import wrong_tiers
from shop.models import Store

BATCH = 500


class Command(BaseCommand):
    help = "Recompute all tiers of a store from the facts; exits with 1 where a stored one differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("store", help="Short name of the store, for example candles.")

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(code=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store {options['store']}.")
        found = looked = 0
        last = 0
        rows = TierStatus.objects.filter(store=store).order_by("customer_id")
        while ids := list(rows.filter(customer_id__gt=last).values_list("customer_id", flat=True)[:BATCH]):
            for wrong in wrong_tiers(store, ids):
                found += 1
                self.stdout.write(
                    f"customer:{wrong.customer_id}: {wrong.found} is stored, {wrong.expected} is right"
                )
            looked, last = looked + len(ids), ids[-1]
        self.stdout.write(f"{looked} tiers, {found} wrong")
        if found:
            raise CommandError(
                "Facts that still wait are acted on within seconds; look again, then ask for help."
            )
