"""A shop whose customers each hold a coupon, a card and points, and the orders that they send."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clubcards.give import give
from clubcards.models import CardPlan
from clubcards.open_plans import open_plans
from coupons.issue import issue_named
from coupons.models import Coupon, CouponCampaign
from loyalty.give_points import give_points
from loyalty.keep_rule import RulePlan, keep_rule
from loyalty.models import Account, EarningRule, Offer
from loyalty.publish import start, write_version
from loyalty.transfer_accounts import programme_account
from shop.keys import SERVER_SCOPES, issue_key
from shop.models import ApiKey, Customer, Product, Store

CUSTOMERS = 640
LINES = 5
# Enough for every order of a run: what is measured is taking from them, not their end.
POINTS, POINTS_AN_ORDER = 100_000_000, 100
USES_MAX = 1_000_000_000
PAST = timedelta(days=1)
# So many digits that no other number in a statement is one of them.
REF_FIRST, CODE_FIRST = 300_000_000, 400_000_000
NUMBERED = {
    "shop_customer": 5_000_000_000,
    "loyalty_account": 6_000_000_000,
    "coupons_coupon": 7_000_000_000,
    "shop_order": 8_000_000_000,
}


@dataclass(frozen=True, slots=True)
class Firsts:
    """The first customer's numbers; the others' follow in the same order."""

    customer: int
    account: int
    coupon: int

    def by_name(self) -> dict[str, int]:
        return {"customer": self.customer, "account": self.account, "coupon": self.coupon, "ref": REF_FIRST}


@dataclass(frozen=True, slots=True)
class Shop:
    """The store, its key, its customers' references, their coupons' codes, all in one order, and their numbers."""

    store: Store
    secret: str
    refs: list[str]
    codes: list[str]
    first: Firsts

    def body(self, ref: str, *, buyer: int, lines: int = LINES) -> bytes:
        """The order `ref` of customer number `buyer`: five lines, the coupon, the card, and points to spend."""
        asked: dict[str, Any] = {
            "ref": ref,
            "customer": self.refs[buyer],
            "lines": [
                {"sku": f"sku-{n % LINES}", "quantity": 1 + n % 3, "unit_price": 1_000 + 37 * n}
                for n in range(lines)
            ],
            "codes": [self.codes[buyer]],
            "points_to_spend": POINTS_AN_ORDER,
            "delivery": 495,
            "accept_changes": True,
        }
        return json.dumps(asked).encode()


def fill(*, seed: int, customers: int = CUSTOMERS) -> Shop:
    """Made by the product's own verbs."""
    now = timezone.now()
    _number_rows()
    store = Store.objects.create(
        code=f"bench-commit-{seed}-{now:%d%H%M%S}",
        name="Bench",
        currency="GBP",
        time_zone="Europe/London",
        points_value=1,
        points_step=1,
    )
    key, secret = issue_key(store, name="Bench", kind="server", scopes=SERVER_SCOPES)
    # Its last use is noted once a minute, and that is nobody's order.
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now + PAST)
    Product.objects.bulk_create(
        [Product(store=store, sku=f"sku-{n}", name=f"Candle {n}", price=1_000 + 37 * n) for n in range(LINES)]
    )
    people = Customer.objects.bulk_create(
        [Customer(store=store, ref=f"buyer-{REF_FIRST + n}", joined_at=now - PAST) for n in range(customers)]
    )
    with transaction.atomic():
        rule = RulePlan(name="1 for 1.00", kind=EarningRule.Kind.AMOUNT, points=1, per_amount=100)
        keep_rule(store, rule, by=None, at=now - PAST)
        plan = open_plans(store, by=None, at=now - PAST)[0]
        campaign = _campaign(store, at=now - PAST)
        # So that no account but the customers' own comes between them.
        for kind in (Account.Kind.ISSUED, Account.Kind.SPENT):
            programme_account(store, kind)
        coupons = [_equip(person, plan, campaign, at=now - PAST / 2) for person in people]
    codes = [f"BENCH{CODE_FIRST + n}" for n in range(customers)]
    for coupon, code in zip(coupons, codes, strict=True):
        Coupon.objects.filter(pk=coupon.pk).update(uses_max=USES_MAX, code=code)
    store.refresh_from_db()
    return Shop(store, secret, [person.ref for person in people], codes, _firsts(people, coupons))


def _number_rows() -> None:
    with connection.cursor() as cursor:
        for table, first in NUMBERED.items():
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            beyond = max(first, cursor.fetchone()[0])
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, beyond])


def _firsts(people: Sequence[Customer], coupons: Sequence[Coupon]) -> Firsts:
    """Raises AssertionError where somebody else has made rows in between."""
    accounts = Account.objects.filter(customer__in=people, asset=Account.Asset.POINTS)
    mine = list(accounts.order_by("customer_id").values_list("pk", flat=True))
    rows = ([person.pk for person in people], mine, [coupon.pk for coupon in coupons])
    for keys in rows:
        assert keys == list(range(keys[0], keys[0] + len(people))), "the rows are numbered in one go"
    return Firsts(*(keys[0] for keys in rows))


def _campaign(store: Store, *, at: datetime) -> CouponCampaign:
    document = {
        "v": 1,
        "lane": "coupon",
        "audience": {"kind": "coupon"},
        "benefits": [{"kind": "percent_off", "rate_bp": 1_000}],
    }
    offer = Offer.objects.create(store=store, code="welcome", name="Welcome")
    write_version(offer, document, by=None, at=at)
    start(offer, at=at)
    return CouponCampaign.objects.create(
        store=store,
        offer=offer,
        code="welcome",
        name="Welcome",
        kind=CouponCampaign.Kind.NAMED,
        valid_days=30,
    )


def _equip(person: Customer, plan: CardPlan, campaign: CouponCampaign, *, at: datetime) -> Coupon:
    """Card and points, and the coupon."""
    give(plan, person, at=at)
    give_points(
        person.store,
        customer=person,
        points=POINTS,
        key=f"bench:{person.pk}",
        at=at,
        at_recorded=at,
        life_days=365,
    )
    return issue_named(campaign, person, issue_key=f"bench:{person.pk}", at=at)
