"""The mails about gift balances: a new one with its code, and one that soon ends. With words to begin with, changed
where all triggers are."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panel.guard import PanelRequest
from panel.playbooks.open_campaign import Saying
from panel.playbooks.start_mails import Mail, start_mails
from shop.clock import store_moment
from triggers.occasions.find_ending import DAYS_USUAL
from triggers.occasions.gift_balance_expiring import GiftBalanceExpiring
from triggers.occasions.gift_balance_issued import GiftBalanceIssued


@require_POST
def begin_gift_mails(request: PanelRequest) -> HttpResponse:
    with transaction.atomic():
        start_mails(
            request.store, BALANCE_MAILS, by=request.user, at=store_moment(request.store, timezone.now())
        )
    messages.success(
        request, _("From now on holders get their codes by mail. The words stand under Triggers.")
    )
    return HttpResponseRedirect(reverse("panel:gift_balances"))


def _new() -> tuple[str, Saying]:
    return _("When somebody gets a gift balance"), Saying(
        _("Your gift balance: {amount}"),
        _(
            "Hello {name},\n\nhere is your gift balance at {shop}. Type the code when you pay, or hand this mail "
            "on to whom the gift is for.\n\nYour {shop}"
        ),
    )


def _ending() -> tuple[str, Saying]:
    return _("Two weeks before a gift balance ends"), Saying(
        _("{amount} left until {until}"),
        _(
            "Hello {name},\n\n{amount} of your gift balance at {shop} are still there. After {until} the code cannot "
            "be used any more.\n\nYour {shop}"
        ),
    )


BALANCE_MAILS = (
    Mail(GiftBalanceIssued.code, _new),
    Mail(GiftBalanceExpiring.code, _ending, {"days": DAYS_USUAL}),
)
