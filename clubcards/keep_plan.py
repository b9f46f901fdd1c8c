"""Set up a card plan, or change what it gives. The caller owns the transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from clubcards.errors import CardFault, CardRefused
from clubcards.models import CardPlan
from clubcards.plan_offers import delivery_terms, discount_terms
from loyalty.models import Offer
from loyalty.publish import pause, start, write_version
from pricing.values import WHOLE_BP
from shop.models import ProductGroup, Store, User
from shop.record import record

SETTINGS: Final = (
    "name",
    "kind",
    "discount_bp",
    "group",
    "line_limit_bp",
    "free_delivery_from",
    "is_active",
)


@dataclass(frozen=True, slots=True)
class KeptPlan:
    plan: CardPlan
    created: bool


def keep_plan(
    store: Store, code: str, settings: Mapping[str, Any], *, by: User | None, at: datetime
) -> KeptPlan:
    """Create or change the plan, and write its offers' terms from it; settings not given stay as they are.

    A discount or free delivery that is taken away leaves its offer paused, since orders keep the terms they were
    priced with. Raises CardRefused.
    """
    assert connection.in_atomic_block, "a plan and its offers are changed together"
    plan, created = CardPlan.objects.select_for_update().get_or_create(
        store=store, code=code, defaults={"name": settings.get("name") or code}
    )
    changed = [name for name in SETTINGS if name in settings and getattr(plan, name) != settings[name]]
    for name in changed:
        setattr(plan, name, settings[name])
    _refuse_unfit(plan, changed)
    plan.discount_offer = _keep_offer(
        plan, plan.discount_offer, f"card-{code}", discount_terms(plan), by=by, at=at
    )
    plan.delivery_offer = _keep_offer(
        plan, plan.delivery_offer, f"card-{code}-delivery", delivery_terms(plan), by=by, at=at
    )
    plan.save()
    if created or changed:
        _note(plan, created=created, changed=changed, by=by, at=at)
    return KeptPlan(plan, created)


def _refuse_unfit(plan: CardPlan, changed: list[str]) -> None:
    for name in ("discount_bp", "line_limit_bp"):
        rate_bp = getattr(plan, name)
        if rate_bp is not None and not 0 <= rate_bp <= WHOLE_BP:
            raise CardRefused(CardFault.RATE_OUT_OF_RANGE, attr=name)
    if plan.free_delivery_from is not None and plan.free_delivery_from < 0:
        raise CardRefused(CardFault.AMOUNT_OUT_OF_RANGE, attr="free_delivery_from")
    groups = ProductGroup.objects.filter(store_id=plan.store_id, code=plan.group)
    if plan.group and "group" in changed and not groups.exists():
        raise CardRefused(CardFault.UNKNOWN_GROUP, attr="group")


def _keep_offer(
    plan: CardPlan,
    offer: Offer | None,
    code: str,
    terms: dict[str, Any] | None,
    *,
    by: User | None,
    at: datetime,
) -> Offer | None:
    """The offer with these terms, running while the plan is in use; none is made where none is needed."""
    if terms is None:
        if offer is not None:
            pause(offer, at=at)
        return offer
    if offer is None:
        offer = _new_offer(plan, code)
    if offer.name != plan.name:
        offer.name = plan.name
        offer.save(update_fields=["name"])
    newest = offer.versions.order_by("-number").first()
    if newest is None or newest.document != terms:
        write_version(offer, terms, by=by, at=at)
    if plan.is_active:
        start(offer, at=at)
    else:
        pause(offer, at=at)
    return offer


def _new_offer(plan: CardPlan, code: str) -> Offer:
    if Offer.objects.filter(store_id=plan.store_id, code=code).exists():
        raise CardRefused(CardFault.OFFER_CODE_TAKEN, attr="code")
    return Offer.objects.create(store_id=plan.store_id, code=code, name=plan.name)


def _note(plan: CardPlan, *, created: bool, changed: list[str], by: User | None, at: datetime) -> None:
    record(
        "plan.added" if created else "plan.changed",
        store=plan.store,
        at=at,
        subject=f"plan:{plan.code}",
        data={"fields": sorted(changed), "by": by.pk if by else None},
    )
