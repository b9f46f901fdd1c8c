"""Why a message was not said. The codes are stored; the sentences belong to the panel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    PAUSED = "paused"
    OFFER_ENDED = "offer_ended"
    ORDERED_AGAIN = "ordered_again"
    CART_EMPTIED = "cart_emptied"
    CART_GONE = "cart_gone"
    NOTHING_LEFT = "nothing_left"
    NOT_IN_SEGMENT = "not_in_segment"
    BIRTHDAY_CHANGED = "birthday_changed"
    OVERTAKEN = "overtaken"
    TOO_OFTEN = "too_often"
    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"
    TOO_LATE = "too_late"
    NOT_WRITTEN = "not_written"
    REJECTED = "rejected"
    GAVE_UP = "gave_up"
    INTERRUPTED = "interrupted"
    NO_ANSWER = "no_answer"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now. The message keeps its occasion and is asked about again at `until`, which lies ahead."""

    until: datetime


Objection = Reason | Wait
