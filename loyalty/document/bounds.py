"""The words and numbers that an offer's document may hold, each with its bounds."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from pricing.values import WHOLE_BP

AMOUNT_MAX = 10_000_000_000
COUNT_MAX = 1_000_000_000
UNITS_MAX = 10_000
DAYS_MAX = 3_660
POINTS_MAX = 100_000_000
FACTOR_BP_MAX = 1_000_000
DAY_MINUTES = 1_440

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Codes = Annotated[tuple[Code, ...], Meta(max_length=5000)]
SomeCodes = Annotated[tuple[Code, ...], Meta(min_length=1, max_length=5000)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Amount = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
AnyAmount = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Count = Annotated[int, Meta(ge=1, le=COUNT_MAX)]
Units = Annotated[int, Meta(ge=1, le=UNITS_MAX)]
Days = Annotated[int, Meta(ge=0, le=DAYS_MAX)]
Rate = Annotated[int, Meta(ge=1, le=WHOLE_BP)]
Weekday = Annotated[int, Meta(ge=1, le=7)]
Minute = Annotated[int, Meta(ge=0, le=DAY_MINUTES)]
Moment = Annotated[datetime, Meta(tz=True)]


class Part(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """A part of a document; a condition's, benefit's or target's kind names the class of pricing it becomes."""
