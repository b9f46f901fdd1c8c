"""A forecast as a job: asked for on the publish page, worked out by a worker, read from the job's result."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.facts import ProductFacts
from checkout.read_facts import NO_COLUMNS
from loyalty.models import OfferVersion
from loyalty.running import RunningOffer, gifts_of
from loyalty.schedule import Windows, calendar_of, windows
from loyalty.snapshot import compile_version, snapshot
from pricing.conditions import InSegment, InTier
from pricing.values import Offer
from reports.forecast.figures import Forecast
from reports.forecast.past_orders import count_past_orders, past_orders
from reports.forecast.past_tiers import tiers_began_at
from reports.forecast.replay import Replay, Terms, replayed
from shop.clock import local_date
from shop.jobs import JobFailed, advance
from shop.models import Job, Product, Store, User

KIND = "forecast_offer"
STAGE = "replaying"
PERIOD = timedelta(days=365)


def start_forecast(version: OfferVersion, *, by: User | None, at: datetime) -> Job:
    """Make the job that a worker takes up: the offer's version on the orders of the year before `at`."""
    offer = version.offer
    return Job.objects.create(
        store_id=offer.store_id,
        kind=KIND,
        title=_("Forecast of “%(name)s”") % {"name": offer.name[:100]},
        params={
            "offer": offer.pk,
            "version": version.pk,
            "since": (at - PERIOD).isoformat(),
            "until": at.isoformat(),
        },
        created_by=by,
    )


def latest_forecast(version: OfferVersion) -> Job | None:
    """The newest forecast of this version, waiting, running or done."""
    jobs = Job.objects.filter(store_id=version.offer.store_id, kind=KIND, params__version=version.pk)
    return jobs.order_by("-id").first()


def read_forecast(job: Job) -> Forecast | None:
    """None while the job is not done."""
    if job.status != Job.Status.DONE:
        return None
    return msgspec.convert(job.result, Forecast)


def done_forecasts(store: Store, versions: Collection[int]) -> dict[int, Forecast]:
    """The newest forecast that is done, by version. One query."""
    jobs = Job.objects.filter(
        store=store, kind=KIND, status=Job.Status.DONE, params__version__in=sorted(versions)
    )
    newest = jobs.order_by("params__version", "-id").distinct("params__version")
    return {
        version: msgspec.convert(result, Forecast)
        for version, result in newest.values_list("params__version", "result")
    }


def run_forecast(job: Job) -> None:
    """Replay, with progress after each batch. Taken up again it begins anew: it only reads. Raises JobFailed."""
    version = OfferVersion.objects.select_related("offer__store").filter(pk=job.params["version"]).first()
    if version is None:
        raise JobFailed(_("The offer is no longer there. Open the list of offers and choose another one."))
    store = version.offer.store
    since, until = (datetime.fromisoformat(job.params[name]) for name in ("since", "until"))
    total, done = count_past_orders(store, since=since, until=until), 0
    offer = compile_version(version)
    replay, taken = _set_up(store, offer, since=since, until=until)
    for batch in past_orders(store, since=since, until=until):
        replay.play(batch)
        done += len(batch)
        advance(job, done=min(done, total), total=total, stage=STAGE, at=timezone.now())
    found = replay.tally.forecast(
        since=since,
        until=until,
        point_value=store.points_value,
        taken_as_met=taken,
        needs_code=replay.needs_code,
        tiers_began_on=_tiers_began_on(store, offer, since=since),
        by_segments_now=any(condition.kind == InSegment.kind for condition in offer.priced.conditions),
    )
    job.result = msgspec.to_builtins(found)


def _set_up(
    store: Store, offer: RunningOffer, *, since: datetime, until: datetime
) -> tuple[Replay, list[str]]:
    """The offer among the promotions that run now, as if all had run for the whole period, on their own days."""
    now = snapshot(store.pk, store.offers_version)
    running = [
        other
        for other in now.running(at=until)
        if other.code != offer.code and not other.terms.needs_code and other.terms.personal_hours is None
    ]
    priced, taken = replayed(offer, windows=_windows(store, offer, since=since, until=until))
    others = [_all_the_time(other, _windows(store, other, since=since, until=until)) for other in running]
    gifts = sorted({sku for one in (offer, *running) for sku in gifts_of(one.terms)})
    terms = Terms(
        store=store,
        offer=priced,
        limits=offer.terms,
        others=others,
        groups=now.groups,
        products=_products(store),
        gifts=gifts,
        earning=now.earning(at=until),
    )
    return Replay(terms), taken


def _tiers_began_on(store: Store, offer: RunningOffer, *, since: datetime) -> date | None:
    """Where the offer asks for a tier and there were none on some of the days looked at: their first day."""
    if not any(condition.kind == InTier.kind for condition in offer.priced.conditions):
        return None
    began = tiers_began_at(store)
    return None if began is None or began <= since else local_date(store, began)


def _windows(store: Store, offer: RunningOffer, *, since: datetime, until: datetime) -> Windows | None:
    if offer.terms.recurring is None:
        return None
    return windows(offer.terms.recurring, calendar_of(store), since=since, until=until)


def _all_the_time(offer: RunningOffer, found: Windows | None) -> Offer:
    return replace(offer.priced, starts_at=None, ends_at=None, windows=found)


def _products(store: Store) -> dict[str, ProductFacts]:
    """The whole catalogue as it is now."""
    rows = Product.objects.filter(store=store).values(
        *(name for name in ProductFacts.__struct_fields__ if name not in NO_COLUMNS)
    )
    return {row["sku"]: ProductFacts(**row) for row in rows.iterator(chunk_size=5_000)}
