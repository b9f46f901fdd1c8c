"""The panel's menu: only what the route table opens to the person's role."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop.store_admin import is_allowed, role_of


class Entry(NamedTuple):
    """One line of the menu; `icon` is a name of Material Symbols."""

    title: str | Promise
    icon: str
    route: str


class Group(NamedTuple):
    """Lines that belong together. A closed one opens when one of its pages is shown."""

    title: str | Promise
    entries: tuple[Entry, ...]
    is_closed: bool = False


MENU = (
    Group(
        "",
        (Entry(_("Start"), "home", "admin:index"),),
    ),
    Group(
        _("Bring customers back"),
        (
            Entry(_("Playbooks"), "auto_awesome", "panel:playbooks"),
            Entry(_("Campaigns"), "campaign", "panel:campaigns"),
            Entry(_("Try a cart"), "shopping_cart_checkout", "panel:try_cart"),
            Entry(_("Messages"), "mail", "admin:triggers_message_changelist"),
        ),
    ),
    Group(
        _("Customers"),
        (
            Entry(_("Customers"), "group", "admin:shop_customer_changelist"),
            Entry(_("Segments"), "groups", "panel:segments"),
            Entry(_("Consents"), "verified_user", "admin:shop_consent_changelist"),
            Entry(_("What happened"), "history", "admin:shop_activity_changelist"),
        ),
    ),
    Group(
        _("Programme"),
        (
            Entry(_("Earning"), "toll", "panel:earning"),
            Entry(_("Rewards catalogue"), "redeem", "admin:loyalty_catalogueitem_changelist"),
            Entry(_("Rewards taken"), "inventory", "panel:takes"),
            Entry(_("Offers"), "sell", "panel:offers"),
            Entry(_("Calendar of offers"), "calendar_month", "panel:offer_calendar"),
            Entry(_("Sales plan"), "flag", "panel:sales_plan"),
            Entry(_("Tiers"), "stairs_2", "panel:tiers"),
            Entry(_("Stamp cards"), "approval", "panel:stamp_cards"),
            Entry(_("Club cards"), "id_card", "panel:cards"),
            Entry(_("Referrals"), "group_add", "panel:referrals"),
            Entry(_("Partners"), "handshake", "panel:partners"),
            Entry(_("Members"), "badge", "admin:clubcards_membership_changelist"),
            Entry(_("Coupons"), "confirmation_number", "admin:coupons_coupon_changelist"),
            Entry(_("Gift balances"), "wallet", "panel:gift_balances"),
            Entry(_("Limits of gift balances"), "speed", "admin:coupons_giftlimit_changelist"),
            Entry(_("Hand-overs"), "featured_seasonal_and_gifts", "admin:coupons_handover_changelist"),
            Entry(_("Redemptions"), "redeem", "admin:coupons_redemption_changelist"),
            Entry(_("What points are owed"), "account_balance", "panel:liability"),
            Entry(_("Books"), "fact_check", "panel:books"),
            Entry(_("Corrections by hand"), "rule", "panel:corrections"),
            Entry(_("Limits of points"), "speed", "admin:loyalty_pointslimits_changelist"),
            Entry(_("Points accounts"), "account_balance_wallet", "admin:loyalty_account_changelist"),
            Entry(_("Movements of points"), "swap_horiz", "admin:loyalty_transfer_changelist"),
            Entry(_("Earned portions"), "hourglass_top", "admin:loyalty_lot_changelist"),
        ),
    ),
    Group(
        _("Shop"),
        (
            Entry(_("Orders"), "receipt_long", "admin:shop_order_changelist"),
            Entry(_("Refunds"), "undo", "admin:shop_refund_changelist"),
            Entry(_("Products"), "inventory_2", "admin:shop_product_changelist"),
            Entry(_("Product groups"), "category", "admin:shop_productgroup_changelist"),
            Entry(_("Carts"), "shopping_cart", "admin:shop_cart_changelist"),
            Entry(_("Import orders"), "upload_file", "panel:imports"),
        ),
    ),
    Group(
        _("Set-up"),
        (
            Entry(_("Store"), "storefront", "admin:shop_store_changelist"),
            Entry(_("API keys"), "key", "admin:shop_apikey_changelist"),
            Entry(_("Colleagues"), "badge", "admin:shop_user_changelist"),
            Entry(_("Roles"), "admin_panel_settings", "admin:shop_staffrole_changelist"),
            Entry(_("Widget"), "widgets", "admin:shop_widgetsettings_changelist"),
        ),
        is_closed=True,
    ),
    Group(
        _("Behind the scenes"),
        (
            Entry(_("Mailbox"), "inbox", "panel:mailbox"),
            Entry(_("Jobs"), "work_history", "admin:shop_job_changelist"),
            Entry(_("Triggers"), "bolt", "admin:triggers_trigger_changelist"),
            Entry(_("Coupon campaigns"), "local_activity", "admin:coupons_couponcampaign_changelist"),
            Entry(_("Deliveries"), "outgoing_mail", "admin:triggers_delivery_changelist"),
            Entry(_("Suppressed addresses"), "block", "admin:triggers_suppression_changelist"),
            Entry(_("Visitors"), "visibility", "admin:shop_visitor_changelist"),
            Entry(_("Waiting facts"), "pending", "admin:shop_outbox_changelist"),
            Entry(_("Signs of life"), "monitor_heart", "admin:shop_heartbeat_changelist"),
            Entry(_("Approvals"), "how_to_reg", "admin:shop_approval_changelist"),
            Entry(_("Remembered requests"), "cached", "admin:storefront_idempotentrequest_changelist"),
        ),
        is_closed=True,
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's list of groups for this person; groups without an open page are left out."""
    groups = [
        {
            "title": group.title,
            "collapsible": group.is_closed,
            "items": [_item(entry) for entry in group.entries if _is_shown(entry, request)],
        }
        for group in MENU
    ]
    return [group for group in groups if group["items"]]


def _item(entry: Entry) -> dict[str, Any]:
    return {"title": entry.title, "icon": entry.icon, "link": reverse(entry.route)}


def _is_shown(entry: Entry, request: HttpRequest) -> bool:
    if entry.route == "panel:mailbox" and not settings.MAILBOX_DIR:
        return False
    return is_allowed(role_of(request), entry.route)
