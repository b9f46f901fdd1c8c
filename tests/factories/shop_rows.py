"""Rows of the ground floor."""

from datetime import date
from typing import Any
from uuid import UUID

from shop.models import (
    Activity,
    ApiKey,
    Approval,
    Cart,
    CartLine,
    Consent,
    Customer,
    Heartbeat,
    Job,
    Order,
    OrderLine,
    Outbox,
    Person,
    PricePoint,
    Product,
    ProductGroup,
    Refund,
    RefundLine,
    Role,
    StaffRole,
    Store,
    User,
    Visitor,
    WidgetSettings,
)
from shop.partitions import ensure_partition
from tests.factories.moments import AT, number

# --- shop: stores and people


def make_store(**given: Any) -> Store:
    fresh = {"code": f"store-{number()}", "name": "Candle House", "currency": "GBP"}
    return Store.objects.create(**fresh | given)


def make_user(**given: Any) -> User:
    fresh = {"email": f"colleague-{number()}@example.com", "name": "Anna", "password": "!"}
    return User.objects.create(**fresh | given)


def make_staff_role(store: Store, user: User, **given: Any) -> StaffRole:
    return StaffRole.objects.create(**{"store": store, "user": user, "role": Role.MARKETER} | given)


def make_approval(store: Store, asked_by: User, **given: Any) -> Approval:
    fresh = {"store": store, "subject": f"adjustment:{number()}", "asked_by": asked_by, "asked_at": AT}
    return Approval.objects.create(**fresh | given)


def make_api_key(store: Store, **given: Any) -> ApiKey:
    digest = number().to_bytes(32, "big")
    fresh = {"store": store, "name": "Storefront", "prefix": "rk_test", "digest": digest, "scopes": []}
    return ApiKey.objects.create(**fresh | given)


def make_widget(store: Store, **given: Any) -> WidgetSettings:
    return WidgetSettings.objects.create(**{"store": store} | given)


def make_customer(store: Store, **given: Any) -> Customer:
    return Customer.objects.create(**{"store": store, "ref": f"customer-{number()}"} | given)


def make_person(customer: Customer, **given: Any) -> Person:
    fresh = {
        "customer": customer,
        "store": customer.store,
        "name": "Anna Example",
        "email": f"anna-{number()}@example.com",
        "birth_on": date(1990, 2, 28),
    }
    return Person.objects.create(**fresh | given)


def make_consent(customer: Customer, **given: Any) -> Consent:
    fresh = {
        "store": customer.store,
        "customer": customer,
        "purpose": Consent.Purpose.MARKETING,
        "channel": Consent.Channel.EMAIL,
        "is_given": True,
        "wording": "Write to me about offers.",
        "source": "checkout",
        "at": AT,
    }
    return Consent.objects.create(**fresh | given)


def make_visitor(store: Store, **given: Any) -> Visitor:
    fresh = {"store": store, "key": UUID(int=number()), "first_seen_at": AT, "last_seen_at": AT}
    return Visitor.objects.create(**fresh | given)


# --- shop: catalogue, carts, orders


def make_product(store: Store, **given: Any) -> Product:
    fresh = {"store": store, "sku": f"SKU-{number()}", "name": "Candle", "price": 255}
    return Product.objects.create(**fresh | given)


def make_price_point(product: Product, **given: Any) -> PricePoint:
    """Besides those that the database writes itself."""
    fresh = {"store": product.store, "product": product, "price": product.price, "at": AT}
    return PricePoint.objects.create(**fresh | given)


def make_product_group(store: Store, **given: Any) -> ProductGroup:
    fresh = {"store": store, "code": f"group-{number()}", "name": "Candles"}
    return ProductGroup.objects.create(**fresh | given)


def make_cart(store: Store, **given: Any) -> Cart:
    fresh = {"store": store, "ref": f"cart-{number()}", "changed_at": AT}
    return Cart.objects.create(**fresh | given)


def make_cart_line(cart: Cart, **given: Any) -> CartLine:
    fresh = {"cart": cart, "ordinal": 1, "sku": "85123A", "quantity": 1, "unit_price": 255}
    return CartLine.objects.create(**fresh | given)


def make_order(store: Store, **given: Any) -> Order:
    """An order of 10.00, placed through the storefront. Amounts are not worked out from each other."""
    fresh = {
        "store": store,
        "ref": f"order-{number()}",
        "source": Order.Source.API,
        "placed_at": AT,
        "goods": 1000,
        "payable": 1000,
    }
    return Order.objects.create(**fresh | given)


def make_order_line(order: Order, **given: Any) -> OrderLine:
    fresh = {
        "order": order,
        "ordinal": 1,
        "sku": "85123A",
        "quantity": 2,
        "unit_price": 500,
        "total": 1000,
    }
    return OrderLine.objects.create(**fresh | given)


def make_refund(store: Store, **given: Any) -> Refund:
    fresh = {
        "store": store,
        "ref": f"refund-{number()}",
        "amount": 500,
        "source": Order.Source.API,
        "at": AT,
    }
    return Refund.objects.create(**fresh | given)


def make_refund_line(refund: Refund, **given: Any) -> RefundLine:
    fresh = {"refund": refund, "ordinal": 1, "sku": "85123A", "quantity": 1, "amount": 500}
    return RefundLine.objects.create(**fresh | given)


# --- shop: activity and work


def make_activity(store: Store, **given: Any) -> Activity:
    fresh = {"store": store, "kind": "order.placed", "at": AT, "recorded_at": AT}
    wanted: dict[str, Any] = fresh | given
    ensure_partition("shop_activity", wanted["at"])
    return Activity.objects.create(**wanted)


def make_outbox(store: Store, **given: Any) -> Outbox:
    fresh = {
        "store": store,
        "consumer": "loyalty.earn",
        "kind": "order.imported",
        "subject_id": 1,
        "at": AT,
        "due_at": AT,
    }
    return Outbox.objects.create(**fresh | given)


def make_job(store: Store, **given: Any) -> Job:
    return Job.objects.create(
        **{"store": store, "kind": "import_orders", "title": "Import of orders"} | given
    )


def make_heartbeat(**given: Any) -> Heartbeat:
    return Heartbeat.objects.create(**{"name": f"part-{number()}", "at": AT} | given)
