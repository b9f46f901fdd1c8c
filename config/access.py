"""Who may follow which route. Deny by default: a route that is not in ROUTES is closed, and a test names it.

Handbook §12. People carry a role in one store, machines the scopes of their key. Plain strings, because the settings
read this before any model exists; a test holds them equal to `shop.models.Role`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class By(StrEnum):
    """What the caller must show."""

    NOTHING = "nothing"
    ROLE = "role"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True)
class Access:
    """Names of the roles or scopes that may read (GET, HEAD) and those that may write (everything else)."""

    by: By
    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()

    def allows(self, name: str, *, writing: bool) -> bool:
        return self.by is By.NOTHING or name in (self.write if writing else self.read)


OWNER, ADMIN, MARKETER, SUPPORT, ANALYST = "owner", "admin", "marketer", "support", "analyst"
KEEPERS = frozenset({OWNER, ADMIN})
MARKETING = KEEPERS | {MARKETER}
CARE = KEEPERS | {SUPPORT}
SHOP_FLOOR = MARKETING | CARE
MEASURES = MARKETING | {ANALYST}
EVERYONE = SHOP_FLOOR | {ANALYST}
NOBODY: frozenset[str] = frozenset()

PUBLIC = Access(By.NOTHING)


def roles(read: Iterable[str], write: Iterable[str] = NOBODY) -> Access:
    return Access(By.ROLE, frozenset(read), frozenset(write))


def key(read: str = "", write: str = "") -> Access:
    """For routes of the API: the one scope that reading needs, and the one that writing needs."""
    return Access(By.SCOPE, frozenset({read} - {""}), frozenset({write} - {""}))


def of_model(
    name: str,
    *,
    read: frozenset[str],
    change: frozenset[str] = NOBODY,
    add: frozenset[str] = NOBODY,
    delete: frozenset[str] = NOBODY,
    listed: frozenset[str] | None = None,
) -> dict[str, Access]:
    """The five routes of one model in the panel. `listed`: who may see the list, where fewer than may read one."""
    listing = read if listed is None else listed
    return {
        f"admin:{name}_changelist": roles(listing, (change | delete) & listing),
        f"admin:{name}_add": roles(add, add),
        f"admin:{name}_change": roles(read, change),
        f"admin:{name}_delete": roles(delete, delete),
        f"admin:{name}_history": roles(change),
    }


PANEL: dict[str, Access] = {
    "admin:index": roles(EVERYONE),
    "admin:app_list": roles(EVERYONE),
    "admin:login": PUBLIC,
    "admin:logout": PUBLIC,
    "admin:jsi18n": PUBLIC,
    "admin:password_change": roles(EVERYONE, EVERYONE),
    "admin:password_change_done": roles(EVERYONE),
    "admin:autocomplete": roles(SHOP_FLOOR),  # and the list's own right is asked there
    "admin:search": roles(NOBODY),
    "admin:view_on_site": roles(NOBODY),
    "panel:switch_store": roles(EVERYONE, EVERYONE),
    "panel:customer": roles(SHOP_FLOOR),
    "panel:order": roles(SHOP_FLOOR),
    "panel:earning": roles(MEASURES),
    "panel:earning_new": roles(KEEPERS, KEEPERS),
    "panel:earning_edit": roles(KEEPERS, KEEPERS),
    "panel:earning_stop": roles(KEEPERS, KEEPERS),
    "panel:earning_expiry": roles(KEEPERS, KEEPERS),
    "panel:takes": roles(CARE),
    "panel:take_cancel": roles(CARE, CARE),
    "panel:take_hand_over": roles(CARE, CARE),
    "panel:cards": roles(SHOP_FLOOR),
    "panel:cards_ready": roles(MARKETING, MARKETING),
    "panel:card_plan_new": roles(MARKETING, MARKETING),
    "panel:card_plan": roles(MARKETING, MARKETING),
    "panel:card_give": roles(CARE, CARE),
    "panel:card_end": roles(CARE, CARE),
    "panel:tiers": roles(EVERYONE),
    "panel:tiers_edit": roles(MARKETING, MARKETING),
    "panel:tiers_example": roles(MARKETING, MARKETING),
    "panel:tiers_mails": roles(MARKETING, MARKETING),
    "panel:tiers_end": roles(MARKETING, MARKETING),
    "panel:segments": roles(EVERYONE),
    "panel:segment": roles(MEASURES),  # who is in it: shown to those who may change it
    "panel:segment_limits": roles(KEEPERS, KEEPERS),  # a setting of the store
    "panel:segments_ready": roles(MARKETING, MARKETING),
    "panel:segment_new": roles(MARKETING, MARKETING),
    "panel:segment_preview": roles(MARKETING, MARKETING),
    "panel:segment_edit": roles(MARKETING, MARKETING),
    "panel:segment_preview_of": roles(MARKETING, MARKETING),
    "panel:segment_list": roles(MARKETING, MARKETING),
    "panel:segment_archive": roles(MARKETING, MARKETING),
    "panel:segment_members_csv": roles(KEEPERS),
    "panel:stamp_cards": roles(EVERYONE),
    "panel:stamp_cards_example": roles(MARKETING, MARKETING),
    "panel:stamp_card_new": roles(MARKETING, MARKETING),
    "panel:stamp_card": roles(MARKETING, MARKETING),
    "panel:merge": roles(KEEPERS, KEEPERS),
    "panel:merge_undo": roles(KEEPERS, KEEPERS),
    "panel:export": roles(NOBODY, KEEPERS),
    "panel:erase": roles(KEEPERS, KEEPERS),
    "panel:tier_give": roles(CARE, CARE),
    "panel:tier_take_back": roles(CARE, CARE),
    "panel:campaigns": roles(MEASURES),
    "panel:campaign": roles(MEASURES),
    "panel:campaign_csv": roles(KEEPERS | {ANALYST}),
    "panel:offers": roles(EVERYONE),
    "panel:offer": roles(EVERYONE),
    "panel:offer_calendar": roles(EVERYONE),
    "panel:sales_plan": roles(MEASURES),
    "panel:sales_plan_edit": roles(KEEPERS, KEEPERS),
    "panel:offer_new": roles(MARKETING, MARKETING),
    "panel:offer_edit": roles(MARKETING, MARKETING),
    "panel:offer_preview": roles(MARKETING, MARKETING),
    "panel:offer_preview_of": roles(MARKETING, MARKETING),
    "panel:offer_products": roles(MARKETING),
    "panel:offer_publish": roles(MARKETING, MARKETING),
    "panel:offer_forecast": roles(MEASURES, MARKETING),
    "panel:offer_schedule": roles(MARKETING, MARKETING),
    "panel:offer_duplicate": roles(MARKETING, MARKETING),
    "panel:offer_campaign": roles(MARKETING, MARKETING),
    "panel:offer_pause": roles(MARKETING, MARKETING),
    "panel:offer_resume": roles(MARKETING, MARKETING),
    "panel:offer_archive": roles(MARKETING, MARKETING),
    "panel:lanes": roles(MEASURES, KEEPERS),  # a setting of the store
    "panel:coupons_new": roles(MARKETING, MARKETING),
    "panel:gift_balances": roles(SHOP_FLOOR),
    "panel:gift_balance": roles(SHOP_FLOOR),
    "panel:gift_balance_issue": roles(SHOP_FLOOR, SHOP_FLOOR),  # up to the limit of the role
    "panel:gift_balance_take_back": roles(KEEPERS, KEEPERS),
    "panel:gift_balance_codes": roles(KEEPERS, KEEPERS),
    "panel:gift_balance_mails": roles(KEEPERS, KEEPERS),
    "panel:campaign_codes": roles(MARKETING, MARKETING),
    "panel:campaign_codes_csv": roles(KEEPERS),
    "panel:try_cart": roles(SHOP_FLOOR),
    "panel:campaign_pause": roles(MARKETING, MARKETING),
    "panel:campaign_resume": roles(MARKETING, MARKETING),
    "panel:referrals": roles(SHOP_FLOOR),
    "panel:referral_settings": roles(MARKETING, MARKETING),
    "panel:referral_mails": roles(MARKETING, MARKETING),
    "panel:referral_review": roles(CARE, CARE),
    "panel:partners": roles(MARKETING),
    "panel:partner_new": roles(MARKETING, MARKETING),
    "panel:partner": roles(MARKETING),
    "panel:partner_edit": roles(MARKETING, MARKETING),
    "panel:partner_link": roles(MARKETING, MARKETING),
    "panel:partner_statement": roles(KEEPERS, KEEPERS),  # who holds the link sees the figures
    "panel:partner_month": roles(KEEPERS, KEEPERS),
    "panel:partner_payouts": roles(KEEPERS),
    "panel:playbooks": roles(MARKETING),
    "panel:win_back": roles(MARKETING, MARKETING),
    "panel:cart_reminder": roles(MARKETING, MARKETING),
    "panel:points_warning": roles(MARKETING, MARKETING),
    "panel:birthday": roles(MARKETING, MARKETING),
    "panel:imports": roles(KEEPERS),
    "panel:import_new": roles(KEEPERS, KEEPERS),
    "panel:import_match": roles(KEEPERS, KEEPERS),
    "panel:import": roles(KEEPERS),
    "panel:import_bad_rows": roles(KEEPERS),
    "panel:liability": roles(KEEPERS | {ANALYST}),
    "panel:liability_csv": roles(KEEPERS | {ANALYST}),
    "panel:liability_json": roles(KEEPERS | {ANALYST}),
    "panel:move_points": roles(CARE, CARE),
    "panel:books": roles(KEEPERS),
    "panel:books_check": roles(NOBODY, KEEPERS),
    "panel:corrections": roles(CARE),
    "panel:correction_decide": roles(NOBODY, KEEPERS),
    "panel:correct_points": roles(CARE, CARE),
    "panel:mailbox": roles(KEEPERS),
    "panel:mail": roles(KEEPERS),
}

MODELS: dict[str, Access] = {
    **of_model("shop_customer", read=SHOP_FLOOR, add=KEEPERS, change=KEEPERS),
    **of_model("shop_person", read=CARE, add=KEEPERS, change=CARE, listed=KEEPERS),
    **of_model("shop_consent", read=CARE, listed=KEEPERS),
    **of_model("shop_visitor", read=CARE, listed=KEEPERS),
    **of_model("shop_activity", read=CARE, listed=KEEPERS),
    **of_model("shop_product", read=SHOP_FLOOR, add=KEEPERS, change=KEEPERS),
    **of_model("shop_productgroup", read=SHOP_FLOOR, add=MARKETING, change=MARKETING, delete=KEEPERS),
    **of_model("shop_cart", read=SHOP_FLOOR, listed=MARKETING),
    **of_model("shop_order", read=SHOP_FLOOR),
    **of_model("shop_refund", read=SHOP_FLOOR, listed=MARKETING),
    **of_model("shop_store", read=KEEPERS, change=KEEPERS, add=frozenset({OWNER})),
    **of_model("shop_apikey", read=KEEPERS, add=KEEPERS, change=KEEPERS),
    **of_model("shop_widgetsettings", read=KEEPERS, add=KEEPERS, change=KEEPERS),
    **of_model("shop_user", read=KEEPERS, add=KEEPERS, change=KEEPERS),
    **of_model("shop_staffrole", read=KEEPERS, change=KEEPERS, delete=KEEPERS),
    **of_model("shop_approval", read=KEEPERS),
    **of_model("shop_job", read=KEEPERS),
    **of_model("shop_outbox", read=KEEPERS),
    **of_model("shop_heartbeat", read=KEEPERS),
    **of_model("loyalty_offer", read=EVERYONE),
    **of_model("loyalty_earningrule", read=MEASURES, add=KEEPERS, change=KEEPERS),
    **of_model("loyalty_pointslimits", read=KEEPERS, add=KEEPERS, change=KEEPERS),
    **of_model("loyalty_catalogueitem", read=SHOP_FLOOR, add=MARKETING, change=MARKETING),
    **of_model("loyalty_account", read=CARE, listed=KEEPERS),
    **of_model("loyalty_transfer", read=CARE, listed=KEEPERS),
    **of_model("loyalty_lot", read=CARE, listed=KEEPERS),
    **of_model("coupons_couponcampaign", read=MEASURES),
    **of_model("coupons_coupon", read=SHOP_FLOOR, listed=KEEPERS),
    **of_model("coupons_giftproduct", read=SHOP_FLOOR, add=KEEPERS, change=KEEPERS),
    **of_model("coupons_giftlimit", read=KEEPERS, add=frozenset({OWNER}), change=frozenset({OWNER})),
    **of_model("coupons_revocation", read=SHOP_FLOOR, listed=MARKETING),
    **of_model("coupons_handover", read=SHOP_FLOOR, listed=MARKETING),
    **of_model("coupons_redemption", read=SHOP_FLOOR, listed=MARKETING),
    **of_model("clubcards_cardplan", read=SHOP_FLOOR),
    **of_model("clubcards_membership", read=CARE),
    **of_model("triggers_trigger", read=MARKETING, change=MARKETING),
    **of_model("triggers_message", read=SHOP_FLOOR, listed=MARKETING),
    **of_model("triggers_delivery", read=CARE, listed=KEEPERS),
    **of_model("triggers_suppression", read=KEEPERS),
    **of_model("storefront_idempotentrequest", read=KEEPERS),
}

SITE: dict[str, Access] = {
    "home": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "set_language": PUBLIC,
    "unsubscribe": PUBLIC,
    "claim": PUBLIC,
    "card": PUBLIC,
    "go": PUBLIC,
    "statement": PUBLIC,
}

# The views name the same scopes, method by method; a test holds both lists equal.
API: dict[str, Access] = {
    "api-schema": PUBLIC,
    "api-docs": PUBLIC,
    "api-store": key(read="store:read"),
    "api-customers": key(read="customers:read"),
    "api-customer": key(read="customers:read", write="customers:write"),
    "api-consents": key(write="customers:write"),
    "api-points": key(read="customers:read"),
    "api-customer-tier": key(read="customers:read"),
    "api-customer-stamps": key(read="customers:read", write="customers:write"),
    "api-customer-coupons": key(read="coupons:read"),
    "api-customer-offers": key(read="coupons:read"),
    "api-customer-referral": key(read="customers:read", write="customers:write"),
    "api-campaign-coupons": key(write="coupons:write"),
    "api-handover": key(write="coupons:write"),
    "api-revocation": key(write="coupons:write"),
    "api-customer-cards": key(read="cards:read", write="cards:write"),
    "api-card-plans": key(read="cards:read"),
    "api-card-plan": key(read="cards:read", write="cards:write"),
    "api-card": key(read="cards:read"),
    "api-card-end": key(write="cards:write"),
    "api-customer-rewards": key(read="customers:read"),
    "api-customer-reward": key(write="customers:write"),
    "api-earning-rules": key(read="store:read"),
    "api-segments": key(read="customers:read"),
    "api-segment-members": key(write="customers:write"),
    "api-products": key(read="products:read"),
    "api-products-bulk": key(write="products:write"),
    "api-product": key(read="products:read", write="products:write"),
    "api-cart": key(write="carts:write"),
    "api-events": key(write="events:write"),
    "api-countdown": key(write="events:write"),
    "api-gift-balances": key(write="gift_balances:write"),
    "api-gift-balance-look": key(write="gift_balances:read"),
    "api-gift-balance-revocation": key(write="gift_balances:write"),
    "api-customer-gift-balances": key(read="gift_balances:read"),
    "api-order-gift-balances": key(write="gift_balances:read"),
    "api-quotes": key(write="quotes:write"),
    "api-quote-release": key(write="quotes:write"),
    "api-orders": key(read="orders:read", write="orders:write"),
    "api-order": key(read="orders:read"),
    "api-payments": key(write="orders:write"),
    "api-fulfilment": key(write="orders:write"),
    "api-cancellation": key(write="orders:write"),
    "api-refunds": key(write="orders:write"),
    "api-sandbox-clock": key(read="store:read", write="sandbox:write"),
    "api-campaigns": key(read="campaigns:read"),
    "api-campaign-report": key(read="campaigns:read"),
    "api-points-liability": key(read="reports:read"),
    "api-points-move": key(write="customers:write"),
    "api-merge": key(write="customers:merge"),
    "api-merge-undo": key(write="customers:merge"),
    "api-customer-export": key(write="customers:export"),
    "api-customer-erasure": key(write="customers:erase"),
}

ROUTES: Mapping[str, Access] = {**SITE, **PANEL, **MODELS, **API}
