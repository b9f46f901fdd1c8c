"""Write down that the code of a gift balance was shown: a code is money, so each look leaves a trace."""

from datetime import datetime

from coupons.models import GiftBalance
from shop.models import Store, User
from shop.record import record


def note_shown(balance: GiftBalance, *, store: Store, by: User | None, at: datetime) -> None:
    """`by` is None where the storefront asked for its holder. The caller owns the transaction."""
    record(
        "gift_balance.shown",
        store=store,
        at=at,
        customer=balance.customer,
        subject=f"gift_balance:{balance.pk}",
        data={"by": by.pk if by else None},
    )
