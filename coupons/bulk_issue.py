"""Issue many gift codes at once, as a job that people can watch and leave, and that a worker takes up again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coupons.codes import new_code
from coupons.issue import IssueFault, IssueRefused, end_of_coupons
from coupons.models import Coupon, CouponCampaign
from shop.jobs import JobFailed, advance
from shop.models import Job, Store, User
from shop.record import record

KIND = "issue_coupons"
COUNT_MAX = 100_000
BATCH = 500
STAGE = "issuing"
# Codes that exist already are drawn anew; out of 31**12 that does not happen twice in a row.
DRAWS_MAX = 5


def start_issue(campaign: CouponCampaign, *, count: int, by: User | None, at: datetime) -> Job:
    """Make the job that a worker takes up. All its codes are valid from `at` on and end alike.

    Raises IssueRefused where the campaign can issue none, ValueError for a count out of 1 to COUNT_MAX.
    """
    if not 1 <= count <= COUNT_MAX:
        raise ValueError(f"between 1 and {COUNT_MAX} codes at a time")
    if campaign.kind != CouponCampaign.Kind.GIFT:
        raise IssueRefused(IssueFault.WRONG_KIND)
    ends_at = end_of_coupons(campaign, at=at)
    return Job.objects.create(
        store_id=campaign.store_id,
        kind=KIND,
        title=_("%(count)d codes for “%(name)s”") % {"count": count, "name": campaign.name[:100]},
        params={"campaign": campaign.pk, "at": at.isoformat(), "ends_at": ends_at.isoformat()},
        total_count=count,
        created_by=by,
    )


def run_issue(job: Job) -> None:
    """Issue what is missing, in batches that are there whole or not at all. Raises JobFailed."""
    campaign = CouponCampaign.objects.select_related("store").get(pk=job.params["campaign"])
    total = job.total_count or 0
    done = _issued(job, campaign)
    while done < total:
        with transaction.atomic():
            if not _still_running(campaign, at=datetime.fromisoformat(job.params["at"])):
                raise JobFailed(
                    _("The campaign's offer is not running any more. Start it, then issue again.")
                )
            _issue_batch(job, campaign, first=done, count=min(BATCH, total - done))
        done = _issued(job, campaign)
        advance(job, done=done, total=total, stage=STAGE, at=timezone.now())
    job.result = {"issued": done}


def _issued(job: Job, campaign: CouponCampaign) -> int:
    return Coupon.objects.filter(campaign=campaign, issue_key__startswith=f"job:{job.pk}:").count()


def _still_running(campaign: CouponCampaign, *, at: datetime) -> bool:
    try:
        end_of_coupons(campaign, at=at)
    except IssueRefused:
        return False
    return True


def _issue_batch(job: Job, campaign: CouponCampaign, *, first: int, count: int) -> None:
    """Numbers `first` up to `first + count`: each has a key of its own, so none is issued twice."""
    keys = {f"job:{job.pk}:{number}" for number in range(first, first + count)}
    for _draw in range(DRAWS_MAX):
        Coupon.objects.bulk_create(
            [_coupon(job, campaign, key) for key in sorted(keys)], ignore_conflicts=True, batch_size=BATCH
        )
        there = Coupon.objects.filter(campaign=campaign, issue_key__in=keys).values_list(
            "issue_key", flat=True
        )
        keys -= set(there)
        if not keys:
            break
    if keys:
        raise JobFailed(_("No free code was found. Try again."))
    _note(job, campaign.store, campaign, count=count)


def _coupon(job: Job, campaign: CouponCampaign, key: str) -> Coupon:
    at = datetime.fromisoformat(job.params["at"])
    return Coupon(
        store_id=campaign.store_id,
        campaign=campaign,
        code=new_code(),
        issue_key=key,
        issued_at=at,
        starts_at=at,
        ends_at=datetime.fromisoformat(job.params["ends_at"]),
    )


def _note(job: Job, store: Store, campaign: CouponCampaign, *, count: int) -> None:
    """One fact for a batch: a hundred thousand codes are not a hundred thousand events."""
    record(
        "coupons.issued",
        store=store,
        at=datetime.fromisoformat(job.params["at"]),
        subject=f"campaign:{campaign.code}",
        data={"count": count, "job": job.pk, "by": job.created_by_id},
    )
