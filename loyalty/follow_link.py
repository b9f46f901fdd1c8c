"""A visitor follows a customer's or a partner's link. The last one within 30 days says who brought an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from loyalty.acquirer import CLICK_COUNTS
from loyalty.models import LinkClick, PartnerLink, ReferralLink
from loyalty.referrals.links import read_link_code
from shop.models import Store, Visitor

CLICKS_KEPT = timedelta(days=90)
PRUNED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Click:
    """What a browser's page reports: the code that stood in the address, as it stood there."""

    visitor: UUID
    code: str
    at: datetime


def follow_links(store: Store, clicks: Sequence[Click]) -> int:
    """Keep the clicks on links of ours; a code that is nobody's leaves no trace. Returns how many were kept.

    The visitors are known already. Needs a transaction; four statements, however many clicks.
    """
    assert connection.in_atomic_block, "a click belongs to the transaction of its event"
    if not clicks:
        return 0
    customers = {
        link.code: link
        for link in ReferralLink.objects.filter(
            store=store, code__in={read_link_code(click.code) for click in clicks}
        )
    }
    partners = {
        link.code: link
        for link in PartnerLink.objects.filter(
            store=store, code__in={click.code.strip().lower() for click in clicks}, partner__is_active=True
        )
    }
    visitors = {
        visitor.key: visitor
        for visitor in Visitor.objects.filter(store=store, key__in={click.visitor for click in clicks})
    }
    rows = []
    for click in clicks:
        mine = customers.get(read_link_code(click.code))
        theirs = None if mine else partners.get(click.code.strip().lower())
        if (mine or theirs) and click.visitor in visitors:
            rows.append(
                LinkClick(
                    store=store,
                    visitor=visitors[click.visitor],
                    referral_link=mine,
                    partner_link=theirs,
                    at=click.at,
                )
            )
    return len(LinkClick.objects.bulk_create(rows))


def last_click(
    store: Store, *, visitor_id: int | None, customer_id: int | None, at: datetime
) -> LinkClick | None:
    """The newest within 30 days before `at`, by this browser or by one of the customer's; one query."""
    mine = Q(visitor_id=visitor_id) if visitor_id is not None else Q(pk__in=[])
    if customer_id is not None:
        mine |= Q(visitor__in=Visitor.objects.filter(store=store, customer_id=customer_id))
    found = LinkClick.objects.filter(mine, store=store, at__lte=at, at__gt=at - CLICK_COUNTS)
    return (
        found.select_related("referral_link__customer", "partner_link__partner")
        .order_by("-at", "-id")
        .first()
    )


def prune_clicks(*, at: datetime) -> int:
    """Forget what counts for nobody any more; a bounded batch, returns how many went."""
    with transaction.atomic():
        old = LinkClick.objects.filter(at__lt=at - CLICKS_KEPT).order_by("at").values("pk")[:PRUNED_AT_ONCE]
        gone, _ = LinkClick.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
        return gone
