"""One customer's stamps on cards of one kind, as they are being changed: plain moves, written down together afterwards.

A stamp is there once per key. Full cards are numbered. When a return takes a stamp off a full card, its coupon is taken
back if it has not been used, and the card is open again; a coupon that was used, and points, stay, and the next stamps
first replace the ones that are missing.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from loyalty.models import FullCard, Stamp, StampHolder
from shop.clock import end_of_day, local_date
from shop.models import Order

# Takes back what a full card gave, given its key and the moment; False where it stays with the customer.
TakeBack = Callable[[str, datetime], bool]
NOT_STORED_YET = 2**63


def reward_key(full: FullCard) -> str:
    """Under which the reward of a full card is given once."""
    return f"stamps:{full.holder_id}:{full.number}"


@dataclass(slots=True)
class Sheet:
    """`stamps` are those that stand on no full card yet, those of the orders at hand, withdrawn ones too, and whatever
    else lies on the full cards that these helped to fill; `standing` counts by local day what stands, where the card
    limits a day. `missing` is what each full card that stands lacks.
    """

    holder: StampHolder
    stamps: list[Stamp]
    full: list[FullCard]
    missing: dict[int, int]
    number: int
    standing: Counter[date]
    changed: dict[int, Stamp] = field(default_factory=dict)
    opened: list[FullCard] = field(default_factory=list)
    filled: list[tuple[FullCard, list[Stamp]]] = field(default_factory=list)

    @property
    def fresh(self) -> list[Stamp]:
        """Stamps that are not stored yet."""
        return [stamp for stamp in self.stamps if stamp.pk is None]

    def withdraw(self, order: Order, keys: Collection[str], *, at: datetime, take_back: TakeBack) -> None:
        """Take off what `order` no longer earns: its stamps but for `keys`."""
        mine = [stamp for stamp in self.stamps if stamp.order_id == order.pk]
        gone = [stamp for stamp in mine if stamp.withdrawn_at is None and stamp.key not in keys]
        touched = {stamp.full_card_id for stamp in gone if stamp.full_card_id is not None}
        for stamp in gone:
            if stamp.full_card_id in self.missing:
                self.missing[stamp.full_card_id] += 1
            stamp.withdrawn_at, stamp.full_card = at, None
            self._note(stamp, -1)
        for full in reversed(self.full):
            if full.pk in touched and full.withdrawn_at is None and take_back(reward_key(full), at):
                self._open(full, at=at)

    def put_back(self, order: Order, keys: Collection[str]) -> None:
        """Stamps of `order` that were taken off and are earned after all."""
        for stamp in self.stamps:
            if stamp.order_id == order.pk and stamp.withdrawn_at is not None and stamp.key in keys:
                stamp.withdrawn_at = None
                self._note(stamp, 1)

    def add(self, keys: Sequence[str], *, at: datetime, order: Order | None = None) -> int:
        """Stamps that are not there yet, as many as the day still has room for; returns how many were added."""
        card, store = self.holder.card, self.holder.card.store
        known = {stamp.key for stamp in self.stamps}
        wanted = [key for key in keys if key not in known]
        day = local_date(store, at)
        if card.day_max is not None:
            wanted = wanted[: max(card.day_max - self.standing[day], 0)]
        ends_at = None
        if card.life_days is not None:
            ends_at = end_of_day(store, day + timedelta(days=card.life_days))
        for key in wanted:
            fresh = Stamp(
                store_id=card.store_id, holder=self.holder, key=key, order=order, at=at, ends_at=ends_at
            )
            self.stamps.append(fresh)
            self.standing[day] += 1
        return len(wanted)

    def fill(self) -> None:
        """Let open stamps replace what full cards lack, then fill new cards."""
        card: list[Stamp] = []
        for stamp in self._repay(sorted(filter(_is_open, self.stamps), key=_by_moment)):
            card = [one for one in card if one.ends_at is None or one.ends_at > stamp.at]
            card.append(stamp)
            if len(card) == self.holder.card.needed:
                self.number += 1
                self.filled.append((self._full(card), card))
                card = []

    def _full(self, stamps: Sequence[Stamp]) -> FullCard:
        return FullCard(
            store_id=self.holder.store_id,
            holder=self.holder,
            number=self.number,
            needed=len(stamps),
            at=stamps[-1].at,
        )

    def _repay(self, open_stamps: list[Stamp]) -> list[Stamp]:
        """The oldest stamps go to the oldest full card that lacks some. Returns those that are left."""
        for full in self.full:
            missing = self.missing.get(full.pk, 0)
            if missing > 0 and full.withdrawn_at is None:
                given, open_stamps = open_stamps[:missing], open_stamps[missing:]
                self.missing[full.pk] -= len(given)
                for stamp in given:
                    stamp.full_card = full
                    self._note(stamp, 0)
        return open_stamps

    def _open(self, full: FullCard, *, at: datetime) -> None:
        full.withdrawn_at = at
        self.opened.append(full)
        for stamp in self.stamps:
            if stamp.full_card_id == full.pk:
                stamp.full_card = None
                self._note(stamp, 0)

    def _note(self, stamp: Stamp, by: int) -> None:
        """It has to be written; `by` is how many more stand on its day."""
        if stamp.pk is not None:
            self.changed[stamp.pk] = stamp
        self.standing[local_date(self.holder.card.store, stamp.at)] += by


def _is_open(stamp: Stamp) -> bool:
    return stamp.withdrawn_at is None and stamp.full_card_id is None


def _by_moment(stamp: Stamp) -> tuple[datetime, int]:
    return stamp.at, stamp.pk or NOT_STORED_YET
