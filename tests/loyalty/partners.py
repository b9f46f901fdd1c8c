"""A partner, its links, and orders that came by it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from loyalty.models import Partner, PartnerLink, Payout
from loyalty.partners.close_month import close_month
from loyalty.partners.keep_partner import PartnerTerms, add_link, keep_partner
from shop.models import Order, Store
from tests.checkout.ask import order
from tests.factories import AT, number
from tests.loyalty.friends import follow


def partner(store: Store, **given: Any) -> Partner:
    """10 % of everything."""
    code = given.pop("code", f"partner-{number()}")
    fresh: dict[str, Any] = {"name": "Anna's blog", "default_bp": 1000}
    terms = PartnerTerms(**fresh | given)
    with transaction.atomic():
        return keep_partner(store, code, terms, by=None, at=AT)


def link(mine: Partner, code: str = "", path: str = "/") -> PartnerLink:
    with transaction.atomic():
        return add_link(mine, code or f"link-{number()}", path, at=AT)


def sent(mine: Partner, *, at: datetime = AT, **asked: Any) -> Order:
    """An order by the partner's traffic, paid at once."""
    made = order(mine.store, partner=mine.code, at=at, **{"paid_at": at} | asked).order
    follow(at=at)
    return made


def closed(store: Store, month: date, *, at: datetime) -> list[Payout]:
    with transaction.atomic():
        return close_month(store, month, by=None, at=at)
