"""Take something from the rewards catalogue for points, and give it back. The caller owns the transaction.

In this order, as everybody's: the customer's account, then its lots, then the promise, and last the item's counter,
which all who want the same thing share.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from loyalty.models import Account, CatalogueItem, CatalogueTake, LotUse, Reward, Transfer
from loyalty.promise_reward import promise_reward, withdraw_promise
from loyalty.tiers.find_standing import tier_of
from loyalty.tiers.read_ladders import read_ladders
from loyalty.transfer import NotEnoughPoints, post
from loyalty.transfer_accounts import customer_account, lock_accounts, programme_account
from loyalty.transfer_back import Undoing, give_back
from shop.find_customer import same_person
from shop.models import Customer, Store, User
from shop.record import record


class TakeFault(StrEnum):
    NOT_OFFERED = "not_offered"  # there is none of this code now
    NOT_A_MEMBER = "not_a_member"
    TIER_TOO_LOW = "tier_too_low"
    ALREADY_TAKEN = "already_taken"  # as often as one customer may
    SOLD_OUT = "sold_out"
    NOT_ENOUGH_POINTS = "not_enough_points"
    KEY_CONFLICT = "key_conflict"  # the key stands for another take
    PAUSED = "paused"


class TakeRefused(ValueError):
    def __init__(self, code: TakeFault, *, missing: int | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.missing = missing


def items_now(store: Store, *, at: datetime) -> QuerySet[CatalogueItem]:
    """What is offered at `at`, the cheapest first."""
    now = CatalogueItem.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), store=store, starts_at__lte=at)
    return now.order_by("points", "id")


def take_item(
    store: Store, code: str, customer: Customer, *, key: str, at: datetime, at_recorded: datetime
) -> CatalogueTake:
    """Pay the item's points and promise it, once per key; a repeat returns the first take. Raises TakeRefused, and then
    has written nothing."""
    assert connection.in_atomic_block, "points and the promise belong together"
    with transaction.atomic():
        lock_accounts(store, [customer.pk])
        done = CatalogueTake.objects.select_related("item").filter(store=store, key=key).first()
        if done is not None:
            if (done.item.code, done.customer_id) != (code, customer.pk):
                raise TakeRefused(TakeFault.KEY_CONFLICT)
            return done
        item = items_now(store, at=at).filter(code=code).first()
        if item is None:
            raise TakeRefused(TakeFault.NOT_OFFERED)
        _refuse_unfit(item, customer, at=at)
        take = _take(item, customer, key=key, at=at, at_recorded=at_recorded)
        _count_last(item)
        return take


def cancel_take(
    take: CatalogueTake, *, by: User | None, at: datetime, at_recorded: datetime
) -> Reward | None:
    """Give the points back to where they came from, exactly, once. Returns the promise where it is there to be taken
    back: what has been issued of it is the caller's."""
    assert connection.in_atomic_block, "points and the promise belong together"
    store = take.store
    locked = lock_accounts(store, [take.customer_id])
    mine = CatalogueTake.objects.filter(pk=take.pk, cancelled_at=None)
    if not mine.update(cancelled_at=at, cancelled_by=by, n=None):
        return None
    promise = withdraw_promise(store, _promise_key(take.key), at=at)
    uses = LotUse.objects.filter(transfer=take.transfer_id).select_related("transfer", "lot")
    undoing = Undoing(store, locked.accounts[take.customer_id], f"take:{take.pk}:back", at, at_recorded)
    give_back([(use, use.amount) for use in uses.order_by("-lot__ends_at", "-lot_id")], undoing)
    CatalogueItem.objects.filter(pk=take.item_id).update(taken=F("taken") - 1)
    _note("reward.given_back", take, at=at)
    return promise


def _refuse_unfit(item: CatalogueItem, customer: Customer, *, at: datetime) -> None:
    if item.store.is_redemption_paused:
        raise TakeRefused(TakeFault.PAUSED)
    if customer.joined_at is None or customer.joined_at > at:
        raise TakeRefused(TakeFault.NOT_A_MEMBER)
    if item.tier and not _is_in_tier(customer, item.tier, at=at):
        raise TakeRefused(TakeFault.TIER_TOO_LOW)
    taken = CatalogueTake.objects.filter(same_person(customer), item=item, cancelled_at=None).count()
    if item.per_customer is not None and taken >= item.per_customer:
        raise TakeRefused(TakeFault.ALREADY_TAKEN)


def _is_in_tier(customer: Customer, code: str, *, at: datetime) -> bool:
    """In this one or a higher one."""
    ladders = read_ladders(customer.store_id)
    ladder, now = ladders.at(at), tier_of(customer, at=at)
    if ladder is None or now is None or now.outlook.tier is None:
        return False
    asked = ladder.rank(ladders.tier_called(code))
    return 0 < asked <= ladder.rank(ladders.tier_called(now.outlook.tier.code))


def _take(
    item: CatalogueItem, customer: Customer, *, key: str, at: datetime, at_recorded: datetime
) -> CatalogueTake:
    try:
        transfer = post(
            item.store,
            kind=Transfer.Kind.REDEMPTION,
            source=customer_account(customer),
            target=programme_account(item.store, Account.Kind.SPENT),
            amount=item.points,
            key=f"take:{key}",
            at=at,
            at_recorded=at_recorded,
        )
    except NotEnoughPoints as short:
        raise TakeRefused(TakeFault.NOT_ENOUGH_POINTS, missing=short.missing) from short
    promise_reward(
        item.store,
        customer=customer,
        kind=item.kind,
        key=_promise_key(key),
        at=at,
        campaign=item.campaign,
        item=item.item,
    )
    mine = CatalogueTake.objects.filter(same_person(customer), item=item, cancelled_at=None)
    used = set(mine.values_list("n", flat=True))
    take = CatalogueTake.objects.create(
        store=item.store,
        item=item,
        customer=customer,
        key=key,
        n=next(n for n in range(1, len(used) + 2) if n not in used),
        points=item.points,
        transfer=transfer,
        at=at,
    )
    _note("reward.taken", take, at=at)
    return take


def _count_last(item: CatalogueItem) -> None:
    """The limit stands in the WHERE."""
    free = CatalogueItem.objects.filter(Q(stock_max=None) | Q(stock_max__gt=F("taken")), pk=item.pk)
    if not free.update(taken=F("taken") + 1):
        raise TakeRefused(TakeFault.SOLD_OUT)


def _promise_key(key: str) -> str:
    return f"take:{key}"


def _note(kind: str, take: CatalogueTake, *, at: datetime) -> None:
    record(
        kind,
        store=take.store,
        at=at,
        customer=take.customer,
        subject=f"reward:{take.item.code}",
        data={"points": take.points, "take": take.pk},
    )


def promises_of(store: Store, takes: Iterable[CatalogueTake]) -> dict[int, Reward]:
    """What was promised for each take, by its number. One query."""
    by_key = {_promise_key(take.key): take.pk for take in takes}
    found = Reward.objects.filter(store=store, key__in=list(by_key))
    return {by_key[reward.key]: reward for reward in found}
