"""An offer's terms as one reads them aloud, in the language that is active."""

from collections.abc import Sequence

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import pricing.values
from loyalty.offer_document import OfferTerms
from pricing.benefits import AmountOff, DeliveryFixedPrice, DeliveryPercentOff, PercentOff
from pricing.conditions import HoldsCard, InSegment, InTier, QuantityAtLeast, Registered, SubtotalAtLeast
from pricing.targets import WholeOrder
from pricing.values import Benefit, Condition
from shop.show_money import show_money, show_share

# They hold for whoever is written to, and go without saying.
ABOUT_THE_PERSON = (Registered, InSegment, InTier, HoldsCard)


def describe_offer(terms: OfferTerms, *, currency: str, language: str) -> str:
    """ "10 % off your order of £20 or more". Empty where a term has no words yet: then say the offer's name."""
    asked = [part for part in terms.conditions if not isinstance(part, ABOUT_THE_PERSON)]
    order = _order(asked, currency, language)
    given = [_benefit(benefit, order, currency, language) for benefit in terms.benefits]
    return given[0] if order and len(given) == 1 else ""


def _order(asked: Sequence[Condition], currency: str, language: str) -> str:
    if not asked:
        return _("your order")
    match asked:
        case [SubtotalAtLeast(amount=amount, groups=groups)] if not groups:
            return _("your order of %(amount)s or more") % {"amount": _short(amount, currency, language)}
        case [QuantityAtLeast(quantity=count, groups=groups)] if not groups:
            words = ngettext(
                "your order of %(count)d item or more", "your order of %(count)d items or more", count
            )
            return words % {"count": count}
    return ""


def _benefit(benefit: Benefit, order: str, currency: str, language: str) -> str:
    match benefit:
        case PercentOff(rate_bp=rate, target=WholeOrder()):
            return _("%(amount)s off %(order)s") % {
                "amount": show_share(rate, language=language),
                "order": order,
            }
        case AmountOff(amount=amount, target=WholeOrder()):
            return _("%(amount)s off %(order)s") % {
                "amount": _short(amount, currency, language),
                "order": order,
            }
        case DeliveryFixedPrice(price=0) | DeliveryPercentOff(rate_bp=pricing.values.WHOLE_BP):
            return _("free delivery for %(order)s") % {"order": order}
    return ""


def _short(amount: int, currency: str, language: str) -> str:
    """Without pence where there are none."""
    whole = amount % 10 ** get_currency_precision(currency) == 0
    return str(show_money(amount, currency, language=language, is_rounded=whole))
