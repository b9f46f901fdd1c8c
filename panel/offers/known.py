"""What a store has that an offer can name: groups, cards, campaigns, and products by article number."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clubcards.models import CardPlan
from coupons.models import CouponCampaign
from loyalty.models import Partner, Segment, Tier
from loyalty.say_names import Names
from shop.countries import public_holidays
from shop.models import Consent, Product, ProductGroup, Store

KNOWN_MAX = 500
SKUS_MAX = 200

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """`choices`: a field of the document that holds codes -> the codes it may hold, with their names.

    A field that is not among them is typed: what the storefront calls its ways of delivery, only it knows.
    """

    store: Store
    choices: Mapping[str, Choices]

    def names(self, document: Mapping[str, Any]) -> Names:
        """What the codes of this document are called. One query where it names products, else none."""
        families = {family: dict(choices) for family, choices in self.choices.items()}
        skus = sorted(set(_skus_in(document)))[:SKUS_MAX]
        return {**families, "skus": product_names(self.store, skus)}


def read_known(store: Store, *, at: datetime) -> Known:
    """Six queries. Holidays are those of the year before and after `at`."""
    return Known(
        store,
        {
            "groups": pairs(ProductGroup.objects.filter(store=store).order_by("name")),
            "plans": pairs(CardPlan.objects.filter(store=store, is_active=True).order_by("name")),
            "tiers": pairs(Tier.objects.filter(store=store).order_by("id")),
            "segments": pairs(Segment.objects.filter(store=store, archived_at=None).order_by("name")),
            "partners": pairs(Partner.objects.filter(store=store).order_by("name")),
            "lists": tuple((code, str(name)) for code, name in Consent.Channel.choices),
            "names": _holidays(store, at),
            "campaign": pairs(CouponCampaign.objects.filter(store=store).order_by("name")),
        },
    )


def product_names(store: Store, skus: Iterable[str]) -> dict[str, str]:
    """By article number; one query, none for no numbers."""
    wanted = list(skus)
    if not wanted:
        return {}
    rows = Product.objects.filter(store=store, sku__in=wanted).values_list("sku", "name")
    return {sku: name or sku for sku, name in rows}


def _holidays(store: Store, at: datetime) -> Choices:
    found = (public_holidays(store.country, at.year + shift) for shift in (0, 1))
    names = dict.fromkeys(name for year in found for day in sorted(year) for name in sorted(year[day]))
    return tuple((name, name) for name in names)


def pairs(rows: Any) -> Choices:
    """Codes with their names, of rows that have both."""
    return tuple(rows.values_list("code", "name")[:KNOWN_MAX])


def _skus_in(part: Any) -> Iterator[str]:
    """Of a document or any part of it."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name == "skus":
                yield from value
            else:
                yield from _skus_in(value)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _skus_in(each)
