"""What may be wrong with an offer's document."""

from enum import StrEnum


class DocumentFault(StrEnum):
    MALFORMED = "malformed"  # a field is missing, unknown or out of its bounds; `attr` says which
    UNKNOWN_LANE = "unknown_lane"
    WINDOW_EMPTY = "window_empty"  # it ends before it starts
    RANGE_EMPTY = "range_empty"  # a least above its most
    NOTHING_NAMED = "nothing_named"  # a "cart contains" that names no sku and no group, and the like
    STEPS_NOT_ASCENDING = "steps_not_ascending"  # a higher step must give more
    WRONG_LANE = "wrong_lane"  # a benefit that the lane is not for
    WRONG_TARGET = "wrong_target"  # a target that the benefit cannot act on
    NEVER_HOLDS = "never_holds"  # two conditions that exclude each other
    SAID_TWICE = "said_twice"
    POINTLESS = "pointless"  # a setting that can change nothing here


class OfferDocumentInvalid(ValueError):
    """`attr` is the path of the field, for example "benefits[0].rate_bp"; `detail` says what it should be."""

    def __init__(self, code: DocumentFault, *, detail: str, attr: str | None) -> None:
        super().__init__(f"{attr or 'document'}: {detail}")
        self.code = code
        self.detail = detail
        self.attr = attr
