"""Issue a coupon: to one customer, as a gift, or as one public code. The caller owns the transaction."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from coupons.codes import FORM, new_code, read_code
from coupons.models import Coupon, CouponCampaign
from loyalty.snapshot import RunningOffer, snapshot
from shop.clock import end_of_day, local_date
from shop.models import Customer, Store
from shop.record import record

PUBLIC_KEY = "public"
# Two equal codes out of 31**12 in a row do not happen; a bound all the same.
CODE_TRIES_MAX = 5


class IssueFault(StrEnum):
    OFFER_NOT_RUNNING = "offer_not_running"  # start the campaign's offer first
    OFFER_WITHOUT_CODE = "offer_without_code"  # its audience is not "coupon": it applies without a code
    OFFER_ENDED = "offer_ended"  # a coupon would be of no use any more
    WRONG_KIND = "wrong_kind"  # a named campaign has no public code, a gift campaign no holder
    OTHER_STORE = "other_store"
    CODE_FORM = "code_form"  # 3 to 40 letters A to Z, digits and hyphens
    CODE_TAKEN = "code_taken"
    ISSUE_CONFLICT = "issue_conflict"  # the key was used for another holder or another code


class IssueRefused(Exception):
    def __init__(self, code: IssueFault) -> None:
        super().__init__(code.value)
        self.code = code


def issue_named(campaign: CouponCampaign, customer: Customer, *, issue_key: str, at: datetime) -> Coupon:
    """The customer's coupon of this campaign and key: made once, the same one on every repeat.

    Valid from now to the end of the store's local day `valid_days` later, but never longer than the offer. Raises
    IssueRefused.
    """
    assert connection.in_atomic_block, "a coupon belongs to the transaction of what it is issued for"
    if campaign.kind != CouponCampaign.Kind.NAMED:
        raise IssueRefused(IssueFault.WRONG_KIND)
    if campaign.store_id != customer.store_id:
        raise IssueRefused(IssueFault.OTHER_STORE)
    return _issue_once(campaign, customer, issue_key=issue_key, at=at)


def issue_gift(
    campaign: CouponCampaign, holder: Customer | None = None, *, issue_key: str, at: datetime
) -> Coupon:
    """A gift coupon of this campaign and key: whoever brings it may use it, once. The same one on every repeat.

    `holder` is who gets it and may hand it on; without one it is a code on paper. Valid as a named one. Raises
    IssueRefused.
    """
    assert connection.in_atomic_block, "a coupon belongs to the transaction of what it is issued for"
    if campaign.kind != CouponCampaign.Kind.GIFT:
        raise IssueRefused(IssueFault.WRONG_KIND)
    if holder is not None and campaign.store_id != holder.store_id:
        raise IssueRefused(IssueFault.OTHER_STORE)
    return _issue_once(campaign, holder, issue_key=issue_key, at=at)


def end_of_coupons(campaign: CouponCampaign, *, at: datetime) -> datetime:
    """When a coupon that is issued at `at` ends. Raises IssueRefused where none could be issued."""
    return _end(campaign, _running_offer(campaign, at=at), at=at)


def issue_public(
    campaign: CouponCampaign, code: str, *, at: datetime, ends_at: datetime | None = None
) -> Coupon:
    """The campaign's one public code, which many may use: the offer's limits hold. The same one on every repeat.

    `ends_at` is the offer's end, or `valid_days` from now, where it is not given. Raises IssueRefused.
    """
    assert connection.in_atomic_block, "a coupon belongs to the transaction of what it is issued for"
    if campaign.kind != CouponCampaign.Kind.GIFT:
        raise IssueRefused(IssueFault.WRONG_KIND)
    wanted = read_code(code)
    if not FORM.match(wanted):
        raise IssueRefused(IssueFault.CODE_FORM)
    issued = Coupon.objects.filter(campaign=campaign, issue_key=PUBLIC_KEY).first()
    if issued is None:
        issued = _issue_public(campaign, wanted, at=at, ends_at=ends_at)
    if issued.code != wanted:
        raise IssueRefused(IssueFault.ISSUE_CONFLICT)
    return issued


def _issue_once(
    campaign: CouponCampaign, customer: Customer | None, *, issue_key: str, at: datetime
) -> Coupon:
    issued = Coupon.objects.filter(campaign=campaign, issue_key=issue_key).first()
    if issued is None:
        issued = _issue_new(campaign, customer, issue_key=issue_key, at=at)
    if issued.customer_id != (customer.pk if customer else None):
        raise IssueRefused(IssueFault.ISSUE_CONFLICT)
    issued.customer, issued.campaign = customer, campaign
    return issued


def _issue_new(
    campaign: CouponCampaign, customer: Customer | None, *, issue_key: str, at: datetime
) -> Coupon:
    ends_at = end_of_coupons(campaign, at=at)
    mine = Coupon.objects.filter(campaign=campaign, issue_key=issue_key)
    for _ in range(CODE_TRIES_MAX):
        fresh = Coupon(
            store_id=campaign.store_id,
            campaign=campaign,
            code=new_code(),
            customer=customer,
            issue_key=issue_key,
            issued_at=at,
            starts_at=at,
            ends_at=ends_at,
        )
        Coupon.objects.bulk_create([fresh], ignore_conflicts=True)
        if (issued := mine.first()) is not None:
            if issued.code == fresh.code:
                _note(issued, campaign, customer=customer, at=at)
            return issued
    raise IssueRefused(IssueFault.CODE_TAKEN)


def _issue_public(campaign: CouponCampaign, code: str, *, at: datetime, ends_at: datetime | None) -> Coupon:
    offer = _running_offer(campaign, at=at)
    if ends_at is None:
        ends_at = _offer_end(offer) or _end(campaign, offer, at=at)
    if ends_at <= at:
        raise IssueRefused(IssueFault.OFFER_ENDED)
    fresh = Coupon(
        store_id=campaign.store_id,
        campaign=campaign,
        code=code,
        issue_key=PUBLIC_KEY,
        issued_at=at,
        starts_at=at,
        ends_at=ends_at,
        uses_max=None,
    )
    Coupon.objects.bulk_create([fresh], ignore_conflicts=True)
    issued = Coupon.objects.filter(campaign=campaign, issue_key=PUBLIC_KEY).first()
    if issued is None:
        raise IssueRefused(IssueFault.CODE_TAKEN)
    _note(issued, campaign, customer=None, at=at)
    return issued


def _running_offer(campaign: CouponCampaign, *, at: datetime) -> RunningOffer:
    """Asked for anew: a campaign that was loaded before the offer started would not know of it."""
    version = Store.objects.values_list("offers_version", flat=True).get(pk=campaign.store_id)
    offer = snapshot(campaign.store_id, version).offer(campaign.offer_id, at=at)
    if offer is None:
        raise IssueRefused(IssueFault.OFFER_NOT_RUNNING)
    if not offer.terms.needs_code:
        raise IssueRefused(IssueFault.OFFER_WITHOUT_CODE)
    return offer


def _end(campaign: CouponCampaign, offer: RunningOffer, *, at: datetime) -> datetime:
    """The end of the coupon's last local day, or the offer's end if that is earlier."""
    last_day = local_date(campaign.store, at) + timedelta(days=campaign.valid_days)
    mine = end_of_day(campaign.store, last_day)
    offers = _offer_end(offer)
    ends_at = mine if offers is None else min(mine, offers)
    if ends_at <= at:
        raise IssueRefused(IssueFault.OFFER_ENDED)
    return ends_at


def _offer_end(offer: RunningOffer) -> datetime | None:
    ends_at = offer.terms.ends_at
    return None if ends_at is None else datetime.fromtimestamp(ends_at, tz=offer.in_force_at.tzinfo)


def _note(coupon: Coupon, campaign: CouponCampaign, *, customer: Customer | None, at: datetime) -> None:
    """By number: a code in the activity would be a code in every export of it."""
    record(
        "coupon.issued",
        store=campaign.store,
        at=at,
        customer=customer,
        subject=f"coupon:{coupon.pk}",
        data={"campaign": campaign.code},
    )
