"""Take over a cart as the storefront reports it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from shop.know_customers import know_customer
from shop.know_visitors import know_visitor
from shop.models import Cart, CartLine, Product, Store
from shop.record import record


class UnknownProduct(Exception):
    """A line without a price names a product that the store does not have; the text says which."""


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """`unit_price` in minor units; None: the product's."""

    sku: str
    quantity: int
    unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class CartReport:
    """The whole cart. Without a version a report counts as the newest."""

    lines: Sequence[ReportedLine]
    version: int | None = None
    customer: str | None = None
    visitor: UUID | None = None


@dataclass(frozen=True, slots=True)
class KeptCart:
    cart: Cart
    taken: bool


def keep_cart(store: Store, ref: str, report: CartReport, *, at: datetime) -> KeptCart:
    """Replace the stored cart, unless the report is late (not above the stored version) or the cart was ordered.

    Needs a transaction. Raises UnknownProduct.
    """
    cart, created = Cart.objects.select_for_update().get_or_create(
        store=store, ref=ref, defaults={"version": 0, "changed_at": at}
    )
    if not created and _is_late(cart, report):
        return KeptCart(cart=cart, taken=False)
    lines = _price(store, report.lines)
    _join_people(cart, report, at=at)
    cart.version = cart.version + 1 if report.version is None else report.version
    cart.subtotal = sum(line.quantity * line.unit_price for line in lines)
    cart.status = Cart.Status.OPEN if lines else Cart.Status.EMPTIED
    cart.changed_at = at
    cart.save()
    _replace_lines(cart, lines)
    _record(cart, at=at)
    return KeptCart(cart=cart, taken=True)


def _is_late(cart: Cart, report: CartReport) -> bool:
    if cart.status == Cart.Status.ORDERED:
        return True
    return report.version is not None and report.version <= cart.version


def _price(store: Store, lines: Sequence[ReportedLine]) -> list[CartLine]:
    skus = {line.sku for line in lines}
    products = {one.sku: one for one in Product.objects.filter(store=store, sku__in=skus)} if skus else {}
    return [
        CartLine(
            ordinal=ordinal,
            product=products.get(line.sku),
            sku=line.sku,
            quantity=line.quantity,
            unit_price=_unit_price(line, products),
        )
        for ordinal, line in enumerate(lines, start=1)
    ]


def _unit_price(line: ReportedLine, products: Mapping[str, Product]) -> int:
    if line.unit_price is not None:
        return line.unit_price
    if line.sku not in products:
        detail = _("There is no product with the sku %(sku)s. Send it first, or give the line a unit_price.")
        raise UnknownProduct(detail % {"sku": line.sku})
    return products[line.sku].price


def _join_people(cart: Cart, report: CartReport, *, at: datetime) -> None:
    customer = know_customer(cart.store, report.customer)
    visitor = None
    if report.visitor is not None:
        visitor = know_visitor(cart.store, report.visitor, customer=customer, at=at)
    cart.visitor = visitor or cart.visitor
    # A cart that is somebody's does not become nobody's again because a late page did not know them.
    cart.customer = customer or cart.customer or (visitor.customer if visitor else None)


def _replace_lines(cart: Cart, lines: list[CartLine]) -> None:
    cart.lines.all().delete()
    for line in lines:
        line.cart = cart
    CartLine.objects.bulk_create(lines)


def _record(cart: Cart, *, at: datetime) -> None:
    record(
        "cart.changed" if cart.status == Cart.Status.OPEN else "cart.emptied",
        store=cart.store,
        at=at,
        customer=cart.customer,
        visitor=cart.visitor,
        subject=f"cart:{cart.ref}",
        data={"version": cart.version, "subtotal": cart.subtotal},
    )
