"""The plain values that go into `pricing.price.price()` and come out of it.

Money is whole minor units, rates are basis points (10 000 = 100 %), moments are epoch seconds in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from pricing.earn_terms import EarnFactor, EarnRule, Gain
from pricing.refusals import Cap, PointsLimit, Reason, Refusal

if TYPE_CHECKING:
    from pricing.basket import Basket, Reach
    from pricing.sight import Given, Off, Sight

WHOLE_BP = 10_000
NO_CODES: frozenset[str] = frozenset()
ROUNDINGS = ("half_up", "down")
NO_DOOR = (None,) * 5
LEFTOVERS = ("largest", "first", "last")
Rank = tuple[int, int, str, str]


def require(holds: bool, message: str) -> None:
    """Refuse a value that no caller should have built; the edges check what people type."""
    if not holds:
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cart. `unit_price` includes tax; `cost` is per unit and net of tax, None if unknown.

    `no_points`: neither points nor a gift balance pay for it. `stock_age_days`: whole days since the stock came in.
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
    stock_age_days: int | None = None
    is_preorder: bool = False

    def __post_init__(self) -> None:
        require(self.quantity >= 1, "a line needs a quantity of at least 1")
        require(self.unit_price >= 0, "a line's unit price cannot be negative")
        require(self.lowest_price is None or self.lowest_price >= 0, "a lowest price cannot be negative")
        require(self.cost is None or self.cost >= 0, "a cost cannot be negative")
        require(self.tax_bp >= 0, "a tax rate cannot be negative")


@dataclass(frozen=True, slots=True)
class Shopper:
    """What offers may ask about the person. `customer` is None for a guest; the sets hold codes.

    `orders` counts those not cancelled. `birthday_offset_days` is today less the nearest birthday: -3 is three
    days before it. `partner` brought the visitor; `visits` counts this one too. None is unknown.
    """

    customer: str | None = None
    segments: frozenset[str] = NO_CODES
    tiers: frozenset[str] = NO_CODES
    cards: frozenset[str] = NO_CODES
    orders: int = 0
    last_order_at: int | None = None
    birthday_offset_days: int | None = None
    partner: str | None = None
    links: frozenset[str] = NO_CODES
    lists: frozenset[str] = NO_CODES
    visits: int | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """A product that gift offers may add. `unit_price` includes tax; `cost` is net of it, None if unknown."""

    sku: str
    unit_price: int
    cost: int | None = None
    tax_bp: int = 0

    def __post_init__(self) -> None:
        require(self.unit_price >= 0, "a gift's unit price cannot be negative")
        require(self.cost is None or self.cost >= 0, "a gift's cost cannot be negative")
        require(self.tax_bp >= 0, "a tax rate cannot be negative")


@dataclass(frozen=True, slots=True)
class Cart:
    """What is to be priced: the lines, the delivery fee, who asks, and the codes they brought.

    `weekday` (1 is Monday) and `minute` (of the day) are the store's local time. `gifts`: what gift offers may
    add, by sku.
    """

    lines: tuple[Line, ...]
    delivery: int = 0
    shopper: Shopper = field(default_factory=Shopper)
    codes: frozenset[str] = NO_CODES
    delivery_method: str | None = None
    payment_method: str | None = None
    weekday: int | None = None
    minute: int | None = None
    gifts: Mapping[str, Gift] = field(default_factory=dict)

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

    def reach(self, sight: "Sight") -> "Reach":
        """The slots, ascending, and how many units of each; never a line that is never discounted."""


class Benefit(Protocol):
    """What an offer gives."""

    kind: ClassVar[str]

    def act(self, sight: "Sight") -> "Off | Given | Reason | None":
        """What it takes off or adds as things stand; None where it has no target."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as one shopper meets it.

    `priority` and then `age` (a running number: the smaller, the older) rank offers; the smaller goes first.
    `coupon` is the code that gives the right to it: the offer acts only if the cart brings that code.
    `holder` is the customer of a named coupon. An `exclusive` offer stands alone.
    `uses_left` and `budget_left` are None where unlimited. `windows` are half-open, ascending intervals of epoch
    seconds; None is always. `skips_discounted`: lines that an earlier lane discounted are no target.
    `reuses_units`: it may take units that an earlier offer has used; None is the store's setting.
    `used_up_as`: why none of `uses_left` are left, where they are not: in all, or today.
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
    windows: tuple[tuple[int, int], ...] | None = None
    skips_discounted: bool = False
    reuses_units: bool | None = None
    used_up_as: Refusal = Refusal.USED_UP

    # Derived once, as offers are made once and met by many carts. `rank`: priority, then age; the codes only make
    # the order total. `names`: what quotes call it by. `is_plain`: for everybody at any time, and of any units.
    # `is_simple`: one benefit that, if the store lets units be reused, may have all that it can reach.
    rank: Rank = field(init=False, compare=False, repr=False)
    names: tuple[str, str | None] = field(init=False, compare=False, repr=False)
    is_plain: bool = field(init=False, compare=False, repr=False)
    is_simple: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        door = (self.coupon, self.holder, self.starts_at, self.ends_at, self.windows)
        is_open = door == NO_DOOR and self.uses_left is None and self.budget_left is None
        reuses = self.reuses_units is not False
        is_simple = len(self.benefits) == 1 and reuses and not self.skips_discounted
        object.__setattr__(self, "rank", (self.priority, self.age, self.code, self.coupon or ""))
        object.__setattr__(self, "names", (self.code, self.coupon))
        object.__setattr__(self, "is_plain", is_open and reuses)
        object.__setattr__(self, "is_simple", is_simple)


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
class Rules:
    """The store's rules.

    `line_cap_bp`: the most of a line's price that may be taken off it.
    `card_limits_bp`: the same for who uses a club card, by the code of its plan.
    `margin_floor_bp`: the least margin, as a share of the price net of tax, that a line is sold at.
    `exclusive_first`: an exclusive offer is taken whenever it applies; otherwise only where the shopper pays
    less with it than with all the other offers together.
    `rounding` of what an offer takes off: "half_up" or "down". `leftover`: which lines get the units of money that
    do not divide, "largest" remainder, "first" or "last". `reuses_units`: a unit that one offer has used may
    serve a later one too. `multiplier_cap_bp`: the most that points are multiplied by.
    """

    lanes: tuple[Lane, ...] = DEFAULT_LANES
    line_cap_bp: int | None = None
    card_limits_bp: Mapping[str, int] = field(default_factory=dict)
    margin_floor_bp: int | None = None
    earn: tuple[EarnRule, ...] = ()
    earn_factors: tuple[EarnFactor, ...] = ()
    exclusive_first: bool = False
    rounding: str = "half_up"
    leftover: str = "largest"
    reuses_units: bool = True
    multiplier_cap_bp: int | None = None
    # Derived: where each lane stands, and which of them come after the caps.
    places: Mapping[str, int] = field(init=False, compare=False, repr=False)
    late: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        codes = [lane.code for lane in self.lanes]
        object.__setattr__(self, "places", {code: place for place, code in enumerate(codes)})
        object.__setattr__(self, "late", frozenset([lane.code for lane in self.lanes if lane.after_caps]))
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
        require(self.rounding in ROUNDINGS, "rounding is half_up or down")
        require(self.leftover in LEFTOVERS, "a left-over cent goes to the largest, the first or the last")
        require(
            self.multiplier_cap_bp is None or self.multiplier_cap_bp >= WHOLE_BP,
            "a cap of multipliers is at least 100 %",
        )


