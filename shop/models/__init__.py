"""What the storefront told us, one file per family."""

from shop.models.activity import Activity, Outbox
from shop.models.cart import Cart, CartLine
from shop.models.catalogue import Product, ProductGroup
from shop.models.customer import Consent, Customer, Person, Visitor
from shop.models.keys import ApiKey, WidgetSettings
from shop.models.order import Order, OrderLine
from shop.models.price_point import PricePoint
from shop.models.refund import Refund, RefundLine
from shop.models.staff import Approval, Role, StaffRole, User
from shop.models.store import Store
from shop.models.work import Heartbeat, Job

__all__ = [
    "Activity",
    "ApiKey",
    "Approval",
    "Cart",
    "CartLine",
    "Consent",
    "Customer",
    "Heartbeat",
    "Job",
    "Order",
    "OrderLine",
    "Outbox",
    "Person",
    "PricePoint",
    "Product",
    "ProductGroup",
    "Refund",
    "RefundLine",
    "Role",
    "StaffRole",
    "Store",
    "User",
    "Visitor",
    "WidgetSettings",
]
