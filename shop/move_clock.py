"""Move a sandbox's clock forward, so that a year can be played in a minute. It keeps running from there."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from shop.clock import store_moment
from shop.models import Store

# Each month that is reached gets tables of its own, so the way ahead has an end.
AHEAD_MAX = timedelta(days=10 * 366)


class NotASandbox(Exception):
    """A real store's clock is everybody's clock."""


class ClockGoesForward(Exception):
    """The moment lies before the store's own: what has happened by it would have to be taken back."""


class ClockTooFar(Exception):
    """Further ahead than a sandbox's clock may run."""


def move_clock_to(store: Store, to: datetime, *, now: datetime) -> datetime:
    """Let the store's clock show `to`, a whole second at most later; returns what it shows. `now` is the real moment.

    Asked for where the clock stands already, it changes nothing. Raises NotASandbox, ClockGoesForward, ClockTooFar.
    """
    if not store.is_sandbox:
        raise NotASandbox
    if to > now + AHEAD_MAX:
        raise ClockTooFar
    # Whole seconds, rounded up: a clock that shows less than was asked for would leave undone what is due then.
    shift = -((now - to) // timedelta(seconds=1))
    if not _sandboxes(store).filter(clock_shift_seconds__lte=shift).update(clock_shift_seconds=shift):
        raise ClockGoesForward
    return _moment(store, now=now)


def move_clock_by(store: Store, forward: timedelta, *, now: datetime) -> datetime:
    """Move the store's clock on by whole seconds; returns what it shows. `now` is the real moment.

    Raises NotASandbox, ClockGoesForward, ClockTooFar.
    """
    if not store.is_sandbox:
        raise NotASandbox
    if forward < timedelta(0):
        raise ClockGoesForward
    seconds, most = forward // timedelta(seconds=1), AHEAD_MAX // timedelta(seconds=1)
    within = _sandboxes(store).filter(clock_shift_seconds__lte=most - seconds)
    if not within.update(clock_shift_seconds=F("clock_shift_seconds") + seconds):
        raise ClockTooFar
    return _moment(store, now=now)


def _sandboxes(store: Store) -> QuerySet[Store]:
    return Store.objects.filter(pk=store.pk, is_sandbox=True)


def _moment(store: Store, *, now: datetime) -> datetime:
    store.refresh_from_db(fields=["clock_shift_seconds"])
    return store_moment(store, now)
