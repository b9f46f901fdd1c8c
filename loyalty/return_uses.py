"""A cancelled order makes its places under offers' limits free again: in all, a day, per customer, in
money.

The hottest rows of a sale: whoever calls this does so last in the transaction, which takes offers in the order of
their ids. The caller cancels an order once.
"""

from collections import Counter

from django.db import connection
from django.db.models import F, Sum

from loyalty.models import CustomerUse, Discount, OfferBudget, OfferUse, Reward
from loyalty.take_day_use import return_day_uses
from shop.models import Order


def return_uses(order: Order) -> None:
    """Free what `order` took of each offer's limits. An offer that has lost its limit since is left as it is."""
    assert connection.in_atomic_block, "uses come back in the transaction of the cancellation"
    given = _given_by_offer(order)
    numbers = Counter(CustomerUse.objects.filter(order=order).values_list("offer_id", flat=True))
    CustomerUse.objects.filter(order=order).delete()
    return_day_uses(order)
    limited = set(OfferUse.objects.filter(offer_id__in=given).values_list("offer_id", flat=True))
    for offer_id, (amount, uses) in sorted(given.items()):
        spent = OfferBudget.objects.filter(offer_id=offer_id, spent__gte=amount)
        spent.update(spent=F("spent") - amount)
        if offer_id in limited:
            _return_to_shards(offer_id, max(uses, numbers[offer_id]))


def _given_by_offer(order: Order) -> dict[int, tuple[int, int]]:
    """Amount and uses by offer: one use for each coupon that brought it, or one where it came by itself. An offer that
    gave points or a coupon alone took no money off."""
    amounts = (
        Discount.objects.filter(order=order)
        .values_list("version__offer_id")
        .annotate(amount=Sum("amount"))
        .order_by("version__offer_id")
    )
    brought = Counter(order.redemptions.values_list("campaign__offer_id", flat=True))
    rewarded = Reward.objects.filter(order=order).values_list("version__offer_id", flat=True)
    given = {**dict.fromkeys(rewarded, 0), **dict(amounts)}
    return {offer_id: (amount, max(1, brought[offer_id])) for offer_id, amount in given.items()}


def _return_to_shards(offer_id: int, uses: int) -> None:
    """To whichever shards have uses: together they are the limit."""
    for _ in range(uses):
        for shard in OfferUse.objects.filter(offer_id=offer_id, used__gt=0).values_list("pk", flat=True):
            if OfferUse.objects.filter(pk=shard, used__gt=0).update(used=F("used") - 1):
                break
