"""A customer has filled a stamp card. Service: it tells of a reward that was earned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.models import FullCard
from triggers.facts import Facts
from triggers.models import Message, Trigger
from triggers.occasions.find_new import find_new, number_of, refuse_settings
from triggers.reasons import Objection, Reason

FIND = """
SELECT holder.customer_id, full_card.id, full_card.at
FROM loyalty_fullcard full_card
JOIN loyalty_stampholder holder ON holder.id = full_card.holder_id
JOIN shop_customer customer ON customer.id = holder.customer_id
WHERE full_card.store_id = %(store)s AND full_card.at > %(since)s AND full_card.at <= %(at)s
    AND full_card.withdrawn_at IS NULL AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = holder.customer_id
            AND said.occasion_key = 'card:' || full_card.id)
ORDER BY full_card.at, full_card.id
LIMIT %(limit)s
"""


class StampCardFull:
    """No settings."""

    code = "stamp_card_full"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        refuse_settings(params)

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_new(FIND, trigger, "card", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        """A return may have opened the card again."""
        return None if _card(message) is not None else Reason.OVERTAKEN

    def facts(self, message: Message, *, at: datetime) -> Facts:
        full = _card(message)
        return Facts(card=full.holder.card.name if full else "")


def _card(message: Message) -> FullCard | None:
    number = number_of(message)
    rows = FullCard.objects.filter(store_id=message.store_id, pk=number, withdrawn_at=None)
    return rows.select_related("holder__card").first()
