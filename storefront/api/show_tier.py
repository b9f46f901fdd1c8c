"""A customer's tier over the API."""

from typing import Annotated

from msgspec import Meta

from loyalty.tiers.outlook import Outlook
from loyalty.tiers.read_ladders import TierNames
from loyalty.tiers.say import say_missing
from storefront.api.fields import Out


class TierNamesOut(Out, frozen=True, kw_only=True):
    """Offers name a tier by its `code`."""

    code: Annotated[str, Meta(examples=["gold"])]
    name: Annotated[str, Meta(examples=["Gold"])]


class TierOutlookOut(Out, frozen=True, kw_only=True):
    """`score` is what counts towards tiers now, `missing` what `next` lacks, both in the units of `measure`: the
    smallest unit of money for `spend`, else points or orders. `next` is null at the top."""

    tier: TierNamesOut | None
    measure: Annotated[str, Meta(description="`spend`, `points` or `orders`.", examples=["spend"])]
    score: int
    next: TierNamesOut | None
    missing: int
    detail: Annotated[
        str,
        Meta(
            description="The same as words, in the language of Accept-Language.",
            examples=["one purchase to Gold"],
        ),
    ]


class CartTierOut(TierOutlookOut, frozen=True, kw_only=True):
    """Before this cart; `reached` is the tier that ordering it would lift the customer to."""

    reached: TierNamesOut | None


def show_outlook(seen: Outlook, *, currency: str, language: str) -> CartTierOut:
    return CartTierOut(
        tier=show_names(seen.tier),
        measure=seen.measure,
        score=seen.score,
        next=show_names(seen.next),
        missing=seen.missing,
        detail=say_missing(seen, currency=currency, language=language),
        reached=show_names(seen.reached),
    )


def show_names(names: TierNames | None) -> TierNamesOut | None:
    return None if names is None else TierNamesOut(code=names.code, name=names.name)
