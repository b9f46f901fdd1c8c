"""When an offer applies: what the builder asks for each kind of condition."""

from django.utils.translation import gettext_lazy as _

from panel.offers.language import fields as ask
from panel.offers.language.kind import Kind, by_kind

CART, BUYER, MOMENT = _("The cart"), _("The customer"), _("The moment and the way")

KINDS = (
    Kind(
        "subtotal_at_least",
        _("The order comes to an amount"),
        _("{groups} in the cart come to at least {amount}, {before_discounts}"),
        _(
            "Equal is enough: with 20.00 an order of exactly 20.00 qualifies. “After” counts what is left when "
            "earlier steps have taken their discounts."
        ),
        (
            ask.codes("groups", _("of which goods"), empty=_("all goods")),
            ask.money("amount", _("amount")),
            ask.either(
                "before_discounts",
                _("how it is counted"),
                no=_("after earlier discounts"),
                yes=_("before discounts"),
            ),
        ),
        topic=CART,
        icon="payments",
    ),
    Kind(
        "quantity_at_least",
        _("The cart has a number of items"),
        _("the cart has at least {quantity} items of {groups}"),
        _("For example 2: two candles are enough, of one kind or of two."),
        (
            ask.whole("quantity", _("number of items"), most=1_000_000_000, initial=2),
            ask.codes("groups", _("of which goods"), empty=_("any goods")),
        ),
        topic=CART,
        icon="tag",
    ),
    Kind(
        "cart_contains",
        _("The cart contains certain products"),
        _("the cart contains one of {skus} or something of {groups}"),
        _(
            "One of them is enough. Type article numbers with commas between, or choose a product group, or both."
        ),
        (
            ask.skus("skus", _("article numbers"), is_required=False),
            ask.codes("groups", _("product groups"), empty=_("no group")),
        ),
        topic=CART,
        icon="shopping_basket",
    ),
    Kind(
        "stock_older_than",
        _("Something in it has lain in stock for long"),
        _("a product of {groups} has lain in stock for more than {days} days"),
        _("For clearance, for example 90 days. Counted from the product's “in stock since”."),
        (
            ask.codes("groups", _("of which goods"), empty=_("any goods")),
            ask.whole("days", _("days"), least=0, most=3_660, initial=90),
        ),
        topic=CART,
        icon="inventory",
    ),
    Kind(
        "preorder_only",
        _("The cart holds nothing but pre-orders"),
        _("the cart holds nothing but pre-orders"),
        _("A product is a pre-order if its page under Shop says so."),
        topic=CART,
        icon="schedule_send",
    ),
    Kind(
        "registered",
        _("The customer is known"),
        _("the customer is known to you"),
        _("Somebody with a customer number: signed in, or found by it. Guests do not get the offer."),
        topic=BUYER,
        icon="person_check",
    ),
    Kind(
        "new_customer",
        _("It is the first order"),
        _("it is the customer's first order"),
        _(
            "Cancelled orders do not count. A guest counts as new: add “The customer is known” to ask for an account."
        ),
        topic=BUYER,
        icon="person_add",
    ),
    Kind(
        "nth_order",
        _("It is a certain order of the customer"),
        _("it is {every} no. {n} of the customer"),
        _("For example 3: the third order, or the third, sixth, ninth… Cancelled orders do not count."),
        (
            ask.either("every", _("once or again"), no=_("the order"), yes=_("every order that divides by")),
            ask.whole("n", _("number of the order"), initial=3),
        ),
        topic=BUYER,
        icon="looks_3",
    ),
    Kind(
        "days_since_last_order",
        _("The last order was some time ago"),
        _("the last order was at least {days_min} and at most {days_max} days ago"),
        _("For example 60 and nothing: silent for two months or longer. One of the two may stay empty."),
        ask.days_ago(),
        topic=BUYER,
        icon="history",
    ),
    Kind(
        "near_birthday",
        _("The birthday is near"),
        _("it is at most {days_before} days before the birthday or {days_after} days after it"),
        _(
            "For example 3 and 7. Twice 0 is the day itself. Customers whose birthday you do not know get nothing."
        ),
        (
            ask.whole("days_before", _("days before"), least=0, most=182, initial=0),
            ask.whole("days_after", _("days after"), least=0, most=182, initial=0),
        ),
        topic=BUYER,
        icon="cake",
    ),
    Kind(
        "holds_card",
        _("The customer holds a club card"),
        _("the customer holds the card {plans}"),
        _("One of the chosen cards is enough, for example VIP."),
        (ask.codes("plans", _("cards"), example=_("for example vip")),),
        topic=BUYER,
        icon="id_card",
    ),
    Kind(
        "in_tier",
        _("The customer has reached a tier"),
        _("the customer is a member of the tier {tiers}"),
        _("One of the ticked is enough, as customers are in it at that moment. Tiers are made under Tiers."),
        (ask.codes("tiers", _("tiers"), missing=_("none yet: make one under Tiers")),),
        topic=BUYER,
        icon="military_tech",
    ),
    Kind(
        "in_segment",
        _("The customer is in a segment"),
        _("the customer is in the segment {segments}"),
        _(
            "One of the ticked is enough, as customers are in it at that moment. Segments are made under Customers."
        ),
        (ask.codes("segments", _("segments"), missing=_("none yet: make one under Segments")),),
        topic=BUYER,
        icon="groups",
    ),
    Kind(
        "subscribed",
        _("The customer subscribes to a list"),
        _("the customer is subscribed to {lists}"),
        _("The names of the lists as in the consents, for example news. One is enough."),
        (ask.codes("lists", _("lists"), example=_("for example news")),),
        topic=BUYER,
        icon="mark_email_read",
    ),
    Kind(
        "partner_traffic",
        _("A partner brought the visitor"),
        _("the visitor was brought by {partners}"),
        _(
            "One of the ticked is enough. None ticked: whichever partner it was. Partners are set up under Partners."
        ),
        (ask.codes("partners", _("partners"), empty=_("any partner"), missing=_("none yet")),),
        topic=BUYER,
        icon="handshake",
    ),
    Kind(
        "came_by_link",
        _("The visitor came by a link"),
        _("the visitor came by the link {links}"),
        _(
            "The names of the links of your campaigns and advertisements, for example spring-mail. One is enough."
        ),
        (ask.codes("links", _("links"), example=_("for example spring-mail")),),
        topic=BUYER,
        icon="link",
    ),
    Kind(
        "visit",
        _("It is a certain visit"),
        _("it is the visitor's visit no. {number_min} or later, up to no. {number_max}"),
        _("For example 2 and 2: the second visit alone. Empty: every later one as well."),
        (
            ask.whole("number_min", _("from visit"), most=1_000_000_000, initial=1),
            ask.whole("number_max", _("to visit"), most=1_000_000_000, is_required=False),
        ),
        topic=BUYER,
        icon="footprint",
    ),
    Kind(
        "weekday_hours",
        _("It is a day of the week, or an hour"),
        _("it is {weekdays} from {from_minute} until {to_minute}"),
        _("By the store's clock, for example Friday from 17:00 until 20:00. 24:00 is the end of the day."),
        (
            ask.days_of_week("weekdays", is_required=False),
            ask.minute("from_minute", _("from"), initial=0),
            ask.minute("to_minute", _("until"), initial=ask.DAY_MINUTES),
        ),
        topic=MOMENT,
        icon="calendar_view_week",
    ),
    Kind(
        "ordered_before",
        _("It is ordered before a moment"),
        _("it is ordered before {at}"),
        _("In the store's time: for example the last moment at which a parcel arrives before the holidays."),
        (ask.moment("at", _("moment")),),
        topic=MOMENT,
        icon="timer",
    ),
    Kind(
        "delivery_method",
        _("It is delivered in a certain way"),
        _("the delivery is by {methods}"),
        _("As your storefront calls its ways of delivery, with commas between, for example courier, pickup."),
        (ask.codes("methods", _("ways of delivery"), example=_("for example courier")),),
        topic=MOMENT,
        icon="local_shipping",
    ),
    Kind(
        "payment_method",
        _("It is paid in a certain way"),
        _("the payment is by {methods}"),
        _("As your storefront calls its ways of paying, with commas between, for example card, invoice."),
        (ask.codes("methods", _("ways of paying"), example=_("for example card")),),
        topic=MOMENT,
        icon="credit_card",
    ),
)
CONDITIONS = by_kind(KINDS)
