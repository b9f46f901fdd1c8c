"""What a campaign brought: who was written to, who came back with the coupon, what they paid, what it cost."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from coupons.models import Coupon, CouponCampaign, Redemption
from reports.queries.margin import campaign_margin
from reports.queries.revenue import with_revenue
from shop.clock import local_date
from shop.models import Order, Store
from triggers.models import Message

WEEKS_MAX = 53


@dataclass(frozen=True, slots=True)
class MessageState:
    """How many messages ended so, and why (`reason` is a code, empty where none is needed)."""

    status: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class CampaignWeek:
    """Monday to Sunday of the store's calendar; money in minor units."""

    starts_on: date
    sent: int = 0
    redeemed: int = 0
    orders: int = 0
    revenue: int = 0
    discount: int = 0


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """Within [since, until). Money in minor units of `currency`.

    `revenue`: what was paid for orders with one of the campaign's coupons, after discounts and refunds, cancelled
    orders left out; see reports.queries.revenue. `discount`: what the coupons took off those orders. `redeemed` counts
    every use, also on orders cancelled later. `cost` and `margin` are those of `GoodsMargin`: None is "unknown", and
    `cost_known_bp` says for how much of the goods they are known.
    """

    campaign: str
    currency: str
    since: datetime
    until: datetime
    messages: int
    sent: int
    waiting: int
    issued: int
    redeemed: int
    orders: int
    buyers: int
    revenue: int
    discount: int
    cost: int | None
    margin: int | None
    cost_known_bp: int
    states: tuple[MessageState, ...]
    weeks: tuple[CampaignWeek, ...]

    @property
    def redeemed_share_bp(self) -> int:
        """Uses per message sent, in basis points, rounded half up; 0 where nothing was sent."""
        return (self.redeemed * 20_000 + self.sent) // (2 * self.sent) if self.sent else 0

    @property
    def discount_share_bp(self) -> int:
        """Discount as a share of what these orders would have cost, in basis points; 0 where there is none."""
        full = self.revenue + self.discount
        return (self.discount * 20_000 + full) // (2 * full) if full else 0


def campaign_report(
    store: Store, campaign: CouponCampaign, *, since: datetime, until: datetime
) -> CampaignReport:
    """Six queries, whatever the size. Messages count by when they were decided, coupons by issue, orders by use.

    The weeks shown go back a year at most; the totals know no such limit.
    """
    assert campaign.store_id == store.pk, "a campaign is reported to its own store only"
    states = _states(campaign, since=since, until=until)
    used = _used_by_week(store, campaign, since=since, until=until)
    goods = campaign_margin(campaign, since=since, until=until)
    return CampaignReport(
        campaign=campaign.code,
        currency=store.currency,
        since=since,
        until=until,
        messages=sum(state.count for state in states),
        sent=_count(states, Message.Status.SENT),
        waiting=_count(states, Message.Status.DUE, Message.Status.SENDING),
        issued=Coupon.objects.filter(campaign=campaign, issued_at__gte=since, issued_at__lt=until).count(),
        redeemed=sum(week.redeemed for week in used.values()),
        orders=sum(week.orders for week in used.values()),
        buyers=_buyers(campaign, since=since, until=until),
        revenue=sum(week.revenue for week in used.values()),
        discount=sum(week.discount for week in used.values()),
        cost=goods.cost,
        margin=goods.margin,
        cost_known_bp=goods.known_bp,
        states=states,
        weeks=_fill_weeks(
            used,
            sent=_sent_by_week(store, campaign, since=since, until=until),
            first=local_date(store, since),
            last=local_date(store, until),
        ),
    )


def _states(campaign: CouponCampaign, *, since: datetime, until: datetime) -> tuple[MessageState, ...]:
    decided = Q(decided_at__gte=since, decided_at__lt=until)
    waiting = Q(decided_at__isnull=True)
    rows = (
        Message.objects.filter(decided | waiting, trigger__campaign=campaign)
        .values_list("status", "reason")
        .annotate(count=Count("id"))
        .order_by("-count", "status", "reason")
    )
    return tuple(MessageState(*row) for row in rows)


def _count(states: tuple[MessageState, ...], *wanted: str) -> int:
    return sum(state.count for state in states if state.status in wanted)


def _buyers(campaign: CouponCampaign, *, since: datetime, until: datetime) -> int:
    uses = Redemption.objects.filter(campaign=campaign, at__gte=since, at__lt=until)
    standing = uses.exclude(order__status=Order.Status.CANCELLED)
    return standing.values("customer").distinct().exclude(customer__isnull=True).count()


# An order that used two of the campaign's coupons is one order and is paid once.
USED_BY_WEEK = """
WITH used AS (
    SELECT order_id, min(at) AS at, count(*) AS redeemed, sum(amount) AS discount
    FROM coupons_redemption WHERE campaign_id = %(campaign)s AND at >= %(since)s AND at < %(until)s
    GROUP BY order_id
)
SELECT date_trunc('week', used.at AT TIME ZONE %(zone)s)::date,
       sum(used.redeemed)::bigint,
       count(*) FILTER (WHERE o.status <> 'cancelled'),
       coalesce(sum(__revenue__) FILTER (WHERE o.status <> 'cancelled'), 0)::bigint,
       coalesce(sum(used.discount) FILTER (WHERE o.status <> 'cancelled'), 0)::bigint
FROM used JOIN shop_order o ON o.id = used.order_id
LEFT JOIN __sold__ AS sold ON sold.order_id = o.id
GROUP BY 1
"""


def _used_by_week(
    store: Store, campaign: CouponCampaign, *, since: datetime, until: datetime
) -> dict[date, CampaignWeek]:
    values: dict[str, int | datetime | str] = {
        "store": store.pk,
        "campaign": campaign.pk,
        "since": since,
        "until": until,
        "zone": store.time_zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(with_revenue(USED_BY_WEEK), values)
        return {
            starts_on: CampaignWeek(
                starts_on, redeemed=redeemed, orders=orders, revenue=revenue, discount=discount
            )
            for starts_on, redeemed, orders, revenue, discount in cursor.fetchall()
        }


def _sent_by_week(
    store: Store, campaign: CouponCampaign, *, since: datetime, until: datetime
) -> dict[date, int]:
    sent = Message.objects.filter(
        trigger__campaign=campaign, status=Message.Status.SENT, decided_at__gte=since, decided_at__lt=until
    )
    week = TruncWeek("decided_at", tzinfo=ZoneInfo(store.time_zone))
    rows = sent.annotate(week=week).values_list("week").annotate(count=Count("id"))
    return {moment.date(): count for moment, count in rows}


def _fill_weeks(
    used: dict[date, CampaignWeek], *, sent: dict[date, int], first: date, last: date
) -> tuple[CampaignWeek, ...]:
    """Every week of the period, the last year of it at most, also those in which nothing happened."""
    monday = max(_monday(first), _monday(last) - timedelta(weeks=WEEKS_MAX - 1))
    weeks = []
    while monday <= last:
        week = used.get(monday, CampaignWeek(monday))
        weeks.append(replace(week, sent=sent.get(monday, 0)))
        monday += timedelta(weeks=1)
    return tuple(weeks)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
