"""The mails about gift balances: a new one with its code, and one that soon ends. With words to begin with, changed
where all triggers are."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from panel.guard import PanelRequest
from panel.playbooks.open_campaign import Saying, start_writing
from shop.clock import store_moment
from shop.models import Store, User
from triggers.channels.email.wording import language_of
from triggers.models import Purpose, Trigger
from triggers.occasions.gift_balance_expiring import DAYS_USUAL, GiftBalanceExpiring
from triggers.occasions.gift_balance_issued import GiftBalanceIssued

PARAMS: dict[str, dict[str, int]] = {
    GiftBalanceIssued.code: {},
    GiftBalanceExpiring.code: {"days": DAYS_USUAL},
}


def has_mails(store: Store) -> bool:
    """Whether both are there, running or not."""
    there = Trigger.objects.filter(store=store, occasion__in=PARAMS).values("occasion").distinct()
    return there.count() == len(PARAMS)


@require_POST
def begin_gift_mails(request: PanelRequest) -> HttpResponse:
    with transaction.atomic():
        start_gift_mails(request.store, by=request.user, at=store_moment(request.store, timezone.now()))
    messages.success(
        request, _("From now on holders get their codes by mail. The words stand under Triggers.")
    )
    return HttpResponseRedirect(reverse("panel:gift_balances"))


def start_gift_mails(store: Store, *, by: User | None, at: datetime) -> None:
    """Those that are not there yet, in the store's language. The caller owns the transaction."""
    there = set(Trigger.objects.filter(store=store).values_list("occasion", flat=True))
    for occasion, params in PARAMS.items():
        if occasion in there:
            continue
        with override(language_of(store)):
            name, saying = _words(occasion)
        start_writing(
            store,
            occasion,
            code=occasion.replace("_", "-"),
            name=name,
            params=params,
            purpose=Purpose.SERVICE,
            says=[saying],
            campaign=None,
            by=by,
            at=at,
        )


def _words(occasion: str) -> tuple[str, Saying]:
    if occasion == GiftBalanceIssued.code:
        return _("When somebody gets a gift balance"), Saying(
            _("Your gift balance: {amount}"),
            _(
                "Hello {name},\n\nhere is your gift balance at {shop}. Type the code when you pay, or hand this mail "
                "on to whom the gift is for.\n\nYour {shop}"
            ),
        )
    return _("Two weeks before a gift balance ends"), Saying(
        _("{amount} left until {until}"),
        _(
            "Hello {name},\n\n{amount} of your gift balance at {shop} are still there. After {until} the code cannot "
            "be used any more.\n\nYour {shop}"
        ),
    )
