"""The mail as its reader will see it, for an example customer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.db import transaction
from django.utils.translation import gettext as _

from coupons.models import Coupon, CouponCampaign
from panel.playbooks.win_back import WinBack, set_up
from shop.clock import end_of_day, local_date
from shop.models import Customer, Store, User
from triggers.channels.email.build import write_mail
from triggers.checks import Case
from triggers.models import Message, Step

EXAMPLE_CODE = "ANNA-2K7M-QX4T"
EXAMPLE_ADDRESS = "anna@example.com"


@dataclass(frozen=True, slots=True)
class MailPreview:
    """`html` is the whole document, for a sandboxed frame."""

    subject: str
    html: str
    text: str


def preview_win_back(store: Store, plan: WinBack, *, by: User, at: datetime) -> MailPreview:
    """Sets the win-back up, writes the mail, and takes everything back: the example is built by what will send it.

    Raises what `set_up` raises, and `triggers.channels.outcome.NotWritten`.
    """
    with transaction.atomic():
        campaign = set_up(store, plan, by=by, at=at)
        letter = write_mail(Case(_message(campaign, at=at), at, EXAMPLE_ADDRESS, _("Anna")))
        transaction.set_rollback(True)
    mail = message_from_bytes(letter.content, policy=policy.default)
    return MailPreview(str(mail["Subject"]), _part(mail, "html"), _part(mail, "plain"))


def _message(campaign: CouponCampaign, *, at: datetime) -> Message:
    """Never stored."""
    store = campaign.store
    step = Step.objects.select_related("trigger").get(trigger__campaign=campaign)
    last_day = local_date(store, at) + timedelta(days=campaign.valid_days)
    coupon = Coupon(campaign=campaign, code=EXAMPLE_CODE, ends_at=end_of_day(store, last_day))
    return Message(
        store=store,
        trigger=step.trigger,
        step=step,
        customer=Customer(pk=0, store=store, ref="example"),
        coupon=coupon,
        purpose=step.trigger.purpose,
        message_id="<example@reprise.invalid>",
    )


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
