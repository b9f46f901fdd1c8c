"""Why a message was not said, in words, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.queries.campaign import MessageState
from triggers.models import Message

REASONS: dict[str, str | Promise] = {
    "paused": _("The campaign or all sending was paused when its moment came."),
    "offer_ended": _("The offer had ended, so the mail would have promised too much."),
    "ordered_again": _("The customer had bought again by then. Good news: no discount was needed."),
    "cart_emptied": _("The customer had emptied the cart by then."),
    "cart_gone": _("The cart was gone by then, or somebody else's."),
    "nothing_left": _("The points had been used by then. Good news: nothing was lost."),
    "birthday_changed": _("The birthday is another one now, or was changed less than 30 days before."),
    "overtaken": _("The next mail was due already, so this one would have come too late."),
    "not_in_segment": _("The customer was in none of the trigger's segments by then."),
    "too_often": _("The customer had had enough mails by then. The store's settings say how many that is."),
    "no_address": _("No e-mail address is known. Ask for it at the checkout."),
    "no_consent": _("The customer has not agreed to marketing mails. Ask for consent at the checkout."),
    "suppressed": _("The address unsubscribed or bounced before."),
    "too_late": _("Its moment had passed before it could be sent."),
    "no_channel": _("The way to send it is not set up here."),
    "not_written": _("The text could not be filled in. Look at the wording of the campaign."),
    "rejected": _("The mail server refused the address."),
    "gave_up": _("The mail server could not be reached, time and again."),
    "interrupted": _("Sending was cut off; nobody knows whether the mail left. It is not sent twice."),
    "merged": _("The customer was merged into another one, who gets the mails now."),
    "no_answer": _("The mail server did not say whether it took the mail. It is not sent twice."),
}


@dataclass(frozen=True, slots=True)
class SaidState:
    """One line of the list: state, reason in words, how many."""

    status: str
    label: str | Promise
    why: str | Promise
    count: int


def say_states(states: Sequence[MessageState]) -> list[SaidState]:
    """In the given order. A reason without words is shown as its code."""
    labels = dict(Message.Status.choices)
    return [
        SaidState(state.status, labels[state.status], REASONS.get(state.reason, state.reason), state.count)
        for state in states
    ]
