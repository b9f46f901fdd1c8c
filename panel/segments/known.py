"""What a store has that a segment's rule can name, and how its rules are spoken of."""

from collections.abc import Mapping
from typing import Any

from clubcards.models import CardPlan
from loyalty.models import Offer, Partner, StampCard, Tier
from loyalty.say_names import Tongue
from loyalty.segments.say import language_name, say_segment
from panel.offers.known import Choices, Known, pairs
from shop.models import Customer, ProductGroup, Store

LANGUAGES_MAX = 20


def read_known(store: Store) -> Known:
    """Seven queries."""
    return Known(
        store,
        {
            "groups": pairs(ProductGroup.objects.filter(store=store).order_by("name")),
            "plans": pairs(CardPlan.objects.filter(store=store).order_by("name")),
            "tiers": pairs(Tier.objects.filter(store=store).order_by("id")),
            "offers": pairs(
                Offer.objects.filter(store=store).exclude(status=Offer.Status.DRAFT).order_by("name")
            ),
            "partners": pairs(Partner.objects.filter(store=store).order_by("name")),
            "cards": pairs(StampCard.objects.filter(store=store).order_by("name")),
            "languages": _languages(store),
        },
    )


def say(document: Mapping[str, Any], known: Known, *, language: str) -> str:
    """One query where it names products, else none."""
    return say_segment(document, Tongue(known.store, language, known.names(document)))


def _languages(store: Store) -> Choices:
    """The store's own, and those that its customers read."""
    told = Customer.objects.filter(store=store).exclude(language="").values_list("language", flat=True)
    codes = dict.fromkeys([store.language, *told.order_by("language").distinct()[:LANGUAGES_MAX]])
    return tuple((code, language_name(code)) for code in codes)
