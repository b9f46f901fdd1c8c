"""Recheck a store's books and keep what was found: the whole of them every night or when asked, a sample every hour."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q

from loyalty.findings import Finding
from loyalty.models import Account, DaySeal, LedgerCheck, Transfer
from loyalty.verify import STEPS, findings_by_step
from loyalty.verify_sample import SAMPLE, sample_findings
from shop.models import Store, User

NIGHT = time(3, tzinfo=UTC)
# Whoever began a check and has not been heard of since is gone.
SILENCE = timedelta(hours=1)
KEPT_OF_A_KIND = 20
LIMIT = 1000
# Whole checks for a year and more; of samples those that found something for a quarter, and sound ones for two days.
KEPT = timedelta(days=400)
SAMPLES_KEPT = timedelta(days=90)
SOUND_SAMPLES_KEPT = timedelta(days=2)

Progress = Callable[[int, int], None]


def check_due(*, at: datetime) -> int:
    """The books of one store that have not been checked since the last night; 1 if there was one, else 0."""
    night = _last_night(at)
    for store in _stores_without(LedgerCheck.Kind.WHOLE, since=night, at=at):
        check = _claim(store, LedgerCheck.Kind.WHOLE, key=f"night:{night.date().isoformat()}", at=at)
        if check is not None:
            check_whole(check, at=at)
            return 1
    return 0


def sample_due(*, at: datetime) -> int:
    """A sample of the accounts of one store that had none in this hour; 1 if there was one, else 0."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    for store in _stores_without(LedgerCheck.Kind.SAMPLE, since=hour, at=at):
        check = _claim(store, LedgerCheck.Kind.SAMPLE, key=f"hour:{hour.isoformat()}", at=at)
        if check is not None:
            check.accounts = SAMPLE
            _finish(check, sample_findings(store), at=at)
            return 1
    return 0


def open_check(store: Store, *, key: str, by: User | None, at: datetime) -> LedgerCheck:
    """One that a person asked for, under the key of what they asked; again: the same one."""
    fresh = LedgerCheck(store=store, kind=LedgerCheck.Kind.WHOLE, key=key, started_at=at, created_by=by)
    LedgerCheck.objects.bulk_create([fresh], ignore_conflicts=True)
    return LedgerCheck.objects.get(store=store, key=key)


def check_whole(check: LedgerCheck, *, at: datetime, on_step: Progress | None = None) -> list[Finding]:
    """Ask all questions, keep the answers, and return them. `on_step` hears how many of how many are answered."""
    store = check.store
    found: list[Finding] = []
    for step, findings in enumerate(findings_by_step(store, limit=LIMIT), start=1):
        found += findings
        if on_step is not None:
            on_step(step, STEPS)
    check.transfers = Transfer.objects.filter(store=store).count()
    check.accounts = Account.objects.filter(store=store).count()
    check.seals = DaySeal.objects.filter(store=store).count()
    _finish(check, found, at=at)
    return found


def last_check(store: Store) -> LedgerCheck | None:
    """The newest whole check that has come to its end."""
    done = LedgerCheck.objects.filter(store=store, kind=LedgerCheck.Kind.WHOLE, finished_at__isnull=False)
    return done.order_by("-id").first()


def books_are_off(store: Store) -> bool:
    """Whether the newest check, whole or sample, found something. One query."""
    done = LedgerCheck.objects.filter(store=store, finished_at__isnull=False)
    newest = done.order_by("kind", "-id").distinct("kind")
    return any(newest.values_list("found", flat=True))


def _last_night(at: datetime) -> datetime:
    today = datetime.combine(at.astimezone(UTC).date(), NIGHT)
    return today if today <= at else today - timedelta(days=1)


def _stores_without(kind: str, *, since: datetime, at: datetime) -> list[Store]:
    """Stores whose books have not been checked in this way since then, and that nobody is checking now."""
    alive = Q(finished_at__isnull=False) | Q(started_at__gt=at - SILENCE)
    checked = LedgerCheck.objects.filter(alive, kind=kind, started_at__gte=since)
    return list(Store.objects.exclude(pk__in=checked.values("store_id")).order_by("id"))


def _claim(store: Store, kind: str, *, key: str, at: datetime) -> LedgerCheck | None:
    """Whoever writes the row does the work, or takes up what somebody has left lying; None where it is another's."""
    check = LedgerCheck(store=store, kind=kind, key=key, started_at=at)
    mine = LedgerCheck.objects.filter(store=store, key=key)
    try:
        with transaction.atomic():
            check.save(force_insert=True)
    except IntegrityError:
        left = mine.filter(finished_at__isnull=True, started_at__lte=at - SILENCE)
        return mine.select_related("store").get() if left.update(started_at=at) else None
    return check


def _finish(check: LedgerCheck, found: list[Finding], *, at: datetime) -> None:
    seen: Counter[str] = Counter()
    kept: list[Finding] = []
    for finding in found:
        seen[finding.code] += 1
        if seen[finding.code] <= KEPT_OF_A_KIND:
            kept.append(finding)
    check.finished_at = at
    check.found, check.findings = len(found), msgspec.to_builtins(kept)
    check.save(update_fields=["finished_at", "found", "findings", "transfers", "accounts", "seals"])
    _prune(check.store, at=at)


def _prune(store: Store, *, at: datetime) -> None:
    sample = Q(kind=LedgerCheck.Kind.SAMPLE)
    over = (
        Q(started_at__lt=at - KEPT)
        | sample & Q(started_at__lt=at - SAMPLES_KEPT)
        | sample & Q(started_at__lt=at - SOUND_SAMPLES_KEPT, found=0)
    )
    LedgerCheck.objects.filter(over, store=store).delete()
