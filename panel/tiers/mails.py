"""The mails that tell of tiers and stamp cards: with words to begin with, changed where all triggers are."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panel.playbooks.open_campaign import Saying
from panel.playbooks.start_mails import Mail
from shop.models import Store
from triggers.models import Purpose, Trigger
from triggers.occasions.reward_near import PERCENT_USUAL, RewardNear
from triggers.occasions.stamp_card_full import StampCardFull
from triggers.occasions.tier_changed import TierChanged

REACHED = gettext_lazy("when a customer has reached a tier")
NEAR = gettext_lazy("when a fifth or less is missing to the next tier")
FULL = gettext_lazy("when a stamp card is full")


@dataclass(frozen=True, slots=True)
class ShownMail:
    """`words` say when it is sent; `trigger` is the key of the one that sends it, None where there is none yet."""

    words: str | Promise
    trigger: int | None
    is_running: bool


def mails_of(store: Store) -> list[ShownMail]:
    """One query."""
    found: dict[str, Trigger] = {}
    for trigger in Trigger.objects.filter(store=store, occasion__in=WORDS).order_by("-id"):
        found[trigger.occasion] = trigger
    return [_shown(words, found.get(occasion)) for occasion, words in WORDS.items()]


def _shown(words: str | Promise, trigger: Trigger | None) -> ShownMail:
    is_running = trigger is not None and trigger.status == Trigger.Status.RUNNING
    return ShownMail(words, trigger.pk if trigger else None, is_running)


def _reached() -> tuple[str, Saying]:
    return _as_name(REACHED), Saying(
        _("You are {tier} now"),
        _(
            "Hello {name},\n\nthank you for coming back to {shop} so often: from today on you are {tier}.\n\n"
            "Prices and benefits for {tier} members hold from your next order on, there is nothing to type.\n\n"
            "Your {shop}"
        ),
    )


def _near() -> tuple[str, Saying]:
    return _as_name(NEAR), Saying(
        _("Almost there: {missing}"),
        _(
            "Hello {name},\n\nonly a little is missing at {shop}: {missing}.\n\n"
            "Have a look at what is new; your next order may already be enough.\n\nYour {shop}"
        ),
    )


def _full() -> tuple[str, Saying]:
    return _as_name(FULL), Saying(
        _("Your {card} is full"),
        _(
            "Hello {name},\n\nyour {card} at {shop} is full. Your reward is on its way to you, and the next card has "
            "begun.\n\nYour {shop}"
        ),
    )


def _as_name(words: Promise) -> str:
    name = str(words)
    return name[:1].upper() + name[1:]


WORDS = {TierChanged.code: REACHED, RewardNear.code: NEAR, StampCardFull.code: FULL}
TIER_MAILS = (
    Mail(TierChanged.code, _reached),
    Mail(RewardNear.code, _near, {"percent": PERCENT_USUAL}, Purpose.MARKETING),
    Mail(StampCardFull.code, _full),
)
