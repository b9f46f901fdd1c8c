"""Any split of refunds ends like one whole refund: to the cent, to the point, and in every book, whatever the store
does where a return undoes the condition of an offer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate, groupby, pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from checkout.request import LineRequest
from loyalty.expire import expire_due
from loyalty.models import Account, Lot, Transfer
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, OrderLine, Store
from tests.checkout.ask import order
from tests.checkout.reverse import cancel, give, member, points_store, refund
from tests.factories import AT, DAY
from tests.factories.offers_that_run import run_offer

Units = tuple[int, int]

LINES = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 5000)), min_size=1, max_size=4, unique_by=lambda line: line[1]
)
POLICIES = st.sampled_from(Store.ReturnPolicy.values)
# From which the offers of the store act; 0: always.
FROM_AMOUNTS = st.sampled_from([0, 1000, 5000, 15_000])
LOTS = st.lists(st.tuples(st.integers(1, 2000), st.integers(1, 60)), max_size=4)


@st.composite
def splits(draw: st.DrawFn) -> tuple[list[Units], list[Units], list[int]]:
    """Lines of (quantity, price), the units of all of them in some order, and where the refunds are cut."""
    lines = draw(LINES)
    units = [(ordinal, 1) for ordinal, (quantity, _) in enumerate(lines, start=1) for _ in range(quantity)]
    shuffled = draw(st.permutations(units))
    cuts = draw(st.lists(st.integers(0, len(units)), max_size=6))
    return lines, shuffled, sorted(cuts)


def pieces(units: Sequence[Units], cuts: Sequence[int]) -> list[list[Units]]:
    """The refunds: units between two cuts, added up by line."""
    edges = [0, *cuts, len(units)]
    parts = [sorted(units[start:end]) for start, end in pairwise(edges) if start < end]
    return [[(line, len(list(same))) for line, same in groupby(part, lambda one: one[0])] for part in parts]


def books(customer: Customer, bought: Order) -> dict[str, object]:
    """All that a refund may end in, without the numbers of rows."""
    mine = Account.objects.get(customer=customer)
    moved: dict[str, int] = {}
    for transfer in Transfer.objects.filter(order=bought).select_related("source", "target"):
        way = f"{transfer.kind} {transfer.source.kind} {transfer.target.kind}"
        moved[way] = moved.get(way, 0) + transfer.amount
    lines = OrderLine.objects.filter(order=bought).order_by("ordinal")
    ended = Order.objects.get(pk=bought.pk)
    return {
        "balance": mine.balance,
        "owed": mine.owed,
        "money": (ended.refunded, ended.delivery_refunded, ended.payable),
        "lines": list(lines.values_list("refunded_quantity", "earning__amount", "earning__taken_back")),
        "returned": moved.get("reversal spent customer", 0),
        "taken or owed": moved.get("reversal customer issued", 0) + mine.owed,
        "own lot": list(
            Lot.objects.filter(transfer__order=bought, transfer__kind="accrual").values_list("left")
        ),
    }


def store_with_offers(*, policy: str, from_amount: int) -> Store:
    """A discount on goods and on delivery, both from an amount on."""
    store = points_store(return_policy=policy)
    conditions = [{"kind": "subtotal_at_least", "amount": from_amount}] if from_amount else []
    for lane, benefit in [
        ("order", {"kind": "percent_off", "rate_bp": 1234}),
        ("delivery", {"kind": "delivery_percent_off", "rate_bp": 5000}),
    ]:
        run_offer(store, lane=lane, benefits=[benefit], conditions=conditions, audience={"kind": "everyone"})
    return store


class AnySplit(TestCase):
    def play(
        self,
        lines: Sequence[Units],
        lots: Sequence[Units],
        refunds: Sequence[Sequence[Units]],
        *,
        asked: int,
        spent_since: int,
        at: datetime,
        by_cancellation: bool,
        policy: str,
        from_amount: int,
        is_fee_first: bool,
    ) -> dict[str, object]:
        store = store_with_offers(policy=policy, from_amount=from_amount)
        anna = member(store)
        for points, days in lots:
            give(anna, points, ends_at=AT + days * DAY)
        wanted = tuple(LineRequest(f"S-{price}", quantity, price) for quantity, price in lines)
        bought = order(store, customer=anna.ref, lines=wanted, points_to_spend=asked, delivery=300).order
        later = (LineRequest("LATER", 1, 99_99),)
        if spent_since:
            order(store, customer=anna.ref, lines=later, points_to_spend=spent_since, at=at)
        if is_fee_first:
            refund(bought, delivery=True, at=at)
        for units in refunds:
            refund(bought, *units, at=at)
        if by_cancellation:
            cancel(bought, at=at)
        elif not is_fee_first:
            refund(bought, delivery=True, at=at)
        expire_due(at=at)
        assert verify_ledger(store) == []
        return books(anna, bought)

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        split=splits(),
        lots=LOTS,
        asked=st.integers(0, 5000),
        spent_since=st.integers(0, 500),
        days=st.integers(0, 70),
        by_cancellation=st.booleans(),
        policy=POLICIES,
        from_amount=FROM_AMOUNTS,
        is_fee_first=st.booleans(),
    )
    def test_any_split_of_refunds_ends_like_one_whole_refund(
        self,
        split: tuple[list[Units], list[Units], list[int]],
        lots: list[Units],
        asked: int,
        spent_since: int,
        days: int,
        by_cancellation: bool,
        policy: str,
        from_amount: int,
        is_fee_first: bool,
    ) -> None:
        lines, units, cuts = split
        whole = [[(ordinal, quantity) for ordinal, (quantity, _) in enumerate(lines, start=1)]]
        parts = pieces(units, cuts)
        if by_cancellation:
            whole, parts = [], parts[:-1]
        at = AT + timedelta(days=days)
        ends = [
            self.play(
                lines,
                lots,
                refunds,
                asked=asked,
                spent_since=spent_since,
                at=at,
                by_cancellation=by_cancellation,
                policy=policy,
                from_amount=from_amount,
                is_fee_first=is_fee_first and refunds is parts,
            )
            for refunds in (whole, parts)
        ]
        assert ends[0] == ends[1]

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(split=splits(), asked=st.integers(0, 5000), from_amount=FROM_AMOUNTS)
    def test_what_is_given_back_by_now_is_the_most_that_any_step_on_the_way_called_for(
        self, split: tuple[list[Units], list[Units], list[int]], asked: int, from_amount: int
    ) -> None:
        """So steps and one whole refund end alike, wherever no earlier step had given more already."""
        lines, units, cuts = split
        store = store_with_offers(policy="reprice", from_amount=from_amount)
        anna = member(store)
        give(anna, 2000)
        wanted = tuple(LineRequest(f"S-{price}", quantity, price) for quantity, price in lines)
        bought = order(store, customer=anna.ref, lines=wanted, points_to_spend=asked, delivery=300).order
        whole = [self.previewed(bought, pieces(units[:end], [])[0]) for end in sorted(set(cuts)) if end]
        given = [refund(bought, *part).refund.amount for part in pieces(units, cuts)][: len(whole)]
        assert list(accumulate(given)) == list(accumulate(whole, max))
        bought.refresh_from_db()
        assert bought.refunded == bought.payable - (bought.delivery - bought.delivery_discount)

    def previewed(self, bought: Order, part: Sequence[Units]) -> int:
        """What giving back these units at once would pay."""
        with transaction.atomic():
            amount = refund(bought, *part).refund.amount
            transaction.set_rollback(True)
        return amount
