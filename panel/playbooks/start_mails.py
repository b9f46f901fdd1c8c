"""Service mails that a page offers to begin with one click, with words to begin with, changed where triggers are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from django.utils.translation import override

from panel.playbooks.open_campaign import Saying, start_writing
from shop.models import Store, User
from triggers.channels.email.wording import language_of
from triggers.models import Purpose, Trigger

NO_PARAMS: Mapping[str, int] = MappingProxyType({})


class Mail(NamedTuple):
    """`words` are the trigger's name and what it says, asked for in the store's language."""

    occasion: str
    words: Callable[[], tuple[str, Saying]]
    params: Mapping[str, int] = NO_PARAMS
    purpose: str = Purpose.SERVICE


def has_mails(store: Store, mails: Sequence[Mail]) -> bool:
    """Whether all are there, running or not."""
    asked = {mail.occasion for mail in mails}
    there = Trigger.objects.filter(store=store, occasion__in=asked).values("occasion").distinct()
    return there.count() == len(asked)


def start_mails(store: Store, mails: Sequence[Mail], *, by: User | None, at: datetime) -> None:
    """Those that are not there yet. The caller owns the transaction."""
    there = set(Trigger.objects.filter(store=store).values_list("occasion", flat=True))
    for mail in mails:
        if mail.occasion in there:
            continue
        with override(language_of(store)):
            name, saying = mail.words()
        start_writing(
            store,
            mail.occasion,
            code=mail.occasion.replace("_", "-"),
            name=name,
            params=mail.params,
            purpose=mail.purpose,
            says=[saying],
            campaign=None,
            by=by,
            at=at,
        )
