"""Addresses that must not be written to, kept as keyed hashes."""

from datetime import datetime

from django.utils.crypto import salted_hmac

from shop.models import Store
from triggers.models import Suppression

UNSUBSCRIBED = "unsubscribed"


def address_hash(store: Store, address: str) -> bytes:
    """HMAC-SHA-256 of the address under the installation's secret: it tells nothing, and outlives erasure."""
    normal = f"{store.pk}:{address.strip().casefold()}"
    return salted_hmac("triggers.suppression", normal, algorithm="sha256").digest()


def suppress(store: Store, address: str, *, reason: str, at: datetime) -> None:
    """Never write to the address again. A second time moves the moment; a graver reason is kept."""
    row, created = Suppression.objects.get_or_create(
        store=store,
        channel="email",
        address_hash=address_hash(store, address),
        defaults={"reason": reason, "at": at},
    )
    if not created and row.reason == reason:
        Suppression.objects.filter(pk=row.pk, at__lt=at).update(at=at)
