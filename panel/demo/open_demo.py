"""The demo: a store with real orders, people, a rule for points and a running campaign; safe to repeat."""

import tempfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from coupons.models import CouponCampaign
from loyalty.models import EarningRule
from panel.demo.give_cards import give_cards
from panel.demo.invent_people import invent_people
from panel.demo.keep_access import DOMAIN
from panel.demo.shift_dates import EXCERPT, weeks_until, write_shifted
from panel.playbooks import win_back
from panel.playbooks.win_back_form import default_plan
from shop.clock import local_date, start_of_day
from shop.import_orders import import_orders
from shop.jobs import finish
from shop.models import Job, Order, Store

CODE = "regency-gifts"
# How far the making has come. No worker takes it: the kind is in nobody's list of works.
JOB_KIND = "create_demo"

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
            # Mails of the demonstration are there to be seen, at whatever hour somebody looks.
            "quiet_from": time(0),
            "quiet_until": time(0),
            "mails_max": 20,
        },
    )
    return store


def fill_store(store: Store, *, at: datetime, tell: Tell, excerpt: Path = EXCERPT) -> bool:
    """Orders, people, points' rule, campaign; False where all was there. Takes up what was interrupted.

    How far the dates were moved is kept with the first try, so that no later one moves them otherwise. The
    running worker then lets the orders earn and writes the mails.
    """
    job = _job(store, at=at, excerpt=excerpt)
    if job.status == Job.Status.DONE:
        return False
    job.result = _import(store, job.params["weeks"], at=at, tell=tell, excerpt=excerpt)
    tell(_("people: %(count)s") % {"count": invent_people(store, at=at)})
    _let_earn(store)
    tell(_("club cards: %(count)s") % {"count": give_cards(store, at=at)})
    _win_back(store, at=at)
    finish(job, status=Job.Status.DONE, at=at)
    return True


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


def _import(store: Store, weeks: int, *, at: datetime, tell: Tell, excerpt: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        shifted = Path(folder) / "orders.csv"
        write_shifted(shifted, weeks=weeks, excerpt=excerpt)
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
            "starts_at": start_of_day(store, local_date(store, first) - timedelta(days=1)),
        },
    )


@transaction.atomic
def _win_back(store: Store, *, at: datetime) -> None:
    if CouponCampaign.objects.filter(store=store, code=win_back.CODE).exists():
        return
    plan = win_back.WinBack(**{**default_plan(store), "name": _("We miss you")})
    win_back.set_up(store, plan, by=None, at=at)
