"""The signed price that a shopper was shown: what a commit is compared with."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing

from checkout.errors import Fault, QuoteTokenRefused
from checkout.priced_cart import PricedCart
from pricing.values import Quote
from shop.models import Store

SALT = "checkout.quote"
LIVES = timedelta(minutes=30)


def sign_quote(store: Store, priced: PricedCart, *, key: UUID | None = None) -> str:
    """A token for this price, good for 30 minutes from the moment of the quote. `key`: of the reserved quote."""
    told: dict[str, Any] = {
        "s": store.pk,
        "t": int(priced.at.timestamp()),
        "p": priced.quote.payable,
        "d": _digest(priced.quote),
        # Two shoppers with the same cart in the same second have two quotes.
        "n": secrets.token_urlsafe(9),
    }
    if key is not None:
        told["q"] = key.hex
    return signing.Signer(salt=SALT).sign_object(told)


def reserved_key(token: str | None) -> UUID | None:
    """The reserved quote that the token names; None where it names none, or is not ours."""
    if token is None:
        return None
    try:
        told: dict[str, Any] = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return UUID(told["q"]) if "q" in told else None


def read_token(store: Store, token: str, *, at: datetime) -> dict[str, Any]:
    """What the token says. Raises QuoteTokenRefused where it is not ours, or too old."""
    try:
        told: dict[str, Any] = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise QuoteTokenRefused(Fault.QUOTE_TOKEN_INVALID) from None
    if told["s"] != store.pk:
        raise QuoteTokenRefused(Fault.QUOTE_TOKEN_INVALID)
    if told["t"] + LIVES.total_seconds() <= at.timestamp():
        raise QuoteTokenRefused(Fault.QUOTE_TOKEN_EXPIRED)
    return told


def key_of(token: str | None) -> UUID | None:
    """What an order keeps of the token it came with, so that no second one is made of it."""
    return None if token is None else UUID(bytes=hashlib.sha256(token.encode()).digest()[:16])


def says_the_same(told: dict[str, Any], quote: Quote) -> bool:
    """Whether the token was given for this cart at this price, line by line."""
    return bool(told["p"] == quote.payable and told["d"] == _digest(quote))


def _digest(quote: Quote) -> str:
    lines = [(line.sku, line.quantity, line.gross, line.net) for line in quote.lines]
    gifts = [(gift.sku, gift.quantity) for gift in quote.gifts]
    # Without gifts as it was before there were any: tokens live on over an update.
    shown = (lines, quote.delivery, gifts) if gifts else (lines, quote.delivery)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]
