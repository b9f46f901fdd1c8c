"""Seal the codes of gift balances anew, under the newest key: the old one can then be taken out of the settings."""

from django.db import transaction

from coupons.gift_codes import hashes_of, open_code, seal_code
from coupons.models import GiftBalance

BATCH = 500


def reseal_codes(*, after: int = 0) -> tuple[int, int | None]:
    """One batch of those with a number above `after`; returns how many were sealed anew, and the number to go on from,
    None at the end. Safe to run twice at once. Raises CodeUnreadable where no key opens a code."""
    with transaction.atomic():
        rows = GiftBalance.objects.filter(pk__gt=after).order_by("pk").select_for_update(no_key=True)
        found = list(rows[:BATCH])
        stale = [balance for balance in found if not _is_newest(balance)]
        for balance in stale:
            sealed = seal_code(open_code(bytes(balance.code_cipher)), store_id=balance.store_id)
            balance.code_hash, balance.code_cipher = sealed.code_hash, sealed.code_cipher
        GiftBalance.objects.bulk_update(stale, ["code_hash", "code_cipher"])
    return len(stale), found[-1].pk if found else None


def _is_newest(balance: GiftBalance) -> bool:
    code = open_code(bytes(balance.code_cipher))
    return bytes(balance.code_hash) == hashes_of(code, store_id=balance.store_id)[0]
