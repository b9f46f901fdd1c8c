"""What a recheck of the books may find."""

from dataclasses import dataclass
from enum import StrEnum


class FindingCode(StrEnum):
    BALANCE_IS_NOT_ITS_TRANSFERS = "balance_is_not_its_transfers"
    BALANCE_IS_NOT_ITS_LOTS = "balance_is_not_its_lots"
    HELD_IS_NOT_ITS_LOTS = "held_is_not_its_lots"
    POINTS_WITHOUT_LOT = "points_without_lot"
    LOT_IS_NOT_ITS_TRANSFER = "lot_is_not_its_transfer"
    LOT_IS_NOT_ITS_USES = "lot_is_not_its_uses"
    OWED_IS_NOT_ITS_DEBTS = "owed_is_not_its_debts"
    RETURNED_IS_NOT_ITS_TRANSFERS = "returned_is_not_its_transfers"
    TAKEN_BACK_IS_NOT_ITS_TRANSFERS = "taken_back_is_not_its_transfers"
    SPENT_IS_NOT_ITS_TRANSFER = "spent_is_not_its_transfer"
    REFUNDED_IS_NOT_ITS_REFUNDS = "refunded_is_not_its_refunds"
    DISCOUNT_IS_NOT_ITS_ROWS = "discount_is_not_its_rows"
    USES_ARE_NOT_THEIR_ORDERS = "uses_are_not_their_orders"
    DAY_USES_ARE_NOT_THEIR_ORDERS = "day_uses_are_not_their_orders"
    PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS = "paid_by_balances_is_not_its_payments"
    BALANCE_MOVED_IS_NOT_ITS_PAYMENTS = "balance_moved_is_not_its_payments"
    GIFT_BALANCE_DOES_NOT_ADD_UP = "gift_balance_does_not_add_up"
    GIFT_RECORD_IS_NOT_ITS_MOVEMENTS = "gift_record_is_not_its_movements"
    TIER_IS_NOT_ITS_FACTS = "tier_is_not_its_facts"
    FULL_CARD_IS_NOT_ITS_STAMPS = "full_card_is_not_its_stamps"
    STAMPS_ARE_NOT_THEIR_ORDERS = "stamps_are_not_their_orders"
    COMMISSION_IS_NOT_ITS_LINE = "commission_is_not_its_line"
    PAYOUT_IS_NOT_ITS_COMMISSIONS = "payout_is_not_its_commissions"
    FRIEND_REWARD_IS_NOT_ITS_TRANSFERS = "friend_reward_is_not_its_transfers"
    BUDGET_IS_NOT_ITS_DISCOUNTS = "budget_is_not_its_discounts"
    COUPON_USES_ARE_NOT_ITS_REDEMPTIONS = "coupon_uses_are_not_its_redemptions"
    HELD_IS_NOT_ITS_RESERVATIONS = "held_is_not_its_reservations"
    REPORT_IS_NOT_ITS_TRANSFERS = "report_is_not_its_transfers"
    SEAL_IS_BROKEN = "seal_is_broken"
    SEALED_DAY_GREW_OR_SHRANK = "sealed_day_grew_or_shrank"
    SEALED_ROWS_CHANGED = "sealed_rows_changed"
    DAY_WITHOUT_ITS_SEAL = "day_without_its_seal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up. `subject` names the row, for example "account:12" or "day:2026-05-31".

    Of a day both figures are numbers of movements, under the seal and in the table; of a tier they are its numbers.
    """

    code: FindingCode
    subject: str
    expected: int
    found: int
