"""On which goods a benefit acts."""

from django.utils.translation import gettext_lazy as _

from panel.offers.language import fields as ask
from panel.offers.language.kind import Kind, by_kind

GIVE = (("cheapest", _("cheapest")), ("dearest", _("dearest")))

KINDS = (
    Kind(
        "whole_order", _("the whole order"), "", _("All goods that may be discounted, and not the delivery.")
    ),
    Kind(
        "in_groups",
        _("goods of a group"),
        "{groups}",
        _("Groups are made under Shop, Product groups."),
        (ask.codes("groups", _("product groups"), example=_("for example candles")),),
    ),
    Kind(
        "of_skus",
        _("certain products"),
        "{skus}",
        _("Article numbers with commas between, or look them up by name."),
        (ask.skus("skus", _("article numbers")),),
    ),
    Kind(
        "price_band",
        _("goods of a price"),
        _("that cost from {price_min} up to {price_max}"),
        _("Both ends belong to it, for example 5.00 up to 10.00. The second may stay empty."),
        (
            ask.money("price_min", _("price from"), initial=0),
            ask.money("price_max", _("price up to"), is_required=False),
        ),
    ),
    Kind(
        "some_units",
        _("the cheapest or dearest items"),
        _("the {give} {count} {per} {group_of}, among {groups}"),
        _("For example the cheapest 1 of every so many: 3, which is “every third item, the cheapest”."),
        (
            ask.choice("give", _("which"), GIVE),
            ask.whole("count", _("how many"), initial=1),
            ask.choice(
                "per",
                _("counted by"),
                (
                    ("order", _("of the order")),
                    ("line", _("of each product")),
                    ("group", _("of every so many:")),
                ),
            ),
            ask.whole("group_of", _("of every so many"), is_required=False),
            ask.codes("groups", _("of which goods"), empty=_("any goods")),
        ),
    ),
    Kind(
        "old_stock",
        _("goods that have lain in stock"),
        _("for more than {days} days, of {groups}"),
        _("For clearance, for example 90 days. Counted from the product's “in stock since”."),
        (
            ask.whole("days", _("days"), least=0, most=3_660, initial=90),
            ask.codes("groups", _("of which goods"), empty=_("any goods")),
        ),
    ),
    Kind("delivery", _("the delivery"), "", _("What is charged for delivery.")),
)
TARGETS = by_kind(KINDS)
