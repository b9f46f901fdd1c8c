"""The mails that tell customers of their friends: with words to begin with, changed where all triggers are."""

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
from triggers.occasions.referral_joined import ReferralJoined
from triggers.occasions.referral_rewarded import ReferralRewarded


@require_POST
def begin_mails(request: PanelRequest) -> HttpResponse:
    with transaction.atomic():
        start_mails(
            request.store, FRIEND_MAILS, by=request.user, at=store_moment(request.store, timezone.now())
        )
    messages.success(
        request, _("From now on customers hear of their friends. The words stand under Triggers.")
    )
    return HttpResponseRedirect(reverse("panel:referrals"))


def _joined() -> tuple[str, Saying]:
    return _("When a friend has joined"), Saying(
        _("A friend of yours has joined"),
        _(
            "Hello {name},\n\nsomebody followed your link and has joined {shop}. Thank you for passing us on.\n\n"
            "When your friend has bought something and kept it, you will hear from us again.\n\nYour {shop}"
        ),
    )


def _rewarded() -> tuple[str, Saying]:
    return _("When a friend's order has earned points"), Saying(
        _("{points} for your friend's order"),
        _(
            "Hello {name},\n\na friend of yours has bought at {shop}: {points} are yours.\n\n"
            "You can spend them when the time for returns is over.\n\nYour {shop}"
        ),
    )


FRIEND_MAILS = (Mail(ReferralJoined.code, _joined), Mail(ReferralRewarded.code, _rewarded))
