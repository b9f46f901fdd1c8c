"""Any split of refunds ends like one whole refund where gift balances and points have paid: to the penny, in every
book; and what was paid is what the tenders sum to."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from checkout.request import LineRequest
from loyalty.models import Account, BalancePayment
from loyalty.verify import verify_ledger
from shop.models import Order, OrderLine
from tests.checkout.ask import order
from tests.checkout.gift import gift
from tests.checkout.reverse import cancel, give, member, points_store, refund
from tests.checkout.test_splits import Units, pieces, splits

BALANCES = st.lists(st.tuples(st.integers(1, 9000), st.integers(20, 60)), min_size=1, max_size=3)


class AnySplit(TestCase):
    def play(
        self,
        lines: list[Units],
        balances: list[Units],
        refunds: list[list[Units]],
        *,
        points: int,
        delivery: int,
        by_cancellation: bool,
    ) -> dict[str, Any]:
        store = points_store()
        anna = member(store)
        if points:
            give(anna, points)
        gifts = [gift(store, amount, days=days) for amount, days in balances]
        wanted = tuple(LineRequest(f"S-{price}", quantity, price) for quantity, price in lines)
        bought = order(
            store,
            customer=anna.ref,
            lines=wanted,
            points_to_spend=points,
            delivery=delivery,
            gift_balances=tuple(code for _, code in gifts),
        ).order
        self.adds_up(bought)
        for units in refunds:
            refund(bought, *units)
        if by_cancellation:
            cancel(bought)
        elif delivery:
            refund(bought, delivery=True)
        assert verify_ledger(store) == []
        ended = Order.objects.get(pk=bought.pk)
        return {
            "balances": [Account.objects.get(pk=one.account_id).balance for one, _ in gifts],
            "points": Account.objects.get(customer=anna, asset="points").balance,
            "money": (ended.refunded, ended.balance_refunded, ended.delivery_refunded),
            "whole": [amount for amount, _ in balances],
            "payable": ended.payable,
        }

    def adds_up(self, bought: Order) -> None:
        rows = list(BalancePayment.objects.filter(order=bought))
        for line in OrderLine.objects.filter(order=bought):
            assert line.balance_amount == sum(row.amount for row in rows if row.line_id == line.pk)
        of_delivery = sum(row.amount for row in rows if row.line_id is None)
        assert bought.delivery_balance_amount == of_delivery
        assert bought.balance_amount == sum(row.amount for row in rows)
        tenders = bought.points_amount + bought.balance_amount + bought.payable
        assert tenders == bought.goods + bought.delivery

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        split=splits(),
        balances=BALANCES,
        points=st.integers(0, 3000),
        delivery=st.sampled_from([0, 1, 499]),
        by_cancellation=st.booleans(),
    )
    def test_any_split_of_refunds_ends_like_one_whole_refund(
        self,
        split: tuple[list[Units], list[Units], list[int]],
        balances: list[Units],
        points: int,
        delivery: int,
        by_cancellation: bool,
    ) -> None:
        lines, units, cuts = split
        whole = [[(ordinal, quantity) for ordinal, (quantity, _) in enumerate(lines, start=1)]]
        parts = pieces(units, cuts)
        if by_cancellation:
            whole, parts = [], parts[:-1]
        ends = [
            self.play(
                lines,
                balances,
                refunds,
                points=points,
                delivery=delivery,
                by_cancellation=by_cancellation,
            )
            for refunds in (whole, parts)
        ]
        assert ends[0] == ends[1]
        assert ends[0]["balances"] == ends[0]["whole"]
        assert ends[0]["money"][0] == ends[0]["payable"]
