"""The cards of one customer, as the customer's page shows them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from clubcards.link import card_url
from clubcards.models import Membership
from clubcards.numbers import show_number
from clubcards.queries import cards_of
from shop.clock import local_date
from shop.models import Customer, Store

ROWS_MAX = 20
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ShownCard:
    """`url` is the card's page; `last_day` is None for a card without an end."""

    card: Membership
    number: str
    url: str
    is_held: bool
    state: str
    last_day: date | None


def show_cards(customer: Customer, *, store: Store, at: datetime) -> list[ShownCard]:
    """The newest first. One query."""
    return [_show(card, store=store, at=at) for card in cards_of(customer)[:ROWS_MAX]]


def _show(card: Membership, *, store: Store, at: datetime) -> ShownCard:
    has_ended = card.ends_at is not None and card.ends_at <= at
    is_held = not has_ended and card.starts_at <= at
    return ShownCard(
        card=card,
        number=show_number(card.number),
        url=card_url(card),
        is_held=is_held,
        state=_state(card, has_ended=has_ended, is_held=is_held),
        last_day=None if card.ends_at is None else local_date(store, card.ends_at - INSTANT),
    )


def _state(card: Membership, *, has_ended: bool, is_held: bool) -> str:
    if has_ended:
        return _("has ended")
    if not is_held:
        return _("not begun")
    return _("valid") if card.plan.is_active else _("plan not in use")
