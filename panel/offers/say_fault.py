"""Why the terms of an offer make no sense, in a sentence that says what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.offer_document import DocumentFault, OfferDocumentInvalid
from loyalty.publish import PublishFault

# By what `loyalty.document` says of them; a test holds both lists equal.
DETAILS: Mapping[str, str | Promise] = {
    "Name at least one sku or product group": gettext_lazy(
        "Name at least one article number or product group."
    ),
    "Give the least or the most number of days": gettext_lazy(
        "Fill in at least one of the two numbers of days."
    ),
    "Every order is a first one here: take 2 or more": gettext_lazy(
        "Every order divides by 1, so this asks for nothing. Take 2 or more."
    ),
    "This condition is there already": gettext_lazy(
        "This condition is there already. Take one of the two away."
    ),
    "This benefit is there already": gettext_lazy("This is given already. Take one of the two away."),
    "The most must not be under the least": gettext_lazy("The second number is smaller than the first."),
    "The end must be after the start": gettext_lazy("The end is before the beginning."),
    "The end must be after the start, on the same day; make two offers to pass midnight": gettext_lazy(
        "The end must be after the beginning, on the same day. For a night over midnight make two offers."
    ),
    "Nobody is new and has ordered before: keep one of these conditions": gettext_lazy(
        "Nobody orders for the first time and has ordered before. Take one of these conditions away."
    ),
    "It would end before the offer starts": gettext_lazy(
        "This moment is before the first day of the offer, so nobody could ever get it. Choose a later one."
    ),
    "The offer recurs on other weekdays than these": gettext_lazy(
        "The offer runs on other days of the week than these, so nobody could ever get it."
    ),
    "Each step asks for more than the one before it, and gives more": gettext_lazy(
        "Begin with the smallest step; each next one asks for more and gives more."
    ),
    "This benefit acts on goods, not on delivery": gettext_lazy(
        "This can be given on goods, not on the delivery."
    ),
    "This benefit chooses the units itself: name the goods, not the units": gettext_lazy(
        "This chooses the items by itself. Say which goods they are of, not which items."
    ),
    "Give the least or the most price": gettext_lazy("Fill in the least or the highest price."),
    "A size belongs to units per group": gettext_lazy(
        "This number belongs to “of every so many”. Choose that, or leave the number empty."
    ),
    "Say how many units make a group": gettext_lazy("Say how many items “so many” are, for example 3."),
    "A group has fewer units than that": gettext_lazy("There are fewer items than that in each “so many”."),
    "The delivery fee is named already: keep one of these benefits": gettext_lazy(
        "Something is taken off the delivery already. Keep one of the two."
    ),
    "The delivery lane is for delivery alone: put what is taken off goods into another lane": gettext_lazy(
        "In the step “delivery” only the delivery is priced. Choose another step, or make two offers."
    ),
    "What is taken off delivery alone belongs to the lane delivery, where caps are known": gettext_lazy(
        "What is taken off the delivery belongs in the step “delivery”. Choose it, or leave the choice to us."
    ),
    "An exclusive offer stands alone": gettext_lazy(
        "An offer that stands alone meets no other one, so this changes nothing. Untick one of the two."
    ),
    "Nothing here is taken off goods": gettext_lazy(
        "Nothing is taken off goods here, so this changes nothing."
    ),
    "Nothing here is money off": gettext_lazy(
        "It gives no money off, so no budget is ever spent. Leave it empty."
    ),
}
CODES: Mapping[DocumentFault, str | Promise] = {
    DocumentFault.UNKNOWN_LANE: gettext_lazy(
        "There is no such step of the price calculation. Choose another one."
    ),
}

# What publishing refuses, and beside which field of the document that is said.
PUBLISH: Mapping[PublishFault, tuple[str, str | Promise]] = {
    PublishFault.NO_TERMS: ("", gettext_lazy("Say first what the offer gives.")),
    PublishFault.ARCHIVED: (
        "",
        gettext_lazy("The offer has been archived. Duplicate it to go on from its terms."),
    ),
    PublishFault.END_MOVED_LATER: (
        "schedule.ends_at",
        gettext_lazy(
            "This end has been announced, and an announced end is never moved later: people hurried because of it. "
            "Choose this day or an earlier one, or duplicate the offer and run it anew."
        ),
    ),
    PublishFault.LIMIT_BELOW_USED: (
        "limits.uses_max",
        gettext_lazy("More than this has been used already. Choose a higher limit, or pause the offer."),
    ),
}


def say_fault(fault: OfferDocumentInvalid) -> str:
    """What the fields let through and only the whole document shows."""
    said = DETAILS.get(fault.detail) or CODES.get(fault.code)
    return str(said) if said else _("This does not fit: %(detail)s.") % {"detail": fault.detail.rstrip(".")}
