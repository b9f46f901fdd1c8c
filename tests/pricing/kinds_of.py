"""The kinds of the conditions, benefits and targets that offers are made of."""

from collections.abc import Iterable, Iterator

from pricing.values import Offer


def kinds_of(offers: Iterable[Offer]) -> Iterator[str]:
    for offer in offers:
        yield from (condition.kind for condition in offer.conditions)
        for benefit in offer.benefits:
            yield benefit.kind
            parts = (getattr(benefit, name, None) for name in ("target", "buy_target", "get_target"))
            yield from (part.kind for part in parts if part is not None)
