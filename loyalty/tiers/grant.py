"""Give a customer a tier by hand until a day, or take back what was given. The edge owns the transaction."""

from datetime import datetime
from enum import StrEnum

from django.db import connection

from loyalty.models import Tier, TierGrant
from loyalty.tiers.recompute import recompute
from shop.models import Customer, User


class GrantFault(StrEnum):
    NO_REASON = "no_reason"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"


class GrantRefused(ValueError):
    def __init__(self, code: GrantFault) -> None:
        super().__init__(code.value)
        self.code = code


def grant_tier(
    customer: Customer,
    tier: Tier,
    *,
    until: datetime,
    reason: str,
    by: User | None,
    at: datetime,
    at_recorded: datetime,
) -> TierGrant:
    """The customer stands at least in `tier` until then, whatever is earned meanwhile. Raises GrantRefused."""
    assert tier.store_id == customer.store_id, "a tier of another store is nobody's"
    if until <= at:
        raise GrantRefused(GrantFault.ENDS_BEFORE_IT_BEGINS)
    return _keep(
        TierGrant(tier=tier, until_at=until), customer, reason, by=by, at=at, at_recorded=at_recorded
    )


def end_grant(
    customer: Customer, *, reason: str, by: User | None, at: datetime, at_recorded: datetime
) -> TierGrant:
    """From now on only what was earned counts. Raises GrantRefused."""
    return _keep(TierGrant(), customer, reason, by=by, at=at, at_recorded=at_recorded)


def _keep(
    grant: TierGrant,
    customer: Customer,
    reason: str,
    *,
    by: User | None,
    at: datetime,
    at_recorded: datetime,
) -> TierGrant:
    assert connection.in_atomic_block, "the edge owns the transaction"
    if not reason.strip():
        raise GrantRefused(GrantFault.NO_REASON)
    grant.store, grant.customer, grant.reason, grant.by, grant.at = (
        customer.store,
        customer,
        reason.strip(),
        by,
        at,
    )
    grant.save()
    recompute(customer.store, [customer.pk], at=at, at_recorded=at_recorded)
    return grant
