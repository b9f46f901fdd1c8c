"""Why a plan or a card can not be as asked. Codes only; the edges turn them into answers."""

from enum import StrEnum


class CardFault(StrEnum):
    UNKNOWN_GROUP = "unknown_group"  # the store has no product group of this code
    RATE_OUT_OF_RANGE = "rate_out_of_range"  # a discount or a limit is 0 to 100 %
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"  # free delivery begins at 0 or more
    OFFER_CODE_TAKEN = "offer_code_taken"  # an offer that is not the plan's bears the name of the plan's own
    PLAN_CLOSED = "plan_closed"  # the plan is not in use, so no new card of it is given
    OTHER_STORE = "other_store"
    ALREADY_HELD = "already_held"  # the customer holds the plan already, until another moment
    ENDS_IN_PAST = "ends_in_past"  # a card can not end before it begins
    NO_FREE_NUMBER = "no_free_number"


class CardRefused(Exception):
    """`attr` names the setting that is at fault, where one is."""

    def __init__(self, code: CardFault, *, attr: str | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.attr = attr
