"""What the placeholders stand for in one message, in a given language."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_supported_language_variant, ngettext, override

from loyalty.offer_document import parse
from loyalty.tiers.outlook import Outlook
from loyalty.tiers.say import say_missing
from shop.models import Customer, Store
from shop.show_day import show_day
from shop.show_money import show_count, show_money
from triggers.channels.outcome import NotWritten
from triggers.checks import Case
from triggers.describe_offer import describe_offer
from triggers.facts import Gift

INSTANT = timedelta(microseconds=1)


def language_of(store: Store, customer: Customer | None = None) -> str:
    """The customer's language, else the store's, else the installation's: the first that we speak."""
    for language in (customer.language if customer else "", store.language):
        try:
            return get_supported_language_variant(language)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def values_of(case: Case, *, language: str) -> dict[str, str]:
    """A value for each placeholder; name is empty where unknown, code and offer where no coupon is given, until where
    nothing ends. Points, and the amount of a gift balance, only where the occasion tells of some."""
    values = {
        "name": _one_line(case.name),
        "shop": _one_line(case.message.store.name),
        "code": "",
        "offer": "",
        "until": "",
    }
    with override(language):
        if case.facts.last_day is not None:
            values["until"] = show_day(case.facts.last_day, language=language)
        if case.facts.gift is not None:
            values |= _gift_values(case.facts.gift, case, language=language)
        elif case.facts.last_day is not None or case.facts.points:
            values["points"] = _points(case.facts.points, language=language)
        if case.facts.outlook is not None:
            values |= _tier_values(case.facts.outlook, case, language=language)
        if case.facts.card:
            values["card"] = _one_line(case.facts.card)
        if case.message.coupon is not None:
            values |= _coupon_values(case, language=language)
    return values


def _gift_values(gift: Gift, case: Case, *, language: str) -> dict[str, str]:
    """ "£25.00" and "K7MP-2QXA-9RTB-WXYZ"; the codes of several with commas."""
    amount = show_money(gift.left, case.message.store.currency, language=language)
    return {"amount": amount, "code": ", ".join(gift.codes)}


def _points(points: int, *, language: str) -> str:
    """ "1 point", "1,420 points"."""
    words = ngettext("%(count)s point", "%(count)s points", points)
    return words % {"count": show_count(points, language=language)}


def _tier_values(outlook: Outlook, case: Case, *, language: str) -> dict[str, str]:
    """ "Silver", "Gold", "one purchase to Gold"; empty where there is none."""
    return {
        "tier": _one_line(outlook.tier.name) if outlook.tier else "",
        "next_tier": _one_line(outlook.next.name) if outlook.next else "",
        "missing": _one_line(say_missing(outlook, currency=case.message.store.currency, language=language)),
    }


def _coupon_values(case: Case, *, language: str) -> dict[str, str]:
    coupon, store = case.message.coupon, case.message.store
    campaign = case.message.trigger.campaign
    assert coupon is not None, "a code is promised only where there is one"
    assert campaign is not None, "the coupon came from the trigger's campaign"
    # Read from its rows: a preview writes about an offer that its transaction takes back, and no snapshot may keep it.
    versions = campaign.offer.versions.filter(in_force_at__lte=case.at)
    version = versions.order_by("-in_force_at", "-number").first()
    if version is None:
        raise NotWritten("the offer has no terms in force")
    words = describe_offer(parse(version.document), currency=store.currency, language=language)
    # The end is the first moment after: people read the last day it is good for.
    last_day = (coupon.ends_at - INSTANT).astimezone(ZoneInfo(store.time_zone)).date()
    return {
        "code": coupon.code,
        "offer": words or campaign.offer.name,
        "until": show_day(last_day, language=language),
    }


def _one_line(text: str) -> str:
    """Control characters and line ends become spaces: a name goes into headers."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
