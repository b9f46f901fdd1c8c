"""The hold that an order or a new quote has a right to, with its row locked: nobody else can end it from then on.

That lock is the first of all that checkout takes.
"""

from datetime import datetime
from uuid import UUID

from checkout.errors import Fault, QuoteTokenRefused
from checkout.holds import Holds, read_holds
from checkout.models import Quote
from checkout.request import OrderRequest
from checkout.token import reserved_key
from shop.models import Store

Status = Quote.Status
WHY_OVER = {
    Status.SPENT: Fault.QUOTE_SPENT,
    Status.REPLACED: Fault.QUOTE_REPLACED,
    Status.RELEASED: Fault.QUOTE_RELEASED,
    Status.LAPSED: Fault.QUOTE_LAPSED,
}


def find_hold(store: Store, request: OrderRequest, *, at: datetime) -> Holds | None:
    """The hold of the reserved quote whose token the order brings; None where it brings none.

    Raises QuoteTokenRefused where the hold is over: it became an order, or, unless the order accepts changes, it was
    let go, replaced, or has lapsed. No statement where the token names no reserved quote.
    """
    key = reserved_key(request.quote_token)
    quote = None if key is None else lock_quote(store, key)
    if quote is None:
        return None
    fault = why_over(quote, at=at)
    if fault is None:
        return read_holds(quote)
    if fault is Fault.QUOTE_SPENT or not request.accept_changes:
        raise QuoteTokenRefused(fault)
    return lock_cart_hold(store, quote.cart_ref, at=at)


def lock_quote(store: Store, key: UUID) -> Quote | None:
    quote = Quote.objects.filter(store=store, key=key).select_for_update(no_key=True).first()
    return _of(store, quote)


def lock_cart_hold(store: Store, cart_ref: str, *, at: datetime) -> Holds | None:
    """The hold of a cart; None where it has none, or its time is over."""
    quote = lock_held_quote(store, cart_ref)
    return None if quote is None or why_over(quote, at=at) else read_holds(quote)


def lock_held_quote(store: Store, cart_ref: str) -> Quote | None:
    """The quote that the cart's rights are held by, be its time over or not."""
    held = Quote.objects.filter(store=store, cart_ref=cart_ref, status=Status.HELD)
    return _of(store, held.select_for_update(no_key=True).first())


def why_over(quote: Quote, *, at: datetime) -> Fault | None:
    """None where it holds. Its end counts, however late the job that books it."""
    if quote.status == Status.HELD:
        return Fault.QUOTE_LAPSED if quote.ends_at <= at else None
    return WHY_OVER[Status(quote.status)]


def _of(store: Store, quote: Quote | None) -> Quote | None:
    if quote is not None:
        quote.store = store
    return quote
