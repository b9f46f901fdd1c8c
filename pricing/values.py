"""The plain values that go into `pricing.price.price()` and come out of it.

Money is whole minor units, rates are basis points (10 000 = 100 %), moments are epoch seconds in UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol

from pricing.refusals import Cap, PointsLimit, Reason, Refusal

if TYPE_CHECKING:
    from pricing.basket import Basket

WHOLE_BP = 10_000
NO_CODES: frozenset[str] = frozenset()


def require(holds: bool, message: str) -> None:
    """Refuse a value that no caller should have built; the edges check what people type."""
    if not holds:
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cart. `unit_price` includes tax; `cost` is per unit and net of tax, None if unknown.

    `no_points`: it cannot be paid for with points.
    """

    sku: str
    quantity: int
    unit_price: int
    groups: frozenset[str] = NO_CODES
    never_discounted: bool = False
    lowest_price: int | None = None
    cost: int | None = None
    tax_bp: int = 0
    no_points: bool = False

    def __post_init__(self) -> None:
        require(self.quantity >= 1, "a line needs a quantity of at least 1")
        require(self.unit_price >= 0, "a line's unit price cannot be negative")
        require(self.lowest_price is None or self.lowest_price >= 0, "a lowest price cannot be negative")
        require(self.cost is None or self.cost >= 0, "a cost cannot be negative")
        require(self.tax_bp >= 0, "a tax rate cannot be negative")


@dataclass(frozen=True, slots=True)
class Shopper:
    """What offers may ask about the person. `customer` is None for a guest; the sets hold codes."""

    customer: str | None = None
    segments: frozenset[str] = NO_CODES
    tiers: frozenset[str] = NO_CODES
    cards: frozenset[str] = NO_CODES


@dataclass(frozen=True, slots=True)
class Cart:
    """What is to be priced: the lines, the delivery fee, who asks, and the codes they brought."""

    lines: tuple[Line, ...]
    delivery: int = 0
    shopper: Shopper = field(default_factory=Shopper)
    codes: frozenset[str] = NO_CODES

    def __post_init__(self) -> None:
        require(self.delivery >= 0, "a delivery fee cannot be negative")


class Condition(Protocol):
    """A term of an offer. All of an offer's conditions are judged as its lane begins."""

    kind: ClassVar[str]

    def reason_against(self, basket: "Basket") -> Reason | None:
        """None if the condition holds."""


class Target(Protocol):
    """What a benefit acts on."""

    kind: ClassVar[str]

    def slots(self, basket: "Basket") -> Sequence[int]:
        """Positions of the targeted lines in the cart, ascending, leaving out lines never discounted."""


class Benefit(Protocol):
    """What an offer gives."""

    kind: ClassVar[str]

    def wanted(self, basket: "Basket") -> Sequence[int]:
        """Slots the benefit acts on: positions of lines, or the basket's delivery slot."""

    def amounts(self, basket: "Basket", slots: Sequence[int], left: Sequence[int]) -> list[int]:
        """What is taken off each of `slots`, given what is `left` of every slot; never more than fits."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as one shopper meets it.

    `priority` and then `age` (a running number: the smaller, the older) rank offers; the smaller goes first.
    `coupon` is the code that gives the right to it: the offer acts only if the cart brings that code.
    `holder` is the customer of a named coupon. An `exclusive` offer stands alone.
    `uses_left` and `budget_left` are None where unlimited.
    """

    code: str
    lane: str
    benefits: tuple[Benefit, ...]
    conditions: tuple[Condition, ...] = ()
    priority: int = 100
    age: int = 0
    starts_at: int | None = None
    ends_at: int | None = None
    coupon: str | None = None
    holder: str | None = None
    uses_left: int | None = None
    budget_left: int | None = None
    exclusive: bool = False

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """Priority, then age; the codes only make the order total."""
        return (self.priority, self.age, self.code, self.coupon or "")


class Mode(StrEnum):
    BEST = "best"  # offers compete for the same goods, the set that takes most off wins
    ALL = "all"  # offers act in turn on what is left


