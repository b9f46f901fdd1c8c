"""Who brought an order. Plain values in, one answer out; nothing is looked up here.

One order pays one acquirer. What was used with the order comes first, then the last link followed within 30 days, then
the customer by whom the buyer was brought once and for ever:

| with the order                        | last link followed | brought by | pays                      |
| ------------------------------------- | ------------------ | ---------- | ------------------------- |
| a coupon handed on, first order       | any                | any        | the hands it went through |
| a coupon handed on, a later order     | (as without it)    |            |                           |
| a coupon of a partner's campaign      | any                | any        | that partner              |
| the code of who brought the buyer     | any                | the same   | who brought the buyer     |
| the code of somebody else             | (as without it)    |            |                           |
| a partner's name                      | any                | any        | that partner              |
| nothing                               | a partner's        | any        | that partner              |
| nothing                               | a customer's       | the same   | who brought the buyer     |
| nothing                               | somebody else's    | anybody    | who brought the buyer     |
| nothing                               | none               | anybody    | who brought the buyer     |
| nothing                               | none               | nobody     | nobody                    |
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

CLICK_COUNTS = timedelta(days=30)


class By(StrEnum):
    GIFT = "gift"
    REFERRAL = "referral"
    PARTNER = "partner"


class How(StrEnum):
    CODE = "code"
    CLICK = "click"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is known of how an order came, by id; None: nothing of the kind.

    `hands`: the customers whom a handed-on coupon of this order went through, the nearest first; `clicked_partner` and
    `clicked_customer`: whose link was the last one followed within 30 days, so never both.
    """

    is_first_order: bool = True
    hands: tuple[int, ...] = ()
    coupon_partner: int | None = None
    code_of: int | None = None
    named_partner: int | None = None
    clicked_partner: int | None = None
    clicked_customer: int | None = None
    brought_by: int | None = None


@dataclass(frozen=True, slots=True)
class Acquirer:
    """`partner` where one is paid; for a gift or a referral the caller knows the line."""

    by: By
    how: How
    partner: int | None = None


def acquirer_of(traffic: Traffic) -> Acquirer | None:
    """Who is paid for the order; None: nobody."""
    return _by_code(traffic) or _by_click(traffic) or _by_tie(traffic)


def _by_code(traffic: Traffic) -> Acquirer | None:
    if traffic.hands and traffic.is_first_order:
        return Acquirer(By.GIFT, How.CODE)
    if traffic.coupon_partner is not None:
        return Acquirer(By.PARTNER, How.CODE, traffic.coupon_partner)
    if traffic.code_of is not None and traffic.code_of == traffic.brought_by:
        return Acquirer(By.REFERRAL, How.CODE)
    if traffic.named_partner is not None:
        return Acquirer(By.PARTNER, How.CODE, traffic.named_partner)
    return None


def _by_click(traffic: Traffic) -> Acquirer | None:
    if traffic.clicked_partner is not None:
        return Acquirer(By.PARTNER, How.CLICK, traffic.clicked_partner)
    if traffic.clicked_customer is not None and traffic.clicked_customer == traffic.brought_by:
        return Acquirer(By.REFERRAL, How.CLICK)
    return None


def _by_tie(traffic: Traffic) -> Acquirer | None:
    return None if traffic.brought_by is None else Acquirer(By.REFERRAL, How.TIE)
