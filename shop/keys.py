"""API keys: 256 random bits, shown once, kept as a prefix to recognise them by and a SHA-256 to find them by."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from shop.models import ApiKey, Store

SERVER_SCOPES = (
    "store:read",
    "customers:read",
    "customers:write",
    "products:read",
    "products:write",
    "carts:write",
    "orders:read",
    "orders:write",
    "quotes:write",
    "events:write",
    "campaigns:read",
    "reports:read",
    "coupons:read",
    "coupons:write",
    "gift_balances:read",
    "gift_balances:write",
    "cards:read",
    "cards:write",
    "sandbox:write",
)
# A widget's key can be read in the page's source, so it may only report what happens and ask what a cart costs.
WIDGET_SCOPES = ("events:write", "quotes:write")

PREFIX_LENGTH = 11
# Last use is shown to the minute: one write a minute and key, whatever the traffic.
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class KeyRefused(Exception):
    """No such key may be made; the text tells why."""


def issue_key(store: Store, *, name: str, kind: str, scopes: Collection[str]) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again. Raises KeyRefused for a scope the kind may not have."""
    allowed = SERVER_SCOPES if kind == ApiKey.Kind.SERVER else WIDGET_SCOPES
    if unknown := sorted(set(scopes) - set(allowed)):
        raise KeyRefused(_("A key of this kind can not have: %(scopes)s") % {"scopes": ", ".join(unknown)})
    secret = "rk_" + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        store=store,
        name=name,
        kind=kind,
        prefix=secret[:PREFIX_LENGTH],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
    )
    return key, secret


def find_key(secret: str, *, at: datetime) -> ApiKey | None:
    """The living key with this secret, its store loaded with it: one query."""
    living = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    keys = ApiKey.objects.select_related("store").filter(living, revoked_at__isnull=True)
    return keys.filter(digest=digest_of(secret)).first()


def note_use(key: ApiKey, *, at: datetime) -> None:
    """Remember when the key was last used, to the minute."""
    if key.last_used_at and key.last_used_at > at - USE_IS_NOTED_EVERY:
        return
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)


def revoke_key(key: ApiKey, *, at: datetime) -> None:
    """From now on the key opens nothing. Revoking it again keeps the first moment."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=at)


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
