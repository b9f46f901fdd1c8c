"""What happened, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop.models import Activity

# kind -> words and a Material symbol. A kind without words is shown by its name.
WORDS: dict[str, tuple[str | Promise, str]] = {
    "visit": (_("Visited the shop"), "visibility"),
    "visitor.seen": (_("Visited the shop"), "visibility"),
    "product.viewed": (_("Looked at a product"), "visibility"),
    "category.viewed": (_("Looked at a category"), "visibility"),
    "search.made": (_("Searched the shop"), "search"),
    "cart.viewed": (_("Looked at the cart"), "shopping_cart"),
    "checkout.begun": (_("Began the checkout"), "shopping_cart_checkout"),
    "offer.shown": (_("Was shown an offer"), "sell"),
    "offer.clicked": (_("Followed an offer"), "sell"),
    "page.shared": (_("Shared a page"), "share"),
    "review.written": (_("Wrote a review"), "rate_review"),
    "product.liked": (_("Liked a product"), "favorite"),
    "cart.changed": (_("Changed the cart"), "shopping_cart"),
    "cart.ordered": (_("Turned the cart into an order"), "shopping_cart_checkout"),
    "cart.emptied": (_("Emptied the cart"), "remove_shopping_cart"),
    "order.placed": (_("Ordered"), "receipt_long"),
    "order.imported": (_("Ordered (from an import)"), "receipt_long"),
    "order.paid": (_("Paid"), "payments"),
    "order.payment_failed": (_("The payment failed"), "credit_card_off"),
    "order.fulfilled": (_("Received the order"), "local_shipping"),
    "order.refunded": (_("Gave goods back"), "undo"),
    "refund.imported": (_("Gave goods back (from an import)"), "undo"),
    "order.cancelled": (_("Cancelled the order"), "cancel"),
    "customer.joined": (_("Joined the programme"), "loyalty"),
    "customer.added": (_("The storefront sent the customer's data"), "person"),
    "customer.kept": (_("The storefront sent the customer's data"), "person"),
    "customer.changed": (_("The storefront sent the customer's data"), "person"),
    "customer.merged": (_("Merged: two numbers, one customer"), "merge"),
    "customer.unmerged": (_("The merge was undone"), "call_split"),
    "customer.exported": (_("A colleague exported what is known"), "download"),
    "customer.erased": (_("Personal data erased"), "delete_forever"),
    "consent.given": (_("Agreed to be written to"), "verified_user"),
    "consent.withdrawn": (_("Does not want to be written to"), "block"),
    "coupon.issued": (_("Got a coupon"), "confirmation_number"),
    "coupon.redeemed": (_("Used a coupon"), "redeem"),
    "coupon.revoked": (_("Coupon taken back"), "block"),
    "coupon.handover_offered": (_("Asked for a link to hand a gift on"), "link"),
    "coupon.handed_over": (_("Gift handed on to a friend"), "featured_seasonal_and_gifts"),
    "gift_balance.issued": (_("Got a gift balance"), "wallet"),
    "gift_balance.shown": (_("The code of a gift balance was shown"), "visibility"),
    "gift_balance.revoked": (_("Gift balance taken back"), "block"),
    "countdown.started": (_("Was shown an offer with a countdown"), "timer"),
    "card.given": (_("Got a club card"), "id_card"),
    "card.ended": (_("The club card ended"), "credit_card_off"),
    "points.earned": (_("Earned points"), "toll"),
    "points.adjusted": (_("Points given or taken by hand"), "rule"),
    "points.adjustment_asked": (_("A correction of points waits for a second person"), "hourglass_top"),
    "points.given": (_("Gave points to another customer"), "arrow_outward"),
    "points.received": (_("Got points from another customer"), "south_west"),
    "tier.changed": (_("Moved on the ladder of tiers"), "stairs_2"),
    "stamp_card.full": (_("Filled a stamp card"), "approval"),
    "click": (_("Followed a friend's or a partner's link"), "link"),
    "referral.joined": (_("Was brought by a friend"), "group_add"),
    "referral.rewarded": (_("Earned a reward for a friend"), "volunteer_activism"),
    "referral.reviewed": (_("A colleague decided about the reward for a friend"), "flag"),
    "segment.entered": (_("Entered a segment"), "groups"),
    "segment.left": (_("Left a segment"), "group_off"),
    "message.sent": (_("Got a mail"), "mail"),
    "message.suppressed": (_("A mail was held back"), "unsubscribe"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One line: when, what, about what."""

    at: datetime
    words: str | Promise
    icon: str
    subject: str


def say_activity(rows: Iterable[Activity]) -> list[Said]:
    """In the given order. Of subjects only order numbers ("order:536365") are shown: they mean something to people."""
    said = []
    for row in rows:
        words, icon = WORDS.get(row.kind, (row.kind.replace(".", " "), "circle"))
        about, _colon, number = row.subject.partition(":")
        said.append(Said(row.at, words, icon, number if about == "order" else ""))
    return said
