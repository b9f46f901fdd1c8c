"""How far a customer's stamp cards have come."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from loyalty.models import FullCard, Stamp, StampCard
from shop.models import Customer, Store

CARDS_MAX = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """`stamps` of `needed` are on the open card; `owed` more first replace what a return took off a full one."""

    card: StampCard
    stamps: int
    full: int
    owed: int
    full_at: datetime | None = None

    @property
    def dots(self) -> list[bool]:
        """A place for each stamp of the open card, and whether it is stamped."""
        return [place < self.stamps for place in range(self.card.needed)]

    @property
    def missing(self) -> int:
        return max(self.card.needed + self.owed - self.stamps, 0)


def progress_of(customer: Customer, *, at: datetime) -> list[Progress]:
    """One for each card in use, and for each other one that the customer has stamps on. Three queries."""
    open_stamps = Counter(
        Stamp.objects.filter(holder__customer=customer, withdrawn_at=None, full_card=None, at__lte=at)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .values_list("holder__card_id", flat=True)
    )
    full: Counter[int] = Counter()
    owed: Counter[int] = Counter()
    last: dict[int, datetime] = {}
    rows = FullCard.objects.filter(holder__customer=customer, withdrawn_at=None).annotate(
        kept=Count("stamps")
    )
    for row in rows.select_related("holder").order_by("number"):
        card_id = row.holder.card_id
        full[card_id] += 1
        owed[card_id] += row.needed - row.kept
        last[card_id] = row.at
    mine = Q(is_active=True, starts_at__lte=at) | Q(pk__in=[*open_stamps, *full])
    cards = StampCard.objects.filter(mine, store_id=customer.store_id).order_by("id")[:CARDS_MAX]
    return [
        Progress(card, open_stamps[card.pk], full[card.pk], owed[card.pk], last.get(card.pk))
        for card in cards
    ]


@dataclass(frozen=True, slots=True)
class CardFigures:
    """How many customers hold stamps of a card, and how many cards were filled."""

    card: StampCard
    holders: int
    full: int

    @property
    def dots(self) -> range:
        return range(self.card.needed)


def cards_of_store(store: Store) -> list[CardFigures]:
    """One query."""
    cards = StampCard.objects.filter(store=store).annotate(
        holding=Count("holders", distinct=True),
        filled=Count("holders__full_cards", filter=Q(holders__full_cards__withdrawn_at=None), distinct=True),
    )
    rows = cards.order_by("-is_active", "id")[:CARDS_MAX]
    return [CardFigures(row, row.holding, row.filled) for row in rows]
