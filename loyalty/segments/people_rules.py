"""Rules by who a customer is, and what they have in the programme, as SQL."""

from typing import Any

from loyalty.segments.clause import Clause, Setting, within
from loyalty.segments.document import (
    BirthdayIn,
    BroughtByFriend,
    CameByPartner,
    Consented,
    HasStamps,
    InTier,
    Listed,
    Points,
    Speaks,
)
from shop.clock import local_date

TIER = """
SELECT person.id AS customer_id, tier.code FROM person
JOIN loyalty_tierstatus status ON status.customer_id = person.id
JOIN loyalty_tier tier ON tier.id = status.tier_id
WHERE person.id = person.head
"""


def in_tier(rule: InTier, setting: Setting) -> Clause:
    if not rule.tiers:
        return Clause("__facts__.code IS NOT NULL", TIER)
    return Clause("__facts__.code = ANY(%(tiers)s)", TIER, {"tiers": list(rule.tiers)})


STAMPS = """
SELECT person.head AS customer_id, count(*) AS stamps FROM person
JOIN loyalty_stampholder holder ON holder.customer_id = person.id
JOIN loyalty_stampcard card ON card.id = holder.card_id AND card.code = ANY(%(cards)s)
JOIN loyalty_stamp stamp ON stamp.holder_id = holder.id AND stamp.withdrawn_at IS NULL AND stamp.at <= %(at)s
    AND (stamp.full_card_id IS NOT NULL OR stamp.ends_at IS NULL OR stamp.ends_at > %(at)s)
GROUP BY person.head
"""


def has_stamps(rule: HasStamps, setting: Setting) -> Clause:
    values: dict[str, Any] = {"cards": list(rule.cards), "at_least": rule.at_least}
    return Clause("__facts__.stamps >= %(at_least)s", STAMPS, values)


POINTS = """
SELECT person.head AS customer_id, sum(lot."left" - lot.held)::bigint AS points FROM person
JOIN loyalty_account account ON account.customer_id = person.id
    AND account.kind = 'customer' AND account.asset = 'points'
JOIN loyalty_lot lot ON lot.account_id = account.id AND lot."left" > lot.held
    AND lot.active_at <= %(at)s AND lot.ends_at > %(at)s
GROUP BY person.head
"""


def points(rule: Points, setting: Setting) -> Clause:
    holds, values = within("coalesce(__facts__.points, 0)", rule.at_least, rule.at_most)
    return Clause(holds, POINTS, values)


CONSENTS = """
SELECT newest.customer_id, bool_or(newest.is_given) AS is_given FROM (
    SELECT DISTINCT ON (person.head, consent.purpose, consent.channel)
        person.head AS customer_id, consent.is_given
    FROM person JOIN shop_consent consent ON consent.customer_id = person.id AND consent.at <= %(at)s
        AND consent.purpose = ANY(%(purposes)s) AND (%(channels)s::text[] = '{}' OR consent.channel = ANY(%(channels)s))
    ORDER BY person.head, consent.purpose, consent.channel, consent.at DESC, consent.id DESC) AS newest
GROUP BY newest.customer_id
"""


def consented(rule: Consented, setting: Setting) -> Clause:
    values: dict[str, Any] = {"purposes": list(rule.purposes), "channels": list(rule.channels)}
    return Clause("__facts__.is_given", CONSENTS, values)


def speaks(rule: Speaks, setting: Setting) -> Clause:
    """Whose language nobody told is taken to speak the store's."""
    values: dict[str, Any] = {"languages": list(rule.languages), "usual": setting.store.language}
    return Clause("coalesce(nullif(customer.language, ''), %(usual)s) = ANY(%(languages)s)", values=values)


MONTHS = """
SELECT person.id AS customer_id, extract(month FROM someone.birth_on)::int AS month FROM person
JOIN shop_person someone ON someone.customer_id = person.id AND someone.birth_on IS NOT NULL
WHERE person.id = person.head
"""


def birthday_in(rule: BirthdayIn, setting: Setting) -> Clause:
    months = list(rule.months) or [local_date(setting.store, setting.at).month]
    return Clause("__facts__.month = ANY(%(months)s)", MONTHS, {"months": months})


PARTNERS = """
SELECT person.head AS customer_id, array_agg(DISTINCT partner.code::text) AS partners FROM person
JOIN shop_order "order" ON "order".customer_id = person.id AND "order".status <> 'cancelled'
JOIN loyalty_acquisition acquired ON acquired.order_id = "order".id AND acquired.kind = 'partner'
JOIN loyalty_partner partner ON partner.id = acquired.partner_id
GROUP BY person.head
"""


def came_by_partner(rule: CameByPartner, setting: Setting) -> Clause:
    if not rule.partners:
        return Clause("__facts__.partners IS NOT NULL", PARTNERS)
    return Clause("__facts__.partners && %(partners)s::text[]", PARTNERS, {"partners": list(rule.partners)})


FRIENDS = """
SELECT DISTINCT person.head AS customer_id FROM person
JOIN loyalty_referral referral ON referral.customer_id = person.id
"""


def brought_by_friend(rule: BroughtByFriend, setting: Setting) -> Clause:
    return Clause("__facts__.customer_id IS NOT NULL", FRIENDS)


LISTED = """
SELECT DISTINCT person.head AS customer_id FROM person
JOIN loyalty_segmentlisted listed ON listed.customer_id = person.id AND listed.segment_id = %(segment)s
"""


def listed(rule: Listed, setting: Setting) -> Clause:
    return Clause("__facts__.customer_id IS NOT NULL", LISTED, {"segment": setting.segment})