# The parts of a quote are named tuples: as frozen as the rest, and three times as quick to build.


class Discount(NamedTuple):
    """What one offer took off one line."""

    offer: str
    coupon: str | None
    amount: int


class QuotedLine(NamedTuple):
    """A priced line: `gross` - `discount` = `net`; the discounts sum to `discount`; points it would earn.

    `points_amount` of `net` is paid with `points_spent` points, `balance_amount` with gift balances.
    `points_to_earn` are `extra_points` and what was paid, times `factor_bp`, by the earning rules.
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
    balance_amount: int = 0
    factor_bp: int = WHOLE_BP
    extra_points: int = 0


class Applied(NamedTuple):
    """An offer that gave something: `amount` off goods and delivery together, `delivery` of it off delivery.

    The price of gifts that it adds is part of `amount`. `capped_by` names the cap that cut it last, `capped` is
    what caps took away from it. `points` are extra points, `factor_bp` what points are multiplied by.
    """

    offer: str
    coupon: str | None
    lane: str
    amount: int
    delivery: int = 0
    capped_by: Cap | None = None
    capped: int = 0
    points: int = 0
    factor_bp: int = WHOLE_BP


class Refused(NamedTuple):
    """An offer, or a code that no offer carries (`offer` is then empty), that gave nothing, and why."""

    offer: str
    coupon: str | None
    refusal: Refusal
    missing: int | None = None
    better: str | None = None
    capped_by: Cap | None = None


class QuotedGift(NamedTuple):
    """Units of a product that an offer adds; their price is no part of `goods`."""

    sku: str
    quantity: int
    unit_price: int
    offer: str
    coupon: str | None


class Promise(NamedTuple):
    """A coupon of `campaign` for the next order."""

    offer: str
    coupon: str | None
    campaign: str


class PaidBalance(NamedTuple):
    """What the gift balance behind `code` pays of an order."""

    code: str
    amount: int


class Quote(NamedTuple):
    """The priced cart. `goods` - `discount` + `delivery` - `points_amount` - `balance_amount` = `payable`; `delivery`
    is after its discounts, `delivery_balance_amount` of it is paid with gift balances.

    `points_limited_by`: why fewer points are spent than were asked for. `rounding` to `exclusive_first` are the store's
    settings; `gains` say which rule gives what of `points_to_earn`, beside the offers' extra points.
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
    gifts: tuple[QuotedGift, ...] = ()
    promised: tuple[Promise, ...] = ()
    balances: tuple[PaidBalance, ...] = ()
    balance_amount: int = 0
    delivery_balance_amount: int = 0
    rounding: str = "half_up"
    leftover: str = "largest"
    reuses_units: bool = True
    exclusive_first: bool = False
    gains: tuple[Gain, ...] = ()
