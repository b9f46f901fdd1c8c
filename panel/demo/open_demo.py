"""The demo: a store with real orders, people, points, cards and campaigns with their results; safe to repeat."""

import tempfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.earn import earn_waiting
from loyalty.models import Account, EarningRule, Lot, Transfer
from panel.demo.give_balances import give_balances
from panel.demo.give_cards import best_customers, give_cards
from panel.demo.give_coupons import claimed_presents, give_coupons, offer_present
from panel.demo.invent_people import invent_people
from panel.demo.keep_access import DOMAIN
from panel.demo.play_weeks import first_moment, play_weeks
from panel.demo.price_goods import price_goods
from panel.demo.set_today import set_today
from panel.demo.shift_dates import EXCERPT, weeks_until, write_shifted
from panel.demo.start_campaigns import open_campaigns, start_playbooks, start_promotions
from panel.demo.start_friends import follow_friends, start_friends
from panel.demo.start_status import follow_status, start_status
from shop.clock import local_date, start_of_day
from shop.import_orders import import_orders
from shop.jobs import finish
from shop.models import Consent, Customer, Job, Order, OrderLine, Outbox, Person, Product, Store

CODE = "regency-gifts"
# How far the making has come. No worker takes it: the kind is in nobody's list of works.
JOB_KIND = "create_demo"
CLAIM_PATH = "claim_path"

Tell = Callable[[str], None]


def open_store() -> Store:
    """The demo's store, made where it is not there."""
    store, _created = Store.objects.get_or_create(
        code=CODE,
        defaults={
            "name": "Regency Gifts",
            "currency": "GBP",
            "time_zone": "Europe/London",
            "language": "en",
            "domain": DOMAIN,
            "mail_from": f"hello@{DOMAIN}",
            "postal_address": "1 Crescent Row, Bath, United Kingdom",
            "points_value": 1,
            # Mails of the demonstration are there to be seen, at whatever hour somebody looks.
            "quiet_from": time(0),
            "quiet_until": time(0),
            "mails_max": 20,
        },
    )
    return store


def fill_store(store: Store, *, at: datetime, tell: Tell, excerpt: Path = EXCERPT) -> bool:
    """Orders, people, points, cards, campaigns and the last weeks; False where all was there.

    Takes up what was interrupted: how far the dates were moved and which moment is the demo's present are kept with
    the first try, so that no later one moves them otherwise.
    """
    job = _job(store, at=at, excerpt=excerpt)
    if job.status == Job.Status.DONE:
        return False
    began_at = job.started_at or at
    result = _import(store, job.params["weeks"], until=began_at, at=at, tell=tell, excerpt=excerpt)
    tell(_("people: %(count)s") % {"count": invent_people(store, at=at)})
    tell(_("goods with a cost: %(count)s") % {"count": price_goods(store)})
    _let_earn(store)
    _count_rows(Customer, Person, Consent, Product, Order, OrderLine, Outbox)
    while earn_waiting(at=at):
        pass
    _count_rows(Account, Transfer, Lot)
    tell(_("club cards: %(count)s") % {"count": give_cards(store, at=began_at)})
    job.result = result | {CLAIM_PATH: _tell_story(store, began_at=began_at, tell=tell)}
    finish(job, status=Job.Status.DONE, at=at)
    return True


def claim_path(store: Store) -> str | None:
    """Where a present waits for whoever opens its link first."""
    job = Job.objects.filter(store=store, kind=JOB_KIND, status=Job.Status.DONE).first()
    return job.result.get(CLAIM_PATH) if job else None


def _count_rows(*models: type[Model]) -> None:
    """Tell the planner how much there is now: in a database that was empty a moment ago it would guess badly, and
    what follows looks through all of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")


def _tell_story(store: Store, *, began_at: datetime, tell: Tell) -> str | None:
    """The campaigns and what came of them, up to `began_at`; returns the path of an open present."""
    since = first_moment(store, began_at=began_at)
    start_promotions(store, since=since, at=began_at)
    start_status(store, since=since, at=began_at)
    campaigns = open_campaigns(store, since=since, at=began_at)
    give_coupons(campaigns, best_customers(store), at=since)
    start_playbooks(store, at=since)
    play_weeks(store, began_at=began_at, presents=claimed_presents(campaigns), tell=tell)
    start_friends(store, at=began_at)
    tell(_("gift balances: %(count)s") % {"count": give_balances(store, at=began_at)})
    set_today(store, at=began_at)
    # Played facts wait from the clock's moment on.
    follow_status(at=timezone.now())
    follow_friends(at=timezone.now())
    return offer_present(campaigns, at=began_at)


def _job(store: Store, *, at: datetime, excerpt: Path) -> Job:
    job = Job.objects.filter(store=store, kind=JOB_KIND).order_by("id").first()
    if job is not None:
        return job
    return Job.objects.create(
        store=store,
        kind=JOB_KIND,
        title=_("Demo store"),
        status=Job.Status.RUNNING,
        params={"weeks": weeks_until(at, excerpt=excerpt)},
        started_at=at,
    )


def _import(
    store: Store, weeks: int, *, until: datetime, at: datetime, tell: Tell, excerpt: Path
) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        shifted = Path(folder) / "orders.csv"
        write_shifted(shifted, weeks=weeks, until=until, excerpt=excerpt)
        totals = import_orders(
            store,
            shifted,
            {},
            at=at,
            on_progress=lambda stage, done, in_all: tell(f"{stage.label}: {100 * done // max(in_all, 1)} %"),
        )
    return totals.as_json()


def _let_earn(store: Store) -> None:
    """One point for every whole pound, from before the first order."""
    first = Order.objects.filter(store=store).earliest("placed_at").placed_at
    EarningRule.objects.get_or_create(
        store=store,
        points=1,
        per_amount=100,
        defaults={
            "name": _("1 point for every £1"),
            # Half a year, so that in seven months of orders some points wait, some end soon and some have ended.
            "life_days": 180,
            "starts_at": start_of_day(store, local_date(store, first) - timedelta(days=1)),
        },
    )
