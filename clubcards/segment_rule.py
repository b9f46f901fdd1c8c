"""The rule of segments that only this room can answer: who holds a card. `SEGMENT_RULES` of the settings names it."""

from loyalty.segments.clause import Clause, Setting
from loyalty.segments.document import HoldsCard

CARDS = """
SELECT person.head AS customer_id, array_agg(DISTINCT plan.code::text) AS plans FROM person
JOIN clubcards_membership card ON card.customer_id = person.id
    AND card.starts_at <= %(at)s AND (card.ends_at IS NULL OR card.ends_at > %(at)s)
JOIN clubcards_cardplan plan ON plan.id = card.plan_id AND plan.is_active
GROUP BY person.head
"""


def holds_card(rule: HoldsCard, setting: Setting) -> Clause:
    if not rule.plans:
        return Clause("__facts__.plans IS NOT NULL", CARDS)
    return Clause("__facts__.plans && %(plans)s::text[]", CARDS, {"plans": list(rule.plans)})
