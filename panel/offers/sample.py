"""The carts on which an offer can be tried while it is being built: one made to fit, or a real one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from checkout.request import AMOUNT_MAX, QUANTITY_MAX, LineRequest
from loyalty.snapshot import Groups
from shop.models import Cart, Order, Product, Store
from shop.show_money import show_money

RECENT_MAX = 5
LINES_MAX = 50
LOOKED_AT = 400
KINDS_IN_SAMPLE = 3
ITEMS_LEAST = 2
FIT = "fit"


@dataclass(frozen=True, slots=True)
class Sample:
    """`customer` is the reference of who bought, None for a guest; `is_made_up`: the buyer fits as well."""

    lines: tuple[LineRequest, ...]
    customer: str | None = None
    delivery: int = 0
    is_made_up: bool = False


def sample_choices(store: Store, *, language: str) -> list[tuple[str, str]]:
    """The one that is made to fit, then the newest orders and open carts. Two queries."""

    def money(amount: int) -> str:
        return show_money(amount, store.currency, language=language)

    orders = Order.objects.filter(store=store).order_by("-placed_at", "-id")[:RECENT_MAX]
    carts = Cart.objects.filter(store=store, status=Cart.Status.OPEN).order_by("-changed_at")[:RECENT_MAX]
    return [
        (FIT, _("A cart of your goods that fits")),
        *[
            (
                f"order:{one.pk}",
                _("Order %(ref)s, %(amount)s") % {"ref": one.ref, "amount": money(one.payable)},
            )
            for one in orders
        ],
        *[
            (
                f"cart:{one.pk}",
                _("Cart %(ref)s, %(amount)s") % {"ref": one.ref, "amount": money(one.subtotal)},
            )
            for one in carts
        ],
    ]


def find_sample(store: Store, key: str, document: Mapping[str, Any], *, groups: Groups) -> Sample | None:
    """None where the store has no goods to make one of, or no such order or cart."""
    family, _colon, number = key.partition(":")
    if not number.isdigit() or len(number) > 18:
        return _fitting(store, document, groups)
    return _of_order(store, int(number)) if family == "order" else _of_cart(store, int(number))


def _of_order(store: Store, pk: int) -> Sample | None:
    order = Order.objects.filter(store=store, pk=pk).select_related("customer").first()
    if order is None:
        return None
    lines = tuple(
        LineRequest(sku=line.sku, quantity=line.quantity, unit_price=line.unit_price, name=line.name)
        for line in order.lines.filter(is_gift=False).order_by("ordinal")[:LINES_MAX]
    )
    customer = order.customer.ref if order.customer else None
    return Sample(lines, customer, delivery=order.delivery) if lines else None


def _of_cart(store: Store, pk: int) -> Sample | None:
    cart = Cart.objects.filter(store=store, pk=pk).select_related("customer").first()
    if cart is None:
        return None
    lines = tuple(
        LineRequest(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=line.unit_price,
            name=line.product.name if line.product else "",
        )
        for line in cart.lines.select_related("product").order_by("ordinal")[:LINES_MAX]
    )
    return Sample(lines, cart.customer.ref if cart.customer else None) if lines else None


def _fitting(store: Store, document: Mapping[str, Any], groups: Groups) -> Sample | None:
    """A few of the goods that the offer speaks of, as many as it asks for."""
    wanted = _wanted(document)
    goods = list(
        Product.objects.filter(store=store, is_active=True, kind=Product.Kind.GOODS, price__gt=0).order_by(
            "id"
        )[:LOOKED_AT]
    )
    listed = Product.objects.filter(store=store, sku__in=sorted(wanted["skus"])[:LINES_MAX])
    low, high = _band(document)
    goods = [one for one in goods if low <= one.price <= high] or goods
    mine = [one for one in goods if groups.of(one.sku, one.category, one.price) & wanted["groups"]]
    chosen = list(
        {one.sku: one for one in [*listed[:KINDS_IN_SAMPLE], *mine[:KINDS_IN_SAMPLE], *goods]}.values()
    )
    chosen = chosen[: max(KINDS_IN_SAMPLE, min(len(mine), 1) + len(listed[:KINDS_IN_SAMPLE]))]
    if not chosen:
        return None
    each = max(ITEMS_LEAST, _quantity(document))
    total = sum(one.price for one in chosen) * each
    if (short := _amount(document)) > total:
        each = min(-(-short // max(1, total // each)), QUANTITY_MAX)
    lines = tuple(
        LineRequest(sku=one.sku, quantity=each, unit_price=one.price, name=one.name[:240]) for one in chosen
    )
    return Sample(lines, is_made_up=True)


def _wanted(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """The groups and article numbers that its conditions and targets name."""
    found: dict[str, set[str]] = {"groups": set(), "skus": set()}
    parts = [*(document.get("conditions") or ()), *(document.get("benefits") or ())]
    parts += [part[name] for part in parts for name in part if name.endswith("target")]
    for part in parts:
        for family, codes in found.items():
            codes.update(part.get(family) or ())
    return found


def _band(document: Mapping[str, Any]) -> tuple[int, int]:
    """The prices that its target speaks of, where it speaks of any."""
    targets = [part.get("target") or {} for part in document.get("benefits") or ()]
    found = next((target for target in targets if target.get("kind") == "price_band"), {})
    most = found.get("price_max")
    return found.get("price_min") or 0, AMOUNT_MAX if most is None else most


def _quantity(document: Mapping[str, Any]) -> int:
    parts = [*(document.get("conditions") or ()), *(document.get("benefits") or ())]
    asked = [part.get("quantity", 0) if part["kind"] != "gift_item" else 0 for part in parts]
    asked += [part.get("buy", 0) + part.get("get", 0) for part in parts]
    asked += [
        step["at_least"] for part in parts if part.get("by") == "quantity" for step in part.get("steps", ())
    ]
    return min(max(asked, default=0), QUANTITY_MAX)


def _amount(document: Mapping[str, Any]) -> int:
    parts = [*(document.get("conditions") or ()), *(document.get("benefits") or ())]
    asked = [part["amount"] for part in parts if part["kind"] == "subtotal_at_least"]
    asked += [
        step["at_least"]
        for part in parts
        if part["kind"] == "percent_by_threshold" and part.get("by", "subtotal") == "subtotal"
        for step in part["steps"]
    ]
    return max(asked, default=0)
