"""manage.py reseal_gift_codes: seal the codes of gift balances under the newest of GIFT_CODE_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from coupons.reseal_codes import reseal_codes


class Command(BaseCommand):
    help = "Seal the codes of gift balances under the newest key; then the old ones can leave GIFT_CODE_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        done, after = 0, 0
        while True:
            sealed, last = reseal_codes(after=after)
            done += sealed
            if last is None:
                break
            after = last
        self.stdout.write(f"{done} codes sealed anew.")
