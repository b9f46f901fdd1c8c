"""A reserved price, written down and read back: the order pays it whatever has become of the offers since."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from checkout.holds import Holds
from checkout.models import Quote as KeptQuote
from checkout.priced_cart import PricedCart
from checkout.quote import balances_of
from checkout.read_facts import read_facts
from checkout.request import OrderRequest, QuoteRequest
from coupons.codes import read_code
from coupons.gift_codes import read_gift_code
from coupons.queries import usable_codes
from loyalty.snapshot import kept_offers, snapshot
from pricing.values import Quote
from shop.models import Store


def priced_content(request: QuoteRequest) -> bytes:
    """The hash of what a price depends on: an order of the same goods for the same customer keeps it."""
    lines = [[line.sku, line.quantity, line.unit_price] for line in request.lines]
    codes = sorted({read_code(code) for code in request.codes})
    ways = [request.delivery_method, request.payment_method]
    content = [lines, request.customer, codes, request.delivery, request.points_to_spend, *ways]
    if request.gift_balances:  # without any as it was before there were any: holds live on over an update
        content.append(sorted({read_gift_code(code) for code in request.gift_balances}))
    return hashlib.sha256(msgspec.json.encode(content)).digest()


def write_price(priced: PricedCart) -> Mapping[str, Any]:
    """The fields of the row that keeps it."""
    applied = {each.offer for each in priced.quote.applied}
    return {
        "priced_at": priced.at,
        "offers_version": priced.offers_version,
        "content_hash": priced_content(priced.request),
        "priced": msgspec.to_builtins(priced.quote._asdict()),
        "versions": {code: priced.offers[code].version_id for code in sorted(applied)},
    }


def keeps_price(holds: Holds, request: OrderRequest) -> bool:
    return bytes(holds.quote.content_hash) == priced_content(request)


def read_price(store: Store, request: OrderRequest, kept: KeptQuote, *, at: datetime) -> PricedCart:
    """The cart at the price that `kept` holds, and with the points that it promised."""
    quote = _quote_of(kept.priced)
    facts = read_facts(
        store,
        skus=[*(line.sku for line in request.lines), *(gift.sku for gift in quote.gifts)],
        customer=request.customer,
        visitor=request.visitor,
        cart=request.cart or kept.cart_ref,
        offer_ids=[],
        at=at,
        hold=kept.pk if quote.balances else None,
    )
    return PricedCart(
        request=request,
        at=at,
        offers_version=kept.offers_version,
        quote=quote,
        facts=facts,
        offers=kept_offers(kept.versions.values()),
        coupons=usable_codes(store, request.codes),
        earning=snapshot(store.pk, store.offers_version).rules_by_id,
        balances=balances_of(store, request, facts=facts, at=at),
    )


def _quote_of(kept: Mapping[str, Any]) -> Quote:
    """A field that there was not yet when the price was kept has its default: holds live on over an update."""
    return msgspec.convert([kept.get(name, Quote._field_defaults.get(name)) for name in Quote._fields], Quote)
