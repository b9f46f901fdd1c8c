"""Gift balances as payment for a cart: what the shopper named and may use, put to pricing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from checkout.assemble import own_facts
from checkout.facts import Facts
from checkout.request import QuoteRequest
from coupons.find_balances import is_revoked
from coupons.gift_codes import read_gift_code
from coupons.models import GiftBalance
from pricing.pay_by_balances import Balance, pay_by_balances
from pricing.refusals import Refusal
from pricing.values import Cart, Quote
from shop.models import Store


@dataclass(frozen=True, slots=True)
class NamedBalance:
    """One code of the request, counted from 1 as it was named. `available`: what it could pay, in minor units; of it
    `mine` is held by the cart itself. `refusal` where it may pay nothing."""

    place: int
    balance: GiftBalance | None
    available: int
    mine: int
    refusal: Refusal | None

    @property
    def is_held_by_others(self) -> bool:
        return self.balance is not None and self.balance.account.held > self.mine


def named_balances(
    store: Store,
    request: QuoteRequest,
    found: Mapping[str, GiftBalance],
    *,
    facts: Facts,
    at: datetime,
) -> tuple[NamedBalance, ...]:
    """A code that is named twice counts once."""
    places: dict[str, int] = {}
    for place, code in enumerate(map(read_gift_code, request.gift_balances), start=1):
        places.setdefault(code, place)
    own = own_facts(facts).gifts
    return tuple(_named(store, place, found.get(code), own=own, at=at) for code, place in places.items())


def pay_with(quote: Quote, cart: Cart, named: Sequence[NamedBalance]) -> Quote:
    """In the quote a balance goes by the number of its account: a stored price holds no code."""
    usable = [
        Balance(str(one.balance.account_id), one.available, ceil(one.balance.ends_at.timestamp()))
        for one in named
        if one.balance is not None and one.refusal is None
    ]
    return pay_by_balances(quote, cart, usable) if usable else quote


def paid_by(quote: Quote) -> dict[int, int]:
    """What each gift balance pays, by the number of its account."""
    return {int(part.code): part.amount for part in quote.balances}


def _named(
    store: Store, place: int, balance: GiftBalance | None, *, own: Mapping[int, int], at: datetime
) -> NamedBalance:
    if balance is None:
        return NamedBalance(place, None, 0, 0, Refusal.UNKNOWN_CODE)
    mine = own.get(balance.account_id, 0)
    over = _why_over(balance, at=at)
    # What the cart holds stays its own whatever has become of the rest.
    available = mine if over else balance.account.balance - balance.account.held + mine
    refusal = Refusal.PAUSED if store.is_redemption_paused else None
    if not available:
        refusal = refusal or over or Refusal.USED_UP
    return NamedBalance(place, balance, available, mine, refusal)


def _why_over(balance: GiftBalance, *, at: datetime) -> Refusal | None:
    if is_revoked(balance):
        return Refusal.REVOKED
    if at >= balance.ends_at:
        return Refusal.EXPIRED
    return Refusal.NOT_STARTED if at < balance.issued_at else None
