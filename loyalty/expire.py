"""End the points whose time is over. Late or doubled runs change nothing: readers and spending go by time."""

from datetime import datetime

from django.db import connection, transaction

from loyalty.models import Account
from loyalty.transfer_accounts import programme_account
from loyalty.transfer_lots import expire_lots
from shop.models import Store

# Portions at a time: what is locked for them is free again within a tenth of a second.
BATCH = 200

# The first portions by their ends; those that have ended before are gone from the index. Accounts that somebody else
# works on are passed over; a sandbox goes by its own clock.
CLAIM = """
WITH due AS (
    (
        SELECT account_id FROM loyalty_lot
        WHERE "left" > 0 AND "left" > held AND ends_at <= %(at)s ORDER BY ends_at LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT lot.account_id FROM shop_store ahead
        JOIN loyalty_account mine ON mine.store_id = ahead.id AND mine.balance > 0
        JOIN loyalty_lot lot ON lot.account_id = mine.id AND lot."left" > 0 AND lot."left" > lot.held
            AND lot.ends_at <= %(at)s + make_interval(secs => ahead.clock_shift_seconds)
        WHERE ahead.clock_shift_seconds > 0 LIMIT %(limit)s
    )
)
SELECT account.id, account.store_id, %(at)s + make_interval(secs => store.clock_shift_seconds)
FROM loyalty_account account JOIN shop_store store ON store.id = account.store_id
WHERE account.id = ANY(ARRAY(SELECT account_id FROM due))
ORDER BY account.id
FOR NO KEY UPDATE OF account SKIP LOCKED
"""


def expire_due(*, at: datetime) -> int:
    """One batch of accounts; returns how many lots have ended. `at` is the clock; each store adds its own shift."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, {"at": at, "limit": BATCH})
            rows = cursor.fetchall()
        if not rows:
            return 0
        for store in Store.objects.filter(pk__in={store_id for _, store_id, _ in rows}):
            programme_account(store, Account.Kind.EXPIRED)
        return expire_lots({account_id: moment for account_id, _, moment in rows}, at_recorded=at)
