"""A priced cart with all that a commit or an answer needs to know about it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checkout.balances import NamedBalance
from checkout.facts import Facts
from checkout.request import QuoteRequest
from coupons.models import Coupon
from loyalty.running import RunningOffer
from loyalty.snapshot import EarningTerms
from pricing.values import WHOLE_BP, Applied, Quote


@dataclass(frozen=True, slots=True)
class PricedCart:
    """`quote` is what it costs; `offers` are the running offers by code, `coupons` those brought, by code.

    `earning` are the versions of earning rules by number: the points in `quote` are what the order earns if its buyer
    has joined.
    """

    request: QuoteRequest
    at: datetime
    offers_version: int
    quote: Quote
    facts: Facts
    offers: Mapping[str, RunningOffer]
    coupons: Mapping[str, Coupon]
    earning: Mapping[int, EarningTerms]
    balances: tuple[NamedBalance, ...] = ()

    def limited(self) -> dict[int, list[Applied]]:
        """What was applied of offers that have limits, by offer id; several times with several coupons."""
        found: defaultdict[int, list[Applied]] = defaultdict(list)
        for each in self.quote.applied:
            if self.offers[each.offer].terms.is_limited:
                found[self.offers[each.offer].offer_id].append(each)
        return found

    @property
    def gifts_amount(self) -> int:
        """What the gifts that offers add would cost, in minor units; no part of the quote's goods."""
        return sum(gift.quantity * gift.unit_price for gift in self.quote.gifts)

    @property
    def promised_points(self) -> int | None:
        """The points of the quote where offers had a say in them, or rules that go by groups, people or caps; None
        where one rule for everything counts them."""
        gains = [self.earning.get(gain.rule) for gain in self.quote.gains]
        is_plain = len(gains) <= 1 and all(rule is not None and rule.is_plain for rule in gains)
        if is_plain and all(
            line.factor_bp == WHOLE_BP and not line.extra_points for line in self.quote.lines
        ):
            return None
        return self.quote.points_to_earn

    @property
    def delivery_discount(self) -> int:
        return self.quote.delivery_fee - self.quote.delivery
