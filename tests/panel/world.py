"""One store with one row of everything that the panel shows."""

from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db.models import Model

from coupons.models import CouponCampaign
from shop.models import Customer, Job, Order, Store, User
from tests.factories import make_points_limits
from tests.factories import programme_rows as programme
from tests.factories import shop_rows as shop
from tests.factories.card_rows import make_membership, make_plan
from tests.factories.friend_rows import make_partner, make_review_case
from tests.factories.gift_rows import make_gift_balance, make_gift_limit, make_gift_product
from tests.factories.merge_rows import make_merge
from tests.factories.moments import AT
from tests.factories.segment_rows import make_segment_row
from tests.factories.status_rows import make_stamp_card
from triggers.models import Trigger


@dataclass
class World:
    """`rows`: model label in lower case ("shop.order") -> its row in this store."""

    store: Store
    customer: Customer
    order: Order
    campaign: CouponCampaign
    job: Job
    trigger: Trigger
    owner: User
    rows: dict[str, Model] = field(default_factory=dict)


def build_world(name: str, *, password: str = "") -> World:
    """`password`: the owner's; without one nobody logs in by the form."""
    store = shop.make_store(name=name)
    customer = shop.make_customer(store, last_order_at=AT, first_order_at=AT)
    order = shop.make_order(store, customer=customer)
    shop.make_order_line(order)
    offer = programme.make_offer(store)
    programme.make_version(offer)
    campaign = programme.make_campaign(offer)
    world = World(
        store,
        customer,
        order,
        campaign,
        job=shop.make_job(store, kind="import_orders", status="done", finished_at=AT),
        trigger=programme.make_trigger(store, campaign=campaign),
        owner=add_colleague(store, "owner", password=password),
    )
    rows: list[Model] = [store, customer, order, offer, campaign, world.job, world.trigger, world.owner]
    rows += [plan := make_plan(store), make_membership(plan, customer)]
    rows += _rows_of_shop(world) + _rows_of_programme(world)
    world.rows = {row._meta.label_lower: row for row in rows}
    return world


def _rows_of_shop(world: World) -> list[Model]:
    store, customer = world.store, world.customer
    return [
        shop.make_person(customer, name="Anna Petrova", email=f"anna-{store.pk}@example.com"),
        world.owner.roles.get(),
        shop.make_consent(customer),
        shop.make_visitor(store),
        shop.make_activity(store, customer=customer),
        shop.make_product(store),
        shop.make_product_group(store),
        shop.make_cart(store),
        shop.make_refund(store),
        shop.make_api_key(store),
        shop.make_widget(store),
        shop.make_outbox(store),
        shop.make_approval(store, world.owner),
        make_merge(store, kept=customer),
    ]


def _rows_of_programme(world: World) -> list[Model]:
    store, customer = world.store, world.customer
    coupon = programme.make_coupon(world.campaign, customer=customer)
    account = programme.make_account(customer)
    transfer = programme.make_transfer(programme.make_programme_account(store), account, order=world.order)
    message = programme.make_message(programme.make_step(world.trigger), customer, coupon=coupon)
    return [
        coupon,
        account,
        transfer,
        message,
        programme.make_earning_rule(store),
        programme.make_catalogue_take(item := programme.make_catalogue_item(store, taken=1), customer),
        item,
        programme.make_lot(transfer),
        make_points_limits(store),
        programme.make_redemption(coupon, world.order),
        programme.make_revocation(programme.make_coupon(world.campaign)),
        make_gift_balance(store),
        make_gift_product(store),
        make_gift_limit(store),
        programme.make_handover(programme.make_coupon(world.campaign), programme.make_coupon(world.campaign)),
        programme.make_delivery(message),
        programme.make_suppression(store),
        programme.make_remembered_request(store),
        make_stamp_card(store),
        make_segment_row(store),
        make_partner(store),
        make_review_case(world.order),
    ]


def add_colleague(store: Store, role: str, *, password: str = "") -> User:
    """Somebody with this role in this store."""
    user: User = get_user_model().objects.create_user(
        f"{role}-{store.pk}@example.com", password or None, name=f"{role.title()} of {store.name}"
    )
    shop.make_staff_role(store, user, role=role)
    return user
