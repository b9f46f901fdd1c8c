"""What an offer gives: what the builder asks for each kind of benefit."""

from django.utils.translation import gettext_lazy as _

from panel.offers.language import fields as ask
from panel.offers.language.kind import Choose, Kind, by_kind
from panel.offers.language.targets import GIVE, KINDS, TARGETS
from pricing.values import WHOLE_BP

PRICE, MORE, DELIVERY, BESIDE = (
    _("A lower price"),
    _("More for the money"),
    _("Delivery"),
    _("Gifts and points"),
)
GOODS = tuple(kind for kind in KINDS if kind.kind != "delivery")
ON = (Choose("target", _("on"), KINDS),)
ON_GOODS = (Choose("target", _("on"), GOODS),)
# Without an answer the goods given are those bought.
SAME = Kind("", _("the same goods"), "", _("The goods given are of those that were bought."))

LIST = (
    Kind(
        "percent_off",
        _("Percent off"),
        _("take {rate_bp} % {of_original} off"),
        _(
            "For example 15. Of what is left, when an earlier step has taken something off, or of the full price."
        ),
        (
            ask.percent("rate_bp", _("percent"), initial=1000),
            ask.either(
                "of_original", _("of which price"), no=_("of what is left"), yes=_("of the original price")
            ),
        ),
        ON,
        topic=PRICE,
        icon="percent",
    ),
    Kind(
        "amount_off",
        _("An amount off, once"),
        _("take {amount} off, once per order,"),
        _("For example 5.00, shared over the goods it is on by their price."),
        (ask.money("amount", _("amount")),),
        ON,
        topic=PRICE,
        icon="money_off",
    ),
    Kind(
        "amount_off_each",
        _("An amount off each item"),
        _("take {amount} off each item"),
        _("For example 1.00: three candles become 3.00 cheaper."),
        (ask.money("amount", _("amount")),),
        ON_GOODS,
        topic=PRICE,
        icon="price_check",
    ),
    Kind(
        "fixed_unit_price",
        _("A fixed price for each item"),
        _("sell each item for {price}"),
        _("For example 9.99. Goods that are cheaper already keep their price."),
        (ask.money("price", _("price")),),
        ON_GOODS,
        topic=PRICE,
        icon="sell",
    ),
    Kind(
        "percent_by_threshold",
        _("The more is bought, the more percent off"),
        _("take off by {by}: {steps}"),
        _(
            "The highest step that is reached counts, for example 5 percent from 50.00 and 10 percent from 100.00."
        ),
        (
            ask.choice("by", _("steps by"), (("subtotal", _("amount")), ("quantity", _("number of items")))),
            ask.steps("steps", _("steps")),
        ),
        ON_GOODS,
        topic=PRICE,
        icon="stairs",
    ),
    Kind(
        "buy_x_get_y",
        _("Buy some, get more free or cheaper"),
        _(
            "for every {buy} items bought take {rate_bp} percent off {get} more, the {give}, up to {times_max} times"
        ),
        _("“3 for 2” is: 2 bought, 100 percent off 1 more. Empty: as many times as the cart has room for."),
        (
            ask.whole("buy", _("items bought"), initial=2),
            ask.percent("rate_bp", _("percent"), initial=WHOLE_BP),
            ask.whole("get", _("items given"), initial=1),
            ask.choice("give", _("which are given"), GIVE),
            ask.whole("times_max", _("times at most"), is_required=False),
        ),
        (
            Choose("buy_target", _("bought are"), GOODS),
            Choose("get_target", _("given are"), (SAME, *GOODS)),
        ),
        topic=MORE,
        icon="exposure_plus_1",
    ),
    Kind(
        "n_for_price",
        _("Several items for one price"),
        _("sell {quantity} items for {price}, up to {times_max} times"),
        _(
            "For example 3 for 10.00. What is over keeps its price. Empty: as many times as the cart has room for."
        ),
        (
            ask.whole("quantity", _("number of items"), initial=3),
            ask.money("price", _("price together")),
            ask.whole("times_max", _("times at most"), is_required=False),
        ),
        ON_GOODS,
        topic=MORE,
        icon="sell",
    ),
    Kind(
        "cheapest_free",
        _("One item free"),
        _("give the {give} item free"),
        _("One item per order, the cheapest of them unless you say otherwise."),
        (ask.choice("give", _("which"), GIVE),),
        ON_GOODS,
        topic=MORE,
        icon="redeem",
    ),
    Kind(
        "delivery_fixed_price",
        _("Delivery free or at a fixed price"),
        _("deliver for {price}"),
        _("0 is free delivery. For example 1.95."),
        (ask.money("price", _("price of delivery"), initial=0),),
        topic=DELIVERY,
        icon="local_shipping",
    ),
    Kind(
        "delivery_percent_off",
        _("Percent off delivery"),
        _("take {rate_bp} percent off delivery"),
        _("For example 50."),
        (ask.percent("rate_bp", _("percent"), initial=5000),),
        topic=DELIVERY,
        icon="local_shipping",
    ),
    Kind(
        "gift_item",
        _("A gift"),
        _("give {quantity} of {skus}, {how}"),
        _("The first of these article numbers that is in stock. “Added” puts it into the order by itself."),
        (
            ask.whole("quantity", _("number of pieces"), initial=1),
            ask.skus("skus", _("article numbers of the gifts")),
            ask.choice(
                "how",
                _("how it is given"),
                (("added", _("added to the order")), ("from_cart", _("if it is in the cart"))),
            ),
        ),
        topic=BESIDE,
        icon="featured_seasonal_and_gifts",
    ),
    Kind(
        "points_multiplier",
        _("More points"),
        _("give {factor_bp} times the points for {groups}"),
        _(
            "For example 2 for double points. Double and triple together make fourfold, up to the store's cap."
        ),
        (
            ask.times("factor_bp", _("how many times"), initial=2 * WHOLE_BP),
            ask.codes("groups", _("for which goods"), empty=_("all goods")),
        ),
        topic=BESIDE,
        icon="toll",
    ),
    Kind(
        "extra_points",
        _("Extra points"),
        _("give {points} extra points"),
        _("For example 100, once per order, to customers who have joined."),
        (ask.whole("points", _("points"), most=100_000_000, initial=100),),
        topic=BESIDE,
        icon="add_circle",
    ),
    Kind(
        "next_coupon",
        _("A coupon for the next order"),
        _("give a coupon of {campaign} for the next order"),
        _("Issued when the order is paid. The campaign says what the coupon gives and how long it is good."),
        (
            ask.known_one(
                "campaign",
                _("campaign"),
                missing=_("Make a coupon campaign first: Playbooks, Give out coupons."),
            ),
        ),
        topic=BESIDE,
        icon="confirmation_number",
    ),
)
BENEFITS = by_kind(LIST)
__all__ = ["BENEFITS", "LIST", "TARGETS"]
