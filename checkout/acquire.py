"""Who brought an order, and what that brings them: rewards of friends, commissions of partners.

Follows the facts of orders from the outbox, in any order and any number of times. Lives here because only checkout sees
the coupons that an order used as well as the programme. Locks: the order, then the points accounts by id.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from checkout.grant_rewards import withdraw_granted
from coupons.models import Handover, Redemption
from loyalty.acquirer import Acquirer, By, Traffic, acquirer_of
from loyalty.follow_link import last_click
from loyalty.models import Acquisition, LinkClick, Partner, Referral, ReferralProgramme
from loyalty.models.referral import LEVELS_MAX
from loyalty.partners.settle import promise_commissions, settle_commissions
from loyalty.referrals.join import join_if_fit
from loyalty.referrals.line import line_above, tie_of
from loyalty.referrals.links import owner_of
from loyalty.referrals.promise import promise_rewards
from loyalty.referrals.review import open_case
from loyalty.referrals.settle import settle_rewards
from loyalty.referrals.signals import signals_of
from shop.clock import store_moment
from shop.models import Customer, Order, Outbox
from shop.outbox import consume

CONSUMER = "checkout.acquirer"
BATCH = 100

# Most orders were brought by nobody, and one statement says so for a whole batch of them.
WORTH_A_LOOK = """
SELECT mine.id FROM shop_order mine LEFT JOIN shop_customer buyer ON buyer.id = mine.customer_id
WHERE mine.id = ANY(%(orders)s) AND (
    partner <> '' OR referral <> ''
    OR EXISTS (SELECT FROM loyalty_acquisition WHERE order_id = mine.id)
    OR EXISTS (SELECT FROM loyalty_commission WHERE order_id = mine.id)
    OR EXISTS (SELECT FROM loyalty_referral WHERE customer_id = coalesce(buyer.merged_into_id, buyer.id))
    OR EXISTS (SELECT FROM shop_customer away JOIN loyalty_referral tie ON tie.customer_id = away.id
        WHERE away.merged_into_id = coalesce(buyer.merged_into_id, buyer.id))
    OR EXISTS (SELECT FROM loyalty_linkclick WHERE visitor_id = mine.visitor_id)
    OR EXISTS (SELECT FROM shop_visitor browser JOIN loyalty_linkclick click ON click.visitor_id = browser.id
        WHERE browser.customer_id = mine.customer_id)
    OR EXISTS (SELECT FROM shop_orderline line JOIN loyalty_partnerproduct terms ON terms.product_id = line.product_id
        WHERE line.order_id = mine.id)
    OR EXISTS (SELECT FROM coupons_redemption used WHERE used.order_id = mine.id AND (
        EXISTS (SELECT FROM coupons_handover WHERE target_id = used.coupon_id)
        OR EXISTS (SELECT FROM coupons_couponcampaign campaign
            JOIN loyalty_partner partner ON partner.store_id = campaign.store_id AND partner.campaign = campaign.code
            WHERE campaign.id = used.campaign_id)))
) ORDER BY mine.id
"""


def acquire_waiting(*, at: datetime) -> int:
    """One batch of facts; returns how many were acted on. `at` is the clock."""
    return consume(CONSUMER, lambda rows: _act(rows, at=at), at=at, limit=BATCH)


def acquire(order: Order, *, is_placed: bool, at: datetime, at_recorded: datetime) -> None:
    """Decide who brought the order, once, when we hear that it `is_placed`, by the terms of then; and bring what
    follows from that to where its facts want it.

    `at` is the store's moment. The caller holds the order's lock.
    """
    assert connection.in_atomic_block, "who is paid for an order is decided in one transaction"
    if is_placed and not Acquisition.objects.filter(order=order).exists():
        promise_commissions(order, _decide(order, at=at))
    for reward in settle_rewards(order, at=at, at_recorded=at_recorded):
        withdraw_granted(reward, at=at)
    settle_commissions(order, at=at)


def _act(facts: Sequence[Outbox], *, at: datetime) -> None:
    joined = [fact.subject_id for fact in facts if fact.kind == "customer.joined"]
    for customer in Customer.objects.filter(pk__in=joined).select_related("store").order_by("id"):
        _join_by_click(customer, at=store_moment(customer.store, at))
    about = {fact.subject_id for fact in facts if fact.kind != "customer.joined"}
    placed = {fact.subject_id for fact in facts if fact.kind == "order.placed"}
    with connection.cursor() as cursor:
        cursor.execute(WORTH_A_LOOK, {"orders": sorted(about)})
        ids = [row[0] for row in cursor.fetchall()]
    orders = Order.objects.select_related("store").select_for_update(of=("self",), no_key=True)
    for pk in ids:
        order = orders.get(pk=pk)
        acquire(order, is_placed=pk in placed, at=store_moment(order.store, at), at_recorded=at)


def _join_by_click(customer: Customer, *, at: datetime) -> None:
    """Somebody who followed a friend's link and has joined now."""
    click = last_click(customer.store, visitor_id=None, customer_id=customer.pk, at=at)
    if click is not None and click.referral_link is not None:
        join_if_fit(customer, click.referral_link.customer, how=Referral.How.CLICK, at=at)