@dataclass(frozen=True, slots=True)
class Lane:
    """A step of the calculation. Lanes `after_caps` see what the goods cost once caps have been kept."""

    code: str
    mode: Mode
    after_caps: bool = False


DEFAULT_LANES = (
    Lane("sale", Mode.BEST),
    Lane("card", Mode.BEST),
    Lane("coupon", Mode.BEST),
    Lane("order", Mode.ALL),
    Lane("gifts", Mode.ALL),
    Lane("delivery", Mode.ALL, after_caps=True),
)


@dataclass(frozen=True, slots=True)
class EarnRule:
    """`points` for every `per_amount` minor units paid for goods; of `groups` only, if any are named."""

    points: int
    per_amount: int
    groups: frozenset[str] = NO_CODES

    def __post_init__(self) -> None:
        require(self.points >= 0, "an earning rule cannot take points")
        require(self.per_amount >= 1, "an earning rule needs an amount of at least 1 minor unit")


@dataclass(frozen=True, slots=True)
class Rules:
    """The store's rules.

    `line_cap_bp`: the most of a line's price that may be taken off it.
    `card_limits_bp`: the same for who uses a club card, by the code of its plan.
    `margin_floor_bp`: the least margin, as a share of the price net of tax, that a line is sold at.
    `exclusive_first`: an exclusive offer is taken whenever it applies; otherwise only where the shopper pays
    less with it than with all the other offers together.
    """

    lanes: tuple[Lane, ...] = DEFAULT_LANES
    line_cap_bp: int | None = None
    card_limits_bp: Mapping[str, int] = field(default_factory=dict)
    margin_floor_bp: int | None = None
    earn: tuple[EarnRule, ...] = ()
    exclusive_first: bool = False

    def __post_init__(self) -> None:
        codes = [lane.code for lane in self.lanes]
        late = [lane.after_caps for lane in self.lanes]
        require(len(set(codes)) == len(codes), "two lanes share a code")
        require(late == sorted(late), "lanes after the caps come last")
        require(self.line_cap_bp is None or 0 <= self.line_cap_bp <= WHOLE_BP, "a line cap is 0 to 100 %")
        require(
            all(0 <= limit_bp <= WHOLE_BP for limit_bp in self.card_limits_bp.values()),
            "a card's line limit is 0 to 100 %",
        )
        require(
            self.margin_floor_bp is None or 0 <= self.margin_floor_bp < WHOLE_BP,
            "a margin floor is at least 0 and under 100 %",
        )


@dataclass(frozen=True, slots=True)
class Discount:
    """What one offer took off one line."""

    offer: str
    coupon: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A priced line: `gross` - `discount` = `net`; the discounts sum to `discount`; points it would earn.

    `points_amount` of `net` is paid with `points_spent` points.
    """

    sku: str
    quantity: int
    gross: int
    discount: int
    net: int
    discounts: tuple[Discount, ...]
    points_to_earn: int
    points_spent: int = 0
    points_amount: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """An offer that gave something: `amount` off goods and delivery together, `delivery` of it off delivery.

    `capped_by` names the cap that cut it last, `capped` is what caps took away from it.
    """

    offer: str
    coupon: str | None
    lane: str
    amount: int
    delivery: int = 0
    capped_by: Cap | None = None
    capped: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """An offer, or a code that no offer carries (`offer` is then empty), that gave nothing, and why."""

    offer: str
    coupon: str | None
    refusal: Refusal
    missing: int | None = None
    better: str | None = None
    capped_by: Cap | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The priced cart. `goods` - `discount` + `delivery` - `points_amount` = `payable`; `delivery` is after its
    discounts. `points_limited_by` says why fewer points are spent than were asked for.
    """

    lines: tuple[QuotedLine, ...]
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    goods: int
    discount: int
    delivery_fee: int
    delivery: int
    payable: int
    points_to_earn: int
    points_spent: int = 0
    points_amount: int = 0
    points_limited_by: PointsLimit | None = None
