"""What looks as if somebody had recommended the shop to himself. Signals only send a reward to a person's desk."""

import re
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from django.db import connection

from loyalty.models import Referral, ReviewDecision
from shop.models import Order, Person

HOUR = timedelta(hours=1)


class Signal(StrEnum):
    ADDRESS = "same_address"
    DEVICE = "same_device"
    CARD = "same_card"
    EMAIL = "same_email"
    MANY = "many_joins"


# Orders of those who would earn, found by their customer; a browser belongs to one customer only.
SAME = """
SELECT
    EXISTS (SELECT FROM shop_order theirs WHERE theirs.customer_id = ANY(%(line)s)
        AND theirs.address_hash = mine.address_hash),
    EXISTS (SELECT FROM shop_order theirs WHERE theirs.customer_id = ANY(%(line)s)
        AND theirs.card_hash = mine.card_hash),
    EXISTS (SELECT FROM shop_visitor browser WHERE browser.customer_id = ANY(%(line)s)
        AND browser.id = mine.visitor_id)
    OR EXISTS (SELECT FROM shop_order theirs WHERE theirs.customer_id = ANY(%(line)s)
        AND (theirs.visitor_id = mine.visitor_id OR theirs.visitor_id IN (
            SELECT id FROM shop_visitor WHERE customer_id = mine.customer_id)))
    OR EXISTS (SELECT FROM loyalty_linkclick click JOIN loyalty_referrallink link ON link.id = click.referral_link_id
        JOIN shop_visitor browser ON browser.id = click.visitor_id
        WHERE link.customer_id = ANY(%(line)s) AND browser.customer_id = link.customer_id
            AND click.visitor_id = mine.visitor_id)
FROM shop_order mine WHERE mine.id = %(order)s
"""


def signals_of(order: Order, line: Sequence[int], *, joins_an_hour_max: int) -> tuple[Signal, ...]:
    """What the buyer shares with one of those who would earn; none where a person has approved all of that before."""
    with connection.cursor() as cursor:
        cursor.execute(SAME, {"order": order.pk, "line": list(line)})
        address, card, device = cursor.fetchone()
    found = {Signal.ADDRESS: address, Signal.CARD: card, Signal.DEVICE: device}
    found[Signal.EMAIL] = _shares_email(order.customer_id, line)
    found[Signal.MANY] = _many_joined(order.customer_id, line[0], most=joins_an_hour_max)
    seen = tuple(signal for signal, is_there in found.items() if is_there)
    return () if seen and _was_approved(order, seen) else seen


def stem_of(email: str) -> str:
    """What several addresses of one person have in common: "a.nna+shop2@x.org" and "anna3@x.org" are "anna@x.org"."""
    local, _, domain = email.lower().partition("@")
    name = re.sub(r"[^a-z]", "", local.partition("+")[0]) or local
    return f"{name}@{domain}" if domain else ""


def _shares_email(buyer_id: int | None, line: Sequence[int]) -> bool:
    if buyer_id is None:
        return False
    rows = Person.objects.filter(customer_id__in=[buyer_id, *line]).exclude(email="")
    stems = {customer: stem_of(email) for customer, email in rows.values_list("customer_id", "email")}
    return buyer_id in stems and stems[buyer_id] in {stems.get(each) for each in line}


def _many_joined(buyer_id: int | None, referrer_id: int, *, most: int) -> bool:
    mine = Referral.objects.filter(customer_id=buyer_id).first() if buyer_id is not None else None
    if mine is None:
        return False
    near = Referral.objects.filter(referrer_id=referrer_id, at__gt=mine.at - HOUR, at__lt=mine.at + HOUR)
    return near.count() > most


def _was_approved(order: Order, seen: Sequence[Signal]) -> bool:
    """For this buyer, with all of these signals."""
    if order.customer_id is None:
        return False
    approved = ReviewDecision.objects.filter(case__order__customer_id=order.customer_id, is_approved=True)
    return approved.filter(case__signals__contains=[str(signal) for signal in seen]).exists()
