"""The mails that tell customers of their friends: with words to begin with, changed where all triggers are."""

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
from triggers.occasions.referral_joined import ReferralJoined
from triggers.occasions.referral_rewarded import ReferralRewarded

OCCASIONS = (ReferralJoined.code, ReferralRewarded.code)


def has_mails(store: Store) -> bool:
    """Whether both are there, running or not."""
    return (
        Trigger.objects.filter(store=store, occasion__in=OCCASIONS).values("occasion").distinct().count() == 2
    )


@require_POST
def begin_mails(request: PanelRequest) -> HttpResponse:
    with transaction.atomic():
        start_mails(request.store, by=request.user, at=store_moment(request.store, timezone.now()))
    messages.success(
        request, _("From now on customers hear of their friends. The words stand under Triggers.")
    )
    return HttpResponseRedirect(reverse("panel:referrals"))


def start_mails(store: Store, *, by: User | None, at: datetime) -> None:
    """Those that are not there yet, in the store's language. The caller owns the transaction."""
    there = set(Trigger.objects.filter(store=store).values_list("occasion", flat=True))
    for occasion in OCCASIONS:
        if occasion in there:
            continue
        with override(language_of(store)):
            name, saying = _words(occasion)
        start_writing(
            store,
            occasion,
            code=occasion.replace("_", "-"),
            name=name,
            params={},
            purpose=Purpose.SERVICE,
            says=[saying],
            campaign=None,
            by=by,
            at=at,
        )


def _words(occasion: str) -> tuple[str, Saying]:
    if occasion == ReferralJoined.code:
        return _("When a friend has joined"), Saying(
            _("A friend of yours has joined"),
            _(
                "Hello {name},\n\nsomebody followed your link and has joined {shop}. Thank you for passing us on.\n\n"
                "When your friend has bought something and kept it, you will hear from us again.\n\nYour {shop}"
            ),
        )
    return _("When a friend's order has earned points"), Saying(
        _("{points} for your friend's order"),
        _(
            "Hello {name},\n\na friend of yours has bought at {shop}: {points} are yours.\n\n"
            "You can spend them when the time for returns is over.\n\nYour {shop}"
        ),
    )
