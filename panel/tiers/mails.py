"""The mails that tell of tiers and stamp cards: with words to begin with, changed where all triggers are."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from panel.playbooks.open_campaign import Saying, start_writing
from shop.models import Store, User
from triggers import placeholders
from triggers.channels.email.wording import language_of
from triggers.models import Purpose, Trigger
from triggers.occasions.reward_near import PERCENT_USUAL, RewardNear
from triggers.occasions.stamp_card_full import StampCardFull
from triggers.occasions.tier_changed import TierChanged


class Kind(NamedTuple):
    """`words` say when it is sent."""

    occasion: str
    words: str | Promise
    purpose: str
    params: dict[str, int]
    allowed: tuple[str, ...]


KINDS = (
    Kind(
        TierChanged.code,
        gettext_lazy("when a customer has reached a tier"),
        Purpose.SERVICE,
        {},
        placeholders.NAMES_OF_TIERS,
    ),
    Kind(
        RewardNear.code,
        gettext_lazy("when a fifth or less is missing to the next tier"),
        Purpose.MARKETING,
        {"percent": PERCENT_USUAL},
        placeholders.NAMES_OF_TIERS,
    ),
    Kind(
        StampCardFull.code,
        gettext_lazy("when a stamp card is full"),
        Purpose.SERVICE,
        {},
        placeholders.NAMES_OF_CARDS,
    ),
)


@dataclass(frozen=True, slots=True)
class ShownMail:
    """`trigger` is the key of the one that sends it; None where there is none yet."""

    words: str | Promise
    trigger: int | None
    is_running: bool


def mails_of(store: Store) -> list[ShownMail]:
    """One query."""
    found: dict[str, Trigger] = {}
    occasions = [kind.occasion for kind in KINDS]
    for trigger in Trigger.objects.filter(store=store, occasion__in=occasions).order_by("-id"):
        found[trigger.occasion] = trigger
    return [_shown(kind, found.get(kind.occasion)) for kind in KINDS]


def start_mails(store: Store, *, by: User | None, at: datetime) -> None:
    """Those that are not there yet, in the store's language. The caller owns the transaction."""
    there = set(Trigger.objects.filter(store=store).values_list("occasion", flat=True))
    for kind in KINDS:
        if kind.occasion in there:
            continue
        with override(language_of(store)):
            saying, name = _saying(kind.occasion), str(kind.words)
        placeholders.check(saying.subject, allowed=kind.allowed, one_line=True)
        placeholders.check(saying.body, allowed=kind.allowed)
        start_writing(
            store,
            kind.occasion,
            code=kind.occasion.replace("_", "-"),
            name=name[:1].upper() + name[1:],
            params=kind.params,
            purpose=kind.purpose,
            says=[saying],
            campaign=None,
            by=by,
            at=at,
        )


def _shown(kind: Kind, trigger: Trigger | None) -> ShownMail:
    is_running = trigger is not None and trigger.status == Trigger.Status.RUNNING
    return ShownMail(kind.words, trigger.pk if trigger else None, is_running)


def _saying(occasion: str) -> Saying:
    if occasion == TierChanged.code:
        return Saying(
            _("You are {tier} now"),
            _(
                "Hello {name},\n\nthank you for coming back to {shop} so often: from today on you are {tier}.\n\n"
                "Prices and benefits for {tier} members hold from your next order on, there is nothing to type.\n\n"
                "Your {shop}"
            ),
        )
    if occasion == RewardNear.code:
        return Saying(
            _("Almost there: {missing}"),
            _(
                "Hello {name},\n\nonly a little is missing at {shop}: {missing}.\n\n"
                "Have a look at what is new; your next order may already be enough.\n\nYour {shop}"
            ),
        )
    return Saying(
        _("Your {card} is full"),
        _(
            "Hello {name},\n\nyour {card} at {shop} is full. Your reward is on its way to you, and the next card has "
            "begun.\n\nYour {shop}"
        ),
    )
