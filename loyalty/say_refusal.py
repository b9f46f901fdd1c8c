"""Why an offer or a code gave nothing, in a sentence: for the panel, for support, and for the shopper.

One table; the codes are `pricing.refusals.Refusal`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pricing.refusals import Cap, PointsLimit, Refusal
from pricing.values import Refused
from shop.show_money import show_count, show_money


@dataclass(frozen=True, slots=True)
class About:
    """What a sentence may name besides the numbers of the refusal itself.

    `names`: an offer's code -> its name. `starts_on`, `ends_on`: the first and last day, `tomorrow`: the day after
    the order's, written out; empty: unknown.
    """

    currency: str
    language: str
    names: Mapping[str, str] = field(default_factory=dict)
    starts_on: str = ""
    ends_on: str = ""
    tomorrow: str = ""
    # The sentences that were looked up for this answer: most of a store's offers are refused for a few reasons.
    found: dict[str, str] = field(default_factory=dict, compare=False, repr=False)


SENTENCES: Mapping[Refusal, str | Promise] = {
    Refusal.UNKNOWN_CODE: gettext_lazy("There is no such code. Look at it once more, letter by letter."),
    Refusal.CODE_REQUIRED: gettext_lazy("Only with a coupon: its code is not in the cart."),
    Refusal.WRONG_CUSTOMER: gettext_lazy(
        "The coupon belongs to another customer, and a named coupon is its holder's alone."
    ),
    Refusal.NOT_STARTED: gettext_lazy("It has not begun yet."),
    Refusal.EXPIRED: gettext_lazy("It has ended."),
    Refusal.REVOKED: gettext_lazy("The coupon is void: it was taken back, or handed on to a friend."),
    Refusal.USED_UP: gettext_lazy("It has been used as often as it may be."),
    Refusal.USED_UP_TODAY: gettext_lazy(
        "It has been used as often as it may be today; it works again tomorrow."
    ),
    Refusal.BUDGET_SPENT: gettext_lazy("The money set aside for this offer has been given away."),
    Refusal.NOT_REGISTERED: gettext_lazy("Only for customers you know: nobody is signed in."),
    Refusal.NOT_IN_SEGMENT: gettext_lazy("Only for a group of customers that this one is not in."),
    Refusal.NOT_IN_TIER: gettext_lazy("Only for members of a tier that this customer has not reached."),
    Refusal.NO_CARD: gettext_lazy("Only for holders of a club card that this customer does not have."),
    Refusal.NOT_NEW: gettext_lazy("Only for a first order: this customer has ordered before."),
    Refusal.NOT_PARTNER_TRAFFIC: gettext_lazy("Only for visitors whom a partner has brought."),
    Refusal.NOT_THIS_ORDER: gettext_lazy("It is for another order of this customer, by its number."),
    Refusal.NO_ORDER_YET: gettext_lazy("Only for customers who have ordered before."),
    Refusal.LAST_ORDER_TOO_RECENT: gettext_lazy("The customer's last order is not long enough ago."),
    Refusal.LAST_ORDER_TOO_OLD: gettext_lazy("The customer's last order is too long ago."),
    Refusal.NOT_NEAR_BIRTHDAY: gettext_lazy(
        "Only around the customer's birthday; it is not near, or not known."
    ),
    Refusal.NOT_BY_LINK: gettext_lazy("Only for visitors who came by a link of its campaign."),
    Refusal.NOT_SUBSCRIBED: gettext_lazy("Only for subscribers of a list that this customer is not on."),
    Refusal.WRONG_VISIT: gettext_lazy("It is for another visit: the first, for example, or a later one."),
    Refusal.WRONG_DELIVERY_METHOD: gettext_lazy("Only with another way of delivery."),
    Refusal.WRONG_PAYMENT_METHOD: gettext_lazy("Only with another way of paying."),
    Refusal.NOT_NOW: gettext_lazy("It is for other days of the week or other hours."),
    Refusal.NOT_IN_WINDOW: gettext_lazy(
        "It is between two of its days, or this visitor's countdown has run out."
    ),
    Refusal.ORDERED_TOO_LATE: gettext_lazy("It was only for orders placed before its moment."),
    Refusal.STOCK_NOT_OLD: gettext_lazy("Nothing in the cart has lain in stock long enough."),
    Refusal.NOT_PREORDER: gettext_lazy("Only for pre-orders: something else is in the cart."),
    Refusal.GIFT_NOT_AVAILABLE: gettext_lazy("None of its gifts can be had now."),
    Refusal.BELOW_MINIMUM: gettext_lazy("The order is too small for it."),
    Refusal.BELOW_QUANTITY: gettext_lazy("There are too few items in the cart for it."),
    Refusal.NOT_IN_CART: gettext_lazy("A product that it asks for is not in the cart."),
    Refusal.NO_TARGET: gettext_lazy("Nothing in the cart is what it gives a discount on."),
    Refusal.NOTHING_LEFT: gettext_lazy("Nothing more can be taken off: other offers came before it."),
    Refusal.OTHER_OFFER_BETTER: gettext_lazy("Another offer takes more off the same goods."),
    Refusal.CARD_LEFT_OUT: gettext_lazy(
        "Without the card this order is cheaper, so its discount and limit are left out."
    ),
    Refusal.NOT_COMBINABLE: gettext_lazy("It does not go together with what was applied."),
    Refusal.CAPPED_TO_ZERO: gettext_lazy("A limit left nothing of it, so it is not used up."),
    Refusal.NO_LANE: gettext_lazy("Its step of the price calculation does not exist in this store."),
    Refusal.PAUSED: gettext_lazy("It is paused for now."),
}

CAPS: Mapping[Cap, str | Promise] = {
    Cap.CARD_LIMIT: gettext_lazy("the club card's limit on a line's discount"),
    Cap.LINE_LIMIT: gettext_lazy("the limit on a line's discount"),
    Cap.MARGIN_FLOOR: gettext_lazy("the margin floor"),
}

POINTS: Mapping[PointsLimit, str | Promise] = {
    PointsLimit.NOT_REGISTERED: gettext_lazy("Only a customer you know can pay with points."),
    PointsLimit.POINTS_NOT_TAKEN: gettext_lazy("In this store points pay for nothing."),
    PointsLimit.PAUSED: gettext_lazy("Paying with points is paused for now."),
    PointsLimit.NOT_ENOUGH_POINTS: gettext_lazy("The customer has no more points to spend."),
    PointsLimit.ABOVE_SHARE: gettext_lazy("Points may pay only a share of the goods."),
    PointsLimit.BELOW_MARGIN_FLOOR: gettext_lazy("More points would go below the margin floor."),
    PointsLimit.WHOLE_STEPS: gettext_lazy("Points are spent in whole steps."),
}


def say_refusal(refused: Refused, about: About) -> str:
    """One sentence, with the numbers where there are some: "£4.00 are missing. …"."""
    return _with_numbers(refused, about) or _plain(refused.refusal, about)


def say_cap(cap: Cap | str) -> str:
    """What cut a discount down; a cap without words yet is shown by its name."""
    return str(CAPS[Cap(cap)]) if cap in CAPS else str(cap).replace("_", " ")


def say_points_limit(limit: PointsLimit) -> str:
    """Why fewer points are spent than were asked for."""
    return str(POINTS.get(limit, limit.value.replace("_", " ")))


def _plain(refusal: Refusal, about: About) -> str:
    """A reason without words yet is shown by its name: better than none."""
    if refusal not in about.found:
        about.found[refusal] = str(SENTENCES.get(refusal, refusal.value.replace("_", " ")))
    return about.found[refusal]


def _with_numbers(refused: Refused, about: About) -> str:
    """Empty where the number or name that the sentence needs is not known."""
    if refused.missing:
        return _missing(refused.refusal, refused.missing, about)
    said = ""
    match refused.refusal:
        case Refusal.OTHER_OFFER_BETTER if refused.better:
            name = about.names.get(refused.better, refused.better)
            said = _("“%(name)s” takes more off the same goods.") % {"name": name}
        case Refusal.CAPPED_TO_ZERO if refused.capped_by:
            cap = say_cap(refused.capped_by)
            said = _("Nothing is left of it: %(cap)s. It is not used up.") % {"cap": cap}
        case Refusal.NOT_STARTED if about.starts_on:
            said = _("It begins on %(day)s.") % {"day": about.starts_on}
        case Refusal.EXPIRED if about.ends_on:
            said = _("It was good until %(day)s.") % {"day": about.ends_on}
        case Refusal.USED_UP_TODAY if about.tomorrow:
            said = _("It has been used as often as it may be today; it works again on %(day)s.") % {
                "day": about.tomorrow
            }
    return said


def _missing(refusal: Refusal, missing: int, about: About) -> str:
    """What `missing` counts depends on the reason: money, items, orders, days."""
    if refusal is Refusal.BELOW_MINIMUM:
        amount = show_money(missing, about.currency, language=about.language)
        return _amount_missing(about) % {"amount": amount}
    words = _counted(refusal, missing)
    return words % {"count": show_count(missing, language=about.language)} if words else ""


def _amount_missing(about: About) -> str:
    if "amount" not in about.found:
        about.found["amount"] = _("%(amount)s are missing. With goods for that much more it applies.")
    return about.found["amount"]


def _counted(refusal: Refusal, missing: int) -> str:
    match refusal:
        case Refusal.BELOW_QUANTITY:
            return ngettext("%(count)s item is missing.", "%(count)s items are missing.", missing)
        case Refusal.NOT_THIS_ORDER:
            return ngettext(
                "It is for a later order of this customer: %(count)s order to go.",
                "It is for a later order of this customer: %(count)s orders to go.",
                missing,
            )
        case Refusal.LAST_ORDER_TOO_RECENT:
            return ngettext(
                "The customer has ordered lately: it applies in %(count)s day.",
                "The customer has ordered lately: it applies in %(count)s days.",
                missing,
            )
    return ""
