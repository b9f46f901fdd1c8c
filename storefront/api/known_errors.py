"""Which refusal of the house is which answer: one table, so that views contain no `try`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.errors import Fault
from checkout.merge import MergeFault
from clubcards.errors import CardFault
from coupons.hand_over import HandoverFault
from coupons.issue import IssueFault
from coupons.issue_balance import GiftFault
from loyalty.catalogue_take import TakeFault
from loyalty.hand_on import MoveFault
from loyalty.start_countdown import CountdownFault
from shop.give_consent import ConsentDiffers
from shop.keep_cart import UnknownProduct
from shop.keep_customer import CustomerErased
from shop.move_clock import ClockGoesForward, ClockTooFar, NotASandbox


@dataclass(frozen=True, slots=True)
class Known:
    """The answer to one kind of domain error. `detail` is said where the error has no text of its own."""

    status: int
    code: str
    detail: str | Promise
    attr: str | None = None


KNOWN: Mapping[type[Exception], Known] = {
    CustomerErased: Known(
        409,
        "customer_erased",
        _("This customer's personal data was erased and can not be sent again. Use a new reference."),
    ),
    ConsentDiffers: Known(
        409,
        "consent_differs",
        _(
            "Another answer is stored for this purpose, channel and moment. Send the new one with its own time."
        ),
    ),
    UnknownProduct: Known(422, "unknown_product", _("There is no such product. Send it first.")),
    NotASandbox: Known(
        403,
        "not_a_sandbox",
        _("Only a sandbox has a clock of its own. Make one: manage.py create_store --sandbox."),
    ),
    ClockGoesForward: Known(
        422, "clock_goes_forward", _("The clock only goes forward. Give a later moment than it shows."), "now"
    ),
    ClockTooFar: Known(
        422,
        "clock_too_far",
        _("A sandbox's clock runs at most ten years ahead. Make a new store to begin anew."),
    ),
}

CHECKOUT: Mapping[Fault, Known] = {
    Fault.ORDER_CONFLICT: Known(
        409, "", _("Another order is stored under this reference. Give each order its own.")
    ),
    Fault.PRICE_CHANGED: Known(
        409, "", _("The price has changed. Show the shopper the new quote, or send accept_changes: true.")
    ),
    Fault.QUOTE_TOKEN_INVALID: Known(
        400, "", _("This quote_token is not one of your store's. Send it as POST /quotes gave it.")
    ),
    Fault.QUOTE_TOKEN_EXPIRED: Known(409, "", _("This quote is over 30 minutes old. Ask for a new one.")),
    Fault.QUOTE_SPENT: Known(
        409, "", _("Another order was made of this quote. Ask for a new one: each order has its own.")
    ),
    Fault.QUOTE_REPLACED: Known(
        409, "", _("A newer quote of this cart holds its rights. Use the token or the id of that one.")
    ),
    Fault.QUOTE_RELEASED: Known(
        409, "", _("This reservation was let go. Ask for a new quote and show it to the shopper.")
    ),
    Fault.QUOTE_LAPSED: Known(
        409, "", _("This reservation's time is over. Ask for a new quote and show it to the shopper.")
    ),
    Fault.QUOTE_UNKNOWN: Known(404, "", _("Your store has no reservation of this number.")),
    Fault.ORDER_UNKNOWN: Known(404, "", _("Your store has no order under this reference.")),
    Fault.REFUND_CONFLICT: Known(
        409, "", _("Another refund is stored under this reference. Give each refund its own.")
    ),
    Fault.REFUND_EMPTY: Known(400, "", _("Name the lines and quantities to refund, or the delivery.")),
    Fault.LINE_UNKNOWN: Known(422, "", _("The order has no such line. Lines are counted from 1.")),
    Fault.LINE_TWICE: Known(400, "", _("Name each line once, with the whole quantity.")),
    Fault.REFUNDED_MORE_THAN_BOUGHT: Known(
        422, "", _("More would be refunded than was bought. GET the order to see what was refunded before.")
    ),
    Fault.MOMENT_OUT_OF_RANGE: Known(400, "", _("Give a moment between the year 2000 and now.")),
}

COUPONS: Mapping[IssueFault | HandoverFault | GiftFault, Known] = {
    IssueFault.OFFER_NOT_RUNNING: Known(
        409, "", _("The campaign's offer is not running. Start it in the panel, then issue again.")
    ),
    IssueFault.OFFER_WITHOUT_CODE: Known(
        409, "", _("The campaign's offer applies by itself; a code for it would give nothing more.")
    ),
    IssueFault.OFFER_ENDED: Known(409, "", _("The campaign's offer has ended; a coupon would be of no use.")),
    IssueFault.WRONG_KIND: Known(409, "", _("This campaign issues coupons of the other kind.")),
    IssueFault.OTHER_STORE: Known(
        422, "", _("There is no such customer. Send the customer first."), "customer"
    ),
    IssueFault.CODE_FORM: Known(400, "", _("A code is 3 to 40 letters A to Z, digits and hyphens."), "code"),
    IssueFault.CODE_TAKEN: Known(409, "", _("Another coupon has this code. Choose another one."), "code"),
    IssueFault.ISSUE_CONFLICT: Known(
        409, "", _("Another customer's coupon was issued under this key. Take a key of its own."), "issue_key"
    ),
    HandoverFault.LINK_UNKNOWN: Known(404, "", _("This link is not whole.")),
    HandoverFault.NOT_A_GIFT: Known(
        409, "", _("Only its holder may use a named coupon; it is not handed on.")
    ),
    HandoverFault.PUBLIC_CODE: Known(409, "", _("Everybody may use this code; there is nothing to hand on.")),
    HandoverFault.NOT_YOURS: Known(409, "", _("Another customer holds this coupon."), "customer"),
    HandoverFault.USED_UP: Known(409, "", _("The coupon has been used, or a cart holds it.")),
    HandoverFault.EXPIRED: Known(409, "", _("The coupon has ended.")),
    HandoverFault.REVOKED: Known(409, "", _("The coupon is void: taken back, or handed on before.")),
    HandoverFault.CLAIMED: Known(409, "", _("The coupon was handed on before.")),
    HandoverFault.TOO_MANY_HANDS: Known(409, "", _("The coupon has been through too many hands.")),
    GiftFault.AMOUNT_OUT_OF_RANGE: Known(
        400, "", _("Give an amount of at least one smallest unit."), "amount"
    ),
    GiftFault.DAYS_OUT_OF_RANGE: Known(
        400, "", _("A gift balance is valid for 1 day to 10 years."), "valid_days"
    ),
    GiftFault.OTHER_STORE: Known(
        422, "", _("There is no such customer. Send the customer first."), "customer"
    ),
    GiftFault.ISSUE_CONFLICT: Known(
        409,
        "",
        _("A gift balance of another amount or holder was issued under this key. Take a key of its own."),
        "issue_key",
    ),
    GiftFault.ABOVE_LIMIT: Known(403, "", _("This is more than your role may issue."), "amount"),
}

_MERGES: dict[CountdownFault | MergeFault | MoveFault | TakeFault, Known] = {
    MergeFault.ONESELF: Known(422, "", _("These are one customer already."), "customer"),
    MergeFault.OTHER_STORE: Known(422, "", _("There is no such customer. Send it first."), "customer"),
    MergeFault.ERASED: Known(409, "", _("The personal data of one of the two was erased; they stay apart.")),
    MergeFault.MERGED_ALREADY: Known(
        409, "", _("This customer was merged into another one before. Undo that first."), "customer"
    ),
    MergeFault.KEY_TAKEN: Known(
        409, "", _("Other customers were merged under this reference. Take a new one for each merge."), "ref"
    ),
    MergeFault.UNDONE_ALREADY: Known(409, "", _("This merge was undone before.")),
    MergeFault.MERGED_ON: Known(
        409, "", _("The kept customer was merged into another one since. Undo that merge first.")
    ),
}

LOYALTY: Mapping[CountdownFault | MergeFault | MoveFault | TakeFault, Known] = {
    **_MERGES,
    TakeFault.NOT_OFFERED: Known(404, "", _("There is no such reward now.")),
    TakeFault.NOT_A_MEMBER: Known(409, "", _("Rewards are for members: the customer has not joined.")),
    TakeFault.TIER_TOO_LOW: Known(409, "", _("This reward is for a higher tier.")),
    TakeFault.ALREADY_TAKEN: Known(409, "", _("The customer has taken it as often as one may.")),
    TakeFault.SOLD_OUT: Known(409, "", _("The last one has just been taken.")),
    TakeFault.NOT_ENOUGH_POINTS: Known(409, "", _("The customer has too few points.")),
    TakeFault.KEY_CONFLICT: Known(
        409, "", _("This key stands for another reward already. Use a new one."), "key"
    ),
    TakeFault.PAUSED: Known(409, "", _("The store has paused all redemption.")),
    CountdownFault.OFFER_UNKNOWN: Known(404, "", _("No offer of this code is running.")),
    CountdownFault.NO_COUNTDOWN: Known(
        409, "", _("This offer has no countdown: it lasts for everybody as long.")
    ),
    MoveFault.NOT_ALLOWED: Known(
        403,
        "",
        _("Customers of this store keep their points. Allow moves in the panel, under Limits of points."),
    ),
    MoveFault.NOT_A_MEMBER: Known(409, "", _("Both customers must have joined the programme.")),
    MoveFault.TO_ONESELF: Known(422, "", _("Nobody gives points to himself. Name another customer."), "to"),
    MoveFault.TOO_MANY_AT_ONCE: Known(422, "", _("This is more than may be given at once."), "points"),
    MoveFault.TOO_MANY_THIS_MONTH: Known(
        409, "", _("With these the customer would give more than a month allows."), "points"
    ),
    MoveFault.NOT_ENOUGH: Known(
        409, "", _("The customer does not have so many points to spend now."), "points"
    ),
    MoveFault.REF_TAKEN: Known(
        409, "", _("Other points were given under this reference. Take a new one for each move."), "ref"
    ),
}

CARDS: Mapping[CardFault, Known] = {
    CardFault.UNKNOWN_GROUP: Known(
        422, "", _("There is no such product group. Make it in the panel first."), "group"
    ),
    CardFault.RATE_OUT_OF_RANGE: Known(400, "", _("A rate is 0 to 10000 basis points.")),
    CardFault.AMOUNT_OUT_OF_RANGE: Known(400, "", _("Free delivery begins at an amount of 0 or more.")),
    CardFault.OFFER_CODE_TAKEN: Known(
        409,
        "",
        _("An offer of another kind bears the name that this plan's offer needs. Choose another code."),
        "code",
    ),
    CardFault.PLAN_CLOSED: Known(
        409, "", _("This plan is not in use. Set is_active to true, then give cards."), "plan"
    ),
    CardFault.OTHER_STORE: Known(
        422, "", _("There is no such customer. Send the customer first."), "customer"
    ),
    CardFault.ALREADY_HELD: Known(
        409,
        "",
        _("The customer holds this card until another moment. End it first, then give it anew."),
        "ends_at",
    ),
    CardFault.ENDS_IN_PAST: Known(
        422, "", _("A card ends after it begins: give a moment to come."), "ends_at"
    ),
    CardFault.NO_FREE_NUMBER: Known(503, "", _("No free card number was found. Try again shortly.")),
}
