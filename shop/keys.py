"""API keys: 256 random bits, shown once, kept as a prefix to recognise them by and a SHA-256 to find them by."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from shop.models import ApiKey, Store
from shop.prepared import Prepared
from shop.read_joined import ALL, Joined

SERVER_SCOPES = (
    "store:read",
    "customers:read",
    "customers:write",
    "customers:merge",
    "customers:export",
    "customers:erase",
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
    with connection.cursor() as cursor:
        LIVING.execute(cursor, {"digest": digest_of(secret), "at": at})
        row = cursor.fetchone()
    if row is None:
        return None
    key: ApiKey
    key, key.store = _KEY_AND_STORE.read(row)
    return key


_KEY_AND_STORE = Joined({ApiKey: ALL, Store: ALL})
LIVING = Prepared(
    # Names of our own tables and columns only; the values are parameters.
    f"""
SELECT {_KEY_AND_STORE.columns} FROM shop_apikey JOIN shop_store ON shop_store.id = shop_apikey.store_id
WHERE shop_apikey.digest = %(digest)s AND shop_apikey.revoked_at IS NULL
    AND (shop_apikey.ends_at IS NULL OR shop_apikey.ends_at > %(at)s)
""",  # noqa: S608
    {"digest": "bytea", "at": "timestamptz"},
)


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
