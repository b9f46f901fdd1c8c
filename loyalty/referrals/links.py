"""A customer's own link and code, made when it is first asked for."""

import secrets
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from loyalty.models import ReferralLink
from shop.models import Customer, Store

# Without 0 O 1 I L, which people mistake for one another. 31 letters in 12 places are 59 bits.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH: Final = 12
# Two equal codes in a row do not happen; a bound all the same.
TRIES_MAX: Final = 5


def make_link(customer: Customer, *, at: datetime) -> ReferralLink:
    """The customer's link: made once, the same one on every call and however many ask at once."""
    assert connection.in_atomic_block, "the edge owns the transaction"
    mine = ReferralLink.objects.filter(customer=customer)
    for _ in range(TRIES_MAX):
        found = mine.first()
        if found is not None:
            return found
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        fresh = ReferralLink(store_id=customer.store_id, customer=customer, code=code, made_at=at)
        ReferralLink.objects.bulk_create([fresh], ignore_conflicts=True)
    raise RuntimeError("no free code was found")


def read_link_code(typed: str) -> str:
    """A code as it is kept: capitals, without spaces and hyphens."""
    return "".join(typed.replace("-", "").split()).upper()


def owner_of(store: Store, typed: str) -> Customer | None:
    """Whose code it is; None: nobody's."""
    links = ReferralLink.objects.filter(store=store, code=read_link_code(typed))
    link = links.select_related("customer__merged_into").first()
    return None if link is None else link.customer.merged_into or link.customer


def address_of(store: Store, code: str) -> str:
    """What people pass on: it leads to the store's own domain."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/go/{store.code}/{code}/"
