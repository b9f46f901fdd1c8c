"""Why a message was not said. The codes are stored; the sentences belong to the panel."""

from enum import StrEnum


class Reason(StrEnum):
    PAUSED = "paused"
    OFFER_ENDED = "offer_ended"
    ORDERED_AGAIN = "ordered_again"
    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"
    TOO_LATE = "too_late"
    NOT_WRITTEN = "not_written"
    REJECTED = "rejected"
    GAVE_UP = "gave_up"
    INTERRUPTED = "interrupted"
    NO_ANSWER = "no_answer"
