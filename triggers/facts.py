"""What an occasion has to tell, as plain values: the way it goes puts them into words."""

from dataclasses import dataclass, field
from datetime import date

from loyalty.tiers.outlook import Outlook


@dataclass(frozen=True, slots=True)
class Item:
    """Goods with their whole price in minor units, tax included."""

    name: str
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Gift:
    """Gift balances: what is left of them in minor units, and how many they are. The codes are for their holder alone:
    they stand in no repr, so in no log."""

    left: int
    count: int = 1
    codes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """`free_from`: the total from which delivery is free, None where nothing is promised; `missing`: what the cart
    lacks to it, 0 where it is reached, and `fillers` are goods that would do. `points` end with the day `last_day`.
    `outlook`: where the customer stands on the ladder of tiers; `card`: the stamp card that is full; `gift`:
    gift balances, good until the end of `last_day`."""

    items: tuple[Item, ...] = ()
    more_items: int = 0
    free_from: int | None = None
    missing: int = 0
    fillers: tuple[Item, ...] = ()
    points: int = 0
    last_day: date | None = None
    outlook: Outlook | None = None
    card: str = ""
    gift: Gift | None = None


NO_FACTS = Facts()
