"""A segment's rule as one typed document, the same in database, API and panel.

{"v": 1,
 "all": [{"kind": "life_cycle", "stages": ["passive", "lost"]}, {"kind": "spend", "amount_min": 10000}],
 "any": [], "none": [{"kind": "in_tier", "tiers": ["gold"]}]}

In it are those customers for whom all of `all` hold, at least one of `any` where there are some, and none of `none`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from loyalty.document.bounds import AnyAmount, Codes, Days, Part, SomeCodes

COUNT_MAX = 1_000_000
RULES_MAX = 20

Stage = Literal["subscriber", "potential", "active", "slowing", "passive", "lost"]
Way = Literal["discount", "referral", "full_price"]
Many = Annotated[int, Meta(ge=0, le=COUNT_MAX)]
Period = Annotated[int, Meta(ge=1, le=3_660)]
Month = Annotated[int, Meta(ge=1, le=12)]
Quintile = Annotated[int, Meta(ge=1, le=5)]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]


class LifeCycle(Part, frozen=True, tag="life_cycle"):
    stages: Annotated[tuple[Stage, ...], Meta(min_length=1, max_length=6)]


class OrderCount(Part, frozen=True, tag="orders"):
    """Orders that were not cancelled; `days`: of the last so many days, else of all time."""

    at_least: Many | None = None
    at_most: Many | None = None
    days: Period | None = None


class Spend(Part, frozen=True, tag="spend"):
    """Minor units paid for orders, gift balances included, less what was given back."""

    amount_min: AnyAmount | None = None
    amount_max: AnyAmount | None = None
    days: Period | None = None


class LastOrder(Part, frozen=True, tag="last_order"):
    """Whole days since the last order. Whoever never bought is not in it."""

    days_min: Days | None = None
    days_max: Days | None = None


class FirstOrderBy(Part, frozen=True, tag="first_order_by"):
    ways: Annotated[tuple[Way, ...], Meta(min_length=1, max_length=3)]


class Bought(Part, frozen=True, tag="bought"):
    """One unit of one of them that was kept is enough."""

    skus: Codes = ()
    groups: Codes = ()
    days: Period | None = None


class UsedOffer(Part, frozen=True, tag="used_offer"):
    """An order got something off by one of the offers."""

    offers: SomeCodes
    days: Period | None = None


class InTier(Part, frozen=True, tag="in_tier"):
    """No tier named: whichever."""

    tiers: Codes = ()


class HoldsCard(Part, frozen=True, tag="holds_card"):
    """No plan named: whichever."""

    plans: Codes = ()


class HasStamps(Part, frozen=True, tag="stamps"):
    """Stamps that count, those on full cards among them."""

    cards: SomeCodes
    at_least: Annotated[int, Meta(ge=1, le=COUNT_MAX)] = 1


class Points(Part, frozen=True, tag="points"):
    """Points that may be spent now."""

    at_least: Many | None = None
    at_most: Many | None = None


class Consented(Part, frozen=True, tag="consented"):
    """By the newest answer. No channel named: by whichever."""

    purposes: Annotated[
        tuple[Literal["marketing", "programme", "profiling"], ...], Meta(min_length=1, max_length=3)
    ]
    channels: Annotated[tuple[Literal["email", "webhook", "onsite"], ...], Meta(max_length=3)] = ()


class Speaks(Part, frozen=True, tag="language"):
    languages: Annotated[tuple[Language, ...], Meta(min_length=1, max_length=20)]


class BirthdayIn(Part, frozen=True, tag="birthday_month"):
    """January is 1. No month named: the present one, by the store's calendar."""

    months: Annotated[tuple[Month, ...], Meta(max_length=12)] = ()


class CameByPartner(Part, frozen=True, tag="came_by_partner"):
    """A partner brought one of the orders. No partner named: whichever."""

    partners: Codes = ()


class BroughtByFriend(Part, frozen=True, tag="brought_by_friend"):
    pass


class Rfm(Part, frozen=True, tag="rfm"):
    """Fifths of the store's buyers, 5 the best: how lately they bought, how often, and for how much. Ties go by the
    customer's reference."""

    recency_min: Quintile = 1
    recency_max: Quintile = 5
    frequency_min: Quintile = 1
    frequency_max: Quintile = 5
    monetary_min: Quintile = 1
    monetary_max: Quintile = 5


class Listed(Part, frozen=True, tag="listed"):
    """Whom the segment's own list names."""


RulePart = (
    LifeCycle
    | OrderCount
    | Spend
    | LastOrder
    | FirstOrderBy
    | Bought
    | UsedOffer
    | InTier
    | HoldsCard
    | HasStamps
    | Points
    | Consented
    | Speaks
    | BirthdayIn
    | CameByPartner
    | BroughtByFriend
    | Rfm
    | Listed
)
Rules = Annotated[tuple[RulePart, ...], Meta(max_length=RULES_MAX)]
# Pairs of fields of which the first is not above the second, and not both are empty.
RANGES = (
    ("at_least", "at_most"),
    ("amount_min", "amount_max"),
    ("days_min", "days_max"),
    ("recency_min", "recency_max"),
    ("frequency_min", "frequency_max"),
    ("monetary_min", "monetary_max"),
)


class SegmentDocument(Struct, frozen=True, forbid_unknown_fields=True):
    v: Literal[1]
    all: Rules = ()
    any: Rules = ()
    none: Rules = ()

    def rules(self) -> Iterator[RulePart]:
        yield from (*self.all, *self.any, *self.none)

    @property
    def has_list(self) -> bool:
        return any(isinstance(rule, Listed) for rule in self.rules())

    @property
    def compares(self) -> bool:
        """Whether one customer's facts may move others in or out."""
        return any(isinstance(rule, Rfm) for rule in self.rules())


class SegmentInvalid(ValueError):
    """`code`: malformed, empty, nothing_asked, range_upside_down; `attr` is a path like "all[0].at_least"."""

    def __init__(self, code: str, *, detail: str = "", attr: str = "") -> None:
        super().__init__(code)
        self.code, self.detail, self.attr = code, detail, attr


def parse_segment(document: Mapping[str, Any]) -> SegmentDocument:
    """Raises SegmentInvalid."""
    try:
        read = msgspec.convert(document, SegmentDocument)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        raise SegmentInvalid("malformed", detail=detail, attr=path.removesuffix("`").lstrip(".")) from None
    if not any(read.rules()):
        raise SegmentInvalid("empty")
    for family in ("all", "any", "none"):
        for place, rule in enumerate(getattr(read, family)):
            _refuse_unfit(rule, attr=f"{family}[{place}]")
    return read


def segment_schema() -> dict[str, Any]:
    """The JSON schema of a document."""
    return msgspec.json.schema(SegmentDocument)


def _refuse_unfit(rule: RulePart, *, attr: str) -> None:
    for low, high in RANGES:
        if not hasattr(rule, high):
            continue
        least, most = getattr(rule, low), getattr(rule, high)
        if least is None and most is None:
            raise SegmentInvalid("nothing_asked", attr=f"{attr}.{low}")
        if least is not None and most is not None and least > most:
            raise SegmentInvalid("range_upside_down", attr=f"{attr}.{high}")
    if isinstance(rule, Bought) and not rule.skus and not rule.groups:
        raise SegmentInvalid("nothing_asked", attr=f"{attr}.skus")
