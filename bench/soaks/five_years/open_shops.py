"""The eight shops with their customers, rules, ladders and cards, before anything has happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bench.soaks.five_years.script import SHOPS, THRESHOLDS, Person, Shop
from clubcards.models import CardPlan
from loyalty.models import StampCard
from loyalty.tiers.keep_ladder import LadderPlan, StepPlan, keep_ladder
from shop.models import Customer, Store
from tests.factories import (
    make_customer,
    make_earning_rule,
    make_person,
    make_product_group,
    make_step,
    make_store,
    make_trigger,
)
from tests.factories.card_rows import make_plan
from tests.factories.status_rows import make_stamp_card

STAMPS_LIVE_DAYS = 20
# Where ends of points do not move: what is said of them is the same however late it is looked for.
SHOPS_THAT_WRITE = ("Europe/London", "Pacific/Apia")
# Bought by savers only: the points of a full card come by a job.
COFFEE = "coffee"
BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Opened:
    """One shop of a run, and its customers by their number."""

    shop: Shop
    store: Store
    customers: tuple[Customer, ...]
    plan: CardPlan


def open_shops(run: str, *, customers: int, begins: datetime, with_messages: bool) -> tuple[Opened, ...]:
    """As the shops' owners set them up two months before."""
    at = begins - BEFORE
    with transaction.atomic():
        return tuple(
            _open(run, place, shop, customers=customers, at=at, with_messages=with_messages)
            for place, shop in enumerate(SHOPS)
        )


def _open(run: str, place: int, shop: Shop, *, customers: int, at: datetime, with_messages: bool) -> Opened:
    days = {"rolling": {}, "sliding": {"points_slide_days": shop.days}}.get(
        shop.expiry, {"points_grace_days": shop.days}
    )
    store = make_store(
        code=f"{run}-{place}",
        time_zone=shop.zone,
        points_expiry=shop.expiry,
        points_value=1,
        points_share_bp=10_000,
        return_window_days=shop.window_days,
        **days,
    )
    life_days = shop.days if shop.expiry == "rolling" else 365
    make_earning_rule(store, starts_at=at, life_days=life_days)
    for event, points in (("review", 7), ("birthday", 30)):
        given = {"kind": "event", "event": event, "per_amount": None, "points": points}
        make_earning_rule(store, starts_at=at, life_days=life_days, **given)
    make_product_group(store, code=COFFEE, skus=[COFFEE])
    terms = {"life_days": STAMPS_LIVE_DAYS, "starts_at": at}
    make_stamp_card(store, code="visit", needed=4, by=StampCard.By.VISIT, **terms)
    make_stamp_card(store, code=COFFEE, needed=3, by=StampCard.By.PRODUCT, group=COFFEE, **terms)
    _keep_ladder(store, shop, at=at)
    if with_messages and shop.zone in SHOPS_THAT_WRITE:
        for occasion, params in (("birthday", {}), ("tier_changed", {}), ("points_expiring", {"days": 7})):
            trigger = make_trigger(store, code=occasion, occasion=occasion, params=params, purpose="service")
            type(trigger).objects.filter(pk=trigger.pk).update(created_at=at)
            make_step(trigger)
    people = tuple(_join(store, Person(place, who), at=at) for who in range(customers))
    store.refresh_from_db()
    return Opened(shop, store, people, make_plan(store))


def _keep_ladder(store: Store, shop: Shop, *, at: datetime) -> None:
    measure, period, months, grace = shop.ladder
    silver, gold = THRESHOLDS[measure]
    steps = (StepPlan("silver", "Silver", silver), StepPlan("gold", "Gold", gold))
    plan = LadderPlan(measure, period, months, grace, steps)
    keep_ladder(store, plan, by=None, at=at, at_recorded=at)


def _join(store: Store, person: Person, *, at: datetime) -> Customer:
    customer = make_customer(store, ref=f"c{person.who}", joined_at=at)
    if person.born is not None:
        make_person(customer, birth_on=person.born, birth_changed_at=None)
    return customer