def _decide(order: Order, *, at: datetime) -> Acquisition | None:
    traffic = _traffic(order, at=at)
    acquirer = acquirer_of(traffic)
    if acquirer is None:
        return None
    line = _line(order, acquirer, traffic)
    if acquirer.by is not By.PARTNER and not line:
        return None
    found = Acquisition.objects.create(
        store=order.store,
        order=order,
        kind=str(acquirer.by),
        how=str(acquirer.how),
        partner_id=acquirer.partner,
        line=list(line),
        at=at,
    )
    if line:
        _promise(order, acquirer, line, traffic, at=at)
    return found


def _line(order: Order, acquirer: Acquirer, traffic: Traffic) -> tuple[int, ...]:
    if acquirer.by is By.GIFT:
        return traffic.hands
    if acquirer.by is By.REFERRAL and order.customer_id is not None:
        return line_above(_head_of(order) or order.customer_id)
    return ()


def _promise(
    order: Order, acquirer: Acquirer, line: tuple[int, ...], traffic: Traffic, *, at: datetime
) -> None:
    programme = ReferralProgramme.objects.filter(store=order.store, is_on=True).first()
    if programme is None or not _counts(order, acquirer, programme, traffic):
        return
    rewards = promise_rewards(order, line, programme, at=at)
    if rewards and (signals := signals_of(order, line, joins_an_hour_max=programme.joins_an_hour_max)):
        open_case(order, signals, at=at)


def _counts(order: Order, acquirer: Acquirer, programme: ReferralProgramme, traffic: Traffic) -> bool:
    """A gift counts with the friend's first order; so does a referral, or with every one, while its days last."""
    if acquirer.by is By.GIFT:
        return True
    tie = _tie_of(order)
    if tie is None or order.placed_at - tie.at >= timedelta(days=programme.window_days):
        return False
    return traffic.is_first_order or not programme.first_order_only


def _traffic(order: Order, *, at: datetime) -> Traffic:
    """What is known of how the order came; a new customer who came by a friend is tied first."""
    click = last_click(
        order.store, visitor_id=order.visitor_id, customer_id=order.customer_id, at=order.placed_at
    )
    code_of = owner_of(order.store, order.referral) if order.referral else None
    customer = None if order.customer is None else order.customer.merged_into or order.customer
    if customer is not None:
        customer.store = order.store
        if code_of is not None:
            join_if_fit(customer, code_of, how=Referral.How.ORDER, at=at, order=order)
        elif click is not None and click.referral_link is not None:
            join_if_fit(customer, click.referral_link.customer, how=Referral.How.CLICK, at=at, order=order)
    tie = _tie_of(order)
    return Traffic(
        is_first_order=_is_first(order),
        hands=_hands(order),
        coupon_partner=_coupon_partner(order),
        code_of=code_of.pk if code_of else None,
        named_partner=_named_partner(order),
        clicked_partner=_clicked_partner(click),
        clicked_customer=_clicked_customer(click),
        brought_by=tie.referrer.merged_into_id or tie.referrer_id if tie else None,
    )


def _head_of(order: Order) -> int | None:
    """The buyer, or who is left of them after a merge."""
    customer = order.customer
    return None if customer is None else customer.merged_into_id or customer.pk


def _tie_of(order: Order) -> Referral | None:
    """The first one of the person's, under whichever reference, with what became of who brought them."""
    head = _head_of(order)
    return None if head is None else tie_of(head)


def _is_first(order: Order) -> bool:
    """Of a customer, none placed before it; a guest is not known to have bought before."""
    if order.customer_id is None:
        return True
    head = _head_of(order)
    before = Order.objects.filter(
        Q(customer_id=head) | Q(customer__merged_into_id=head), placed_at__lt=order.placed_at
    )
    return not before.exclude(pk=order.pk).exclude(status=Order.Status.CANCELLED).exists()


def _hands(order: Order) -> tuple[int, ...]:
    """The known customers whom a gift coupon of this order went through, the nearest first; nobody twice, and not at
    all where the buyer is one of them: nobody gives to himself."""
    used = Redemption.objects.filter(order=order).values("coupon_id")
    handovers = Handover.objects.select_related("giver")
    handed = handovers.filter(target__in=used).order_by("id").first()
    hands: list[int] = []
    for _ in range(Handover.LEVELS_MAX):
        if handed is None:
            break
        giver = None if handed.giver is None else handed.giver.merged_into_id or handed.giver.pk
        if giver is not None and giver not in hands:
            hands.append(giver)
        handed = handovers.filter(target_id=handed.source_id).first()
    return () if _head_of(order) in hands else tuple(hands[:LEVELS_MAX])


def _coupon_partner(order: Order) -> int | None:
    campaigns = Redemption.objects.filter(order=order).order_by("id").values_list("campaign__code", flat=True)
    partners = Partner.objects.filter(store=order.store, is_active=True, campaign__in=list(campaigns))
    found = partners.exclude(campaign="").order_by("id").first()
    return found.pk if found else None


def _named_partner(order: Order) -> int | None:
    if not order.partner:
        return None
    found = Partner.objects.filter(store=order.store, is_active=True, code=order.partner).first()
    return found.pk if found else None


def _clicked_customer(click: LinkClick | None) -> int | None:
    if click is None or click.referral_link is None:
        return None
    owner = click.referral_link.customer
    return owner.merged_into_id or owner.pk


def _clicked_partner(click: LinkClick | None) -> int | None:
    link = click.partner_link if click else None
    return link.partner_id if link is not None and link.partner.is_active else None
