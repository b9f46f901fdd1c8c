"""How much somebody may issue by hand in one gift balance, by their role in the store."""

from coupons.issue_balance import GiftFault, GiftRefused
from coupons.models import GiftLimit
from shop.models import Role, Store


def limit_of(store: Store, role: str) -> int | None:
    """In minor units; None for owners, who have no limit; 0 where nobody has set one."""
    if role == Role.OWNER:
        return None
    found = GiftLimit.objects.filter(store=store, role=role).values_list("amount_max", flat=True).first()
    return found or 0


def refuse_above_limit(store: Store, role: str, amount: int) -> None:
    """Raises GiftRefused."""
    most = limit_of(store, role)
    if most is not None and amount > most:
        raise GiftRefused(GiftFault.ABOVE_LIMIT)
