"""Recheck the days under seal: each seal follows from the one before, and each day's movements are those it was made
of."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from loyalty.findings import Finding, FindingCode
from loyalty.hash_days import GENESIS, Day, hashed_days, seal_hash, start_of
from loyalty.models import DaySeal
from loyalty.seal import EARLIEST
from shop.models import Store


def seal_findings(store: Store, *, limit: int) -> Iterator[Finding]:
    """At most `limit`, in the order of days. Nothing where nothing is sealed yet."""
    return islice(_findings(store), limit)


def _findings(store: Store) -> Iterator[Finding]:
    seals = {seal.day: seal for seal in DaySeal.objects.filter(store=store).order_by("day")}
    if not seals:
        return
    yield from _broken(store, list(seals.values()))
    until = start_of(max(seals) + timedelta(days=1))
    for day in hashed_days(store.pk, since=EARLIEST, until=until):
        yield from _differing(seals.pop(day.day, None), day)
    for emptied, seal in seals.items():
        yield _found(FindingCode.SEALED_DAY_GREW_OR_SHRANK, emptied, expected=seal.transfers, found=0)


def _broken(store: Store, seals: list[DaySeal]) -> Iterator[Finding]:
    """Seals that do not bear the hash of their own figures and of the seal before, `seals` being all of them."""
    before = GENESIS
    for seal in seals:
        day = Day(seal.day, seal.transfers, seal.points, seal.money, bytes(seal.rows_hash))
        follows = bytes(seal.previous_hash) == before
        if not follows or bytes(seal.hash) != seal_hash(store.pk, day, previous=before):
            yield _found(FindingCode.SEAL_IS_BROKEN, seal.day, expected=seal.transfers, found=seal.transfers)
        before = bytes(seal.hash)


def _differing(seal: DaySeal | None, day: Day) -> Iterator[Finding]:
    if seal is None:
        yield _found(FindingCode.DAY_WITHOUT_ITS_SEAL, day.day, expected=0, found=day.transfers)
    elif seal.transfers != day.transfers:
        code = FindingCode.SEALED_DAY_GREW_OR_SHRANK
        yield _found(code, day.day, expected=seal.transfers, found=day.transfers)
    elif bytes(seal.rows_hash) != day.rows_hash or (seal.points, seal.money) != (day.points, day.money):
        code = FindingCode.SEALED_ROWS_CHANGED
        yield _found(code, day.day, expected=seal.transfers, found=day.transfers)


def _found(code: FindingCode, day: date, *, expected: int, found: int) -> Finding:
    return Finding(code, f"day:{day.isoformat()}", expected, found)
