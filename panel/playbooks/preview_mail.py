"""The mail as its reader will see it, for an example customer."""

from collections.abc import Callable, Iterable, Sequence
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
from triggers.facts import NO_FACTS, Facts
from triggers.models import Message, Step, Trigger

EXAMPLE_CODE = "ANNA-2K7M-QX4T"
EXAMPLE_ADDRESS = "anna@example.com"


@dataclass(frozen=True, slots=True)
class MailPreview:
    """`html` is the whole document, for a sandboxed frame."""

    subject: str
    html: str
    text: str


def preview_win_back(store: Store, plan: WinBack, *, by: User, at: datetime) -> MailPreview:
    """Raises what `set_up` raises, and `triggers.channels.outcome.NotWritten`."""

    def start() -> Trigger:
        return set_up(store, plan, by=by, at=at).triggers.get()

    return preview_mails(start, at=at)[0]


def preview_mails(
    start: Callable[[], Trigger], *, facts: Sequence[Facts] = (NO_FACTS,), at: datetime
) -> list[MailPreview]:
    """The mail of each step. Starts the trigger, writes, and takes everything back: the examples are built by what will
    send them. `facts` is what the steps tell in turn, the last one again where there are more steps.

    Raises what `start` raises, and `triggers.channels.outcome.NotWritten`.
    """
    with transaction.atomic():
        letters = [
            write_mail(
                Case(
                    _message(step, at=at),
                    at,
                    EXAMPLE_ADDRESS,
                    _("Anna"),
                    facts=facts[min(place, len(facts) - 1)],
                )
            )
            for place, step in enumerate(_steps(start()))
        ]
        transaction.set_rollback(True)
    mails = [message_from_bytes(letter.content, policy=policy.default) for letter in letters]
    return [MailPreview(str(mail["Subject"]), _part(mail, "html"), _part(mail, "plain")) for mail in mails]


def _steps(trigger: Trigger) -> Iterable[Step]:
    return trigger.steps.select_related("trigger__campaign__store", "trigger__store").order_by("ordinal")


def _message(step: Step, *, at: datetime) -> Message:
    """Never stored."""
    trigger = step.trigger
    return Message(
        store=trigger.store,
        trigger=trigger,
        step=step,
        customer=Customer(pk=0, store=trigger.store, ref="example"),
        coupon=_coupon(trigger.campaign, at=at) if trigger.campaign else None,
        purpose=trigger.purpose,
        message_id="<example@reprise.invalid>",
    )


def _coupon(campaign: CouponCampaign, *, at: datetime) -> Coupon:
    last_day = local_date(campaign.store, at) + timedelta(days=campaign.valid_days)
    return Coupon(campaign=campaign, code=EXAMPLE_CODE, ends_at=end_of_day(campaign.store, last_day))


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
