"""End a card. The caller owns the transaction."""

from datetime import datetime

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest

from clubcards.models import Membership
from shop.models import User
from shop.record import record


def end(membership: Membership, *, at: datetime, by: User | None = None) -> bool:
    """From `at` on the card gives nothing. False where it had ended already: ending it again changes nothing."""
    assert connection.in_atomic_block, "the end of a card and its record belong together"
    still_held = Membership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), pk=membership.pk)
    has_ended = bool(still_held.update(ends_at=Greatest(F("starts_at"), at)))
    if has_ended:
        record(
            "card.ended",
            store=membership.store,
            at=at,
            customer=membership.customer,
            subject=f"card:{membership.pk}",
            subject_id=membership.customer_id,
            data={"plan": membership.plan.code, "by": by.pk if by else None},
        )
    membership.refresh_from_db(fields=["ends_at"])
    return has_ended
