"""`python -m bench.soaks.committing.play_store VERB`: the campaign's hands in the database, a process of its own.

open CUSTOMERS: a store whose customers have points and a coupon each, and a public code with limits; prints its key and
codes. look: all that is to be compared with the answers, as JSON.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import django
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

django.setup()

from bench.soaks.committing.judge import Books, Start  # noqa: E402  models need the settings
from coupons.issue import issue_named, issue_public  # noqa: E402
from coupons.models import Coupon, CouponCampaign, Redemption  # noqa: E402
from loyalty.give_points import give_points  # noqa: E402
from loyalty.keep_rule import RulePlan, keep_rule  # noqa: E402
from loyalty.models import (  # noqa: E402
    Account,
    Discount,
    EarningRule,
    Offer,
    OfferBudget,
    OfferUse,
    Transfer,
)
from loyalty.publish import start, write_version  # noqa: E402
from shop.keys import SERVER_SCOPES, issue_key  # noqa: E402
from shop.models import Activity, Customer, Order, Refund, RefundLine, Store  # noqa: E402
from storefront.models import IdempotentRequest  # noqa: E402

CODE = "commits"
DAY = timedelta(days=1)
BEGIN = Start(points=2_000, public_offer="spring", uses_max=400, budget_max=100_000)
LIMITS = {"uses_max": BEGIN.uses_max, "budget_max": BEGIN.budget_max}


def main(arguments: list[str]) -> None:
    verb, *rest = arguments
    if verb == "open":
        print(json.dumps(open_store(int(rest[0]), at=timezone.now() - DAY)))
    elif verb == "look":
        print(json.dumps(asdict(look())))
    else:
        raise SystemExit(__doc__)


def open_store(count: int, *, at: datetime) -> dict[str, Any]:
    """Its key, the customers with the codes of their coupons, and how all began."""
    store = Store.objects.create(
        code=CODE, name="Candle House", currency="GBP", points_value=1, points_step=1
    )
    _key, secret = issue_key(store, name="Campaign", kind="server", scopes=SERVER_SCOPES)
    people = Customer.objects.bulk_create(
        Customer(store=store, ref=f"c{number}", joined_at=at) for number in range(count)
    )
    with transaction.atomic():
        rule = RulePlan(name="1 for 1.00", kind=EarningRule.Kind.AMOUNT, points=1, per_amount=100)
        keep_rule(store, rule, by=None, at=at)
        issue_public(_campaign(store, BEGIN.public_offer, "gift", LIMITS, at=at), "SPRING", at=at)
        own = _campaign(store, "welcome", "named", {}, at=at)
        codes = {}
        for person in people:
            give_points(
                store,
                customer=person,
                points=BEGIN.points,
                key=f"start:{person.pk}",
                at=at,
                at_recorded=at,
                life_days=365,
            )
            codes[person.ref] = issue_named(own, person, issue_key=person.ref, at=at).code
    return {"key": secret, "codes": codes, "start": asdict(BEGIN)}


def _campaign(store: Store, code: str, kind: str, limits: dict[str, int], *, at: datetime) -> CouponCampaign:
    document: dict[str, Any] = {
        "v": 1,
        "lane": "coupon",
        "audience": {"kind": "coupon"},
        "benefits": [{"kind": "percent_off", "rate_bp": 1_000}],
    }
    offer = Offer.objects.create(store=store, code=code, name=code)
    write_version(offer, document | ({"limits": limits} if limits else {}), by=None, at=at)
    start(offer, at=at)
    return CouponCampaign.objects.create(store=store, offer=offer, code=code, name=code, kind=kind)


def look() -> Books:
    store = Store.objects.get(code=CODE)
    public = Offer.objects.get(store=store, code=BEGIN.public_offer)
    mine = Coupon.objects.filter(store=store, uses_max__isnull=False)
    redeemed = Redemption.objects.filter(coupon__in=mine).values("coupon__code").annotate(n=Count("id"))
    taken = Discount.objects.filter(store=store).values("version__offer__code").annotate(all=Sum("amount"))
    facts = Activity.objects.filter(store=store, kind__in=("order.placed", "order.refunded"))
    purses = Account.objects.filter(store=store, kind="customer", asset="points")
    return Books(
        orders=_orders(store),
        refunds=_refunds(store),
        points={
            ref: left - owed for ref, left, owed in purses.values_list("customer__ref", "balance", "owed")
        },
        uses=OfferUse.objects.filter(offer=public).aggregate(all=Sum("used"))["all"],
        spent=OfferBudget.objects.get(offer=public).spent,
        redemptions={row["coupon__code"]: row["n"] for row in redeemed},
        coupon_uses=dict(mine.filter(used__gt=0).values_list("code", "used")),
        discounts={row["version__offer__code"]: row["all"] for row in taken},
        facts=dict(facts.values_list("kind").annotate(n=Count("id")).order_by()),
        records=list(IdempotentRequest.objects.filter(store=store).values_list("key", flat=True)),
        ledger="",
    )


def _orders(store: Store) -> list[tuple[str, int, int, int]]:
    earned = Transfer.objects.filter(store=store, kind=Transfer.Kind.ACCRUAL, order__isnull=False)
    points = dict(earned.values_list("order_id").annotate(all=Sum("amount")).order_by())
    rows = Order.objects.filter(store=store).values_list("pk", "ref", "payable", "points_spent")
    return [(ref, payable, spent, points.get(pk, 0)) for pk, ref, payable, spent in rows]


def _refunds(store: Store) -> list[tuple[str, int, int, int]]:
    lines = RefundLine.objects.filter(refund__store=store).values_list("refund_id")
    sums = lines.annotate(back=Sum("points_returned"), taken=Sum("points_taken_back")).order_by()
    points = {pk: (back, taken) for pk, back, taken in sums}
    rows = Refund.objects.filter(store=store).values_list("pk", "ref", "amount")
    return [(ref, amount, *points.get(pk, (0, 0))) for pk, ref, amount in rows]


if __name__ == "__main__":
    main(sys.argv[1:])
