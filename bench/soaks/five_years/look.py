"""What customers see at a moment, as the product's readers tell it; and what is written down in the end."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from bench.soaks.five_years.open_shops import Opened
from checkout.request import LineRequest
from clubcards.queries import cards_of, held_at
from coupons.find_balances import left_of, whole_balances
from coupons.models import GiftBalance
from loyalty.models import FullCard, Lot, LotUse, Prolongation, TierChange, TierStatus, Transfer
from loyalty.queries import PointsOf, points_of
from loyalty.stamps.queries import progress_of
from loyalty.tiers.find_standing import tier_of
from shop.models import Customer
from tests.checkout.ask import quote
from triggers.models import Message

DEAR = (LineRequest(sku="DEAR", quantity=1, unit_price=10_000_000),)


@dataclass(frozen=True, slots=True)
class TierSeen:
    code: str | None
    since: datetime | None
    until: datetime | None
    score: int
    to_keep: int


@dataclass(frozen=True, slots=True)
class Seen:
    """`payable_with` are the points that a quote would take."""

    points: PointsOf
    payable_with: int
    tier: TierSeen
    gifts: int
    cards: int
    visits: int


def look_at(opened: Opened, who: int, *, at: datetime) -> Seen:
    customer = opened.customers[who]
    priced = quote(opened.store, customer=customer.ref, lines=DEAR, points_to_spend=1_000_000, at=at)
    stamps = {one.card.code: one.stamps for one in progress_of(customer, at=at)}
    balances = whole_balances(opened.store).filter(customer=customer)
    return Seen(
        points=points_of(customer, at=at),
        payable_with=priced.quote.points_spent,
        tier=_tier(customer, at=at),
        gifts=sum(left_of(balance, at=at) for balance in balances),
        cards=cards_of(customer).filter(held_at(at)).count(),
        visits=stamps.get("visit", 0),
    )


def _tier(customer: Customer, *, at: datetime) -> TierSeen:
    found = tier_of(customer, at=at)
    assert found is not None, "every shop has a ladder"
    names = found.outlook.tier
    return TierSeen(
        names.code if names else None, found.since, found.until, found.outlook.score, found.to_keep
    )


Rows = Counter[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Written:
    """All that a run left in the tables of one customer, free of keys and of the moments of recording."""

    transfers: Rows
    lots: Rows
    tiers: tuple[tuple[Any, ...], ...]
    status: tuple[Any, ...]
    cards: Rows
    gifts: Rows
    messages: Rows


def read_written(opened: Opened, who: int) -> Written:
    customer = opened.customers[who]
    status = TierStatus.objects.filter(customer=customer).values_list(
        "tier__code", "since_at", "until_at", "review_at", "next_tier__code", "missing"
    )
    return Written(
        transfers=Counter(_transfers(customer)),
        lots=Counter(
            Lot.objects.filter(account__customer=customer).values_list(
                "transfer__kind", "amount", "left", "active_at", "ends_at"
            )
        ),
        tiers=tuple(
            TierChange.objects.filter(customer=customer)
            .order_by("number")
            .values_list("cause", "tier__code", "at", "until_at")
        ),
        status=status.first() or (),
        cards=Counter(
            FullCard.objects.filter(holder__customer=customer).values_list("holder__card__code", "at")
        ),
        gifts=Counter(_gifts(customer)),
        messages=Counter(
            Message.objects.filter(customer=customer).values_list(
                "trigger__code", "occasion_key", "occurred_at"
            )
        ),
    )


def _transfers(customer: Customer) -> list[tuple[Any, ...]]:
    into = Transfer.objects.filter(target__customer=customer, asset="points")
    out = Transfer.objects.filter(source__customer=customer, asset="points")
    return [
        *into.values_list("kind", "amount", "effective_at"),
        *out.values_list("kind", -1 * F("amount"), "effective_at"),
    ]


def _gifts(customer: Customer) -> list[tuple[Any, ...]]:
    accounts = GiftBalance.objects.filter(customer=customer).values_list("account", flat=True)
    rows = Transfer.objects.filter(source__in=accounts) | Transfer.objects.filter(target__in=accounts)
    return list(rows.values_list("kind", "amount", "effective_at"))


@dataclass(frozen=True, slots=True)
class LotStory:
    """A lot with all its ends, ascending: known since, from, to, and when the purchase was that moved it; `uses`: when,
    how many, by what kind."""

    lot: Lot
    order_id: int | None
    recorded_at: datetime
    moves: tuple[tuple[datetime, datetime, datetime, datetime], ...]
    uses: tuple[tuple[datetime, int, str], ...]

    def end_at(self, at: datetime) -> datetime:
        """As it was known at `at`."""
        first = self.moves[0][1] if self.moves else self.lot.ends_at
        return max([first, *(to_at for known, _, to_at, _ in self.moves if known <= at)])

    def left_at(self, at: datetime) -> int:
        used = sum(amount for when, amount, kind in self.uses if when <= at and kind != "expiry")
        return self.lot.amount - used


def stories_of(customer: Customer) -> list[LotStory]:
    lots = Lot.objects.filter(account__customer=customer).select_related("transfer").order_by("id")
    return [
        LotStory(
            lot,
            lot.transfer.order_id if lot.transfer.kind == "accrual" else None,
            lot.transfer.recorded_at,
            tuple(
                Prolongation.objects.filter(lot=lot)
                .order_by("to_at")
                .values_list("recorded_at", "from_at", "to_at", "order__placed_at")
            ),
            tuple(
                LotUse.objects.filter(lot=lot).values_list(
                    "transfer__effective_at", "amount", "transfer__kind"
                )
            ),
        )
        for lot in lots
    ]
