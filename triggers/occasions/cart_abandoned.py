"""A customer has filled a cart and left it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from shop.models import Cart, Order, Product
from triggers.facts import Facts, Item
from triggers.free_delivery import WHOLE_BP, break_even
from triggers.models import Message, Trigger
from triggers.occasions.insert import LATE_MAX, Found, insert_messages
from triggers.reasons import Objection, Reason, Wait

COST_MAX = 10_000_000
# An order placed so shortly before the cart's last report was most likely that cart.
JUST_BOUGHT = timedelta(hours=1)
ITEMS_MAX = 5
FILLERS_MAX = 3

# The newest open cart of each customer, left alone since `idle`. Judged by the facts' own moments only, so that a tick
# that comes late, or twice, finds the same. Anew: after an order, after an emptying, or 30 days after the last time.
FIND = """
WITH newest AS (
    SELECT DISTINCT ON (cart.customer_id) cart.id, cart.customer_id, cart.changed_at
    FROM shop_cart cart
    WHERE cart.store_id = %(store)s AND cart.status = 'open' AND cart.customer_id IS NOT NULL
        AND cart.changed_at > %(since)s
    ORDER BY cart.customer_id, cart.changed_at DESC, cart.id DESC
)
SELECT newest.id, newest.customer_id, newest.changed_at
FROM newest JOIN shop_customer customer ON customer.id = newest.customer_id
WHERE newest.changed_at <= %(idle)s AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND (customer.last_order_at IS NULL
        OR customer.last_order_at < newest.changed_at - %(just_bought)s * interval '1 second')
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = newest.customer_id
            AND (said.occurred_at >= newest.changed_at
                OR said.occurred_at > newest.changed_at - interval '720 hours'
                    AND (customer.last_order_at IS NULL OR customer.last_order_at < said.occurred_at)
                    AND NOT EXISTS (
                        SELECT FROM shop_activity emptied
                        WHERE emptied.store_id = %(store)s AND emptied.customer_id = newest.customer_id
                            AND emptied.kind = 'cart.emptied' AND emptied.at > said.occurred_at)))
ORDER BY newest.changed_at, newest.id
LIMIT %(limit)s
"""


class CartAbandoned:
    """Settings: {"delivery_cost": 300, "margin_bp": 3000, "tax_bp": 2000}, or {} where delivery is not spoken of.

    The delays of the trigger's steps count from the cart's last change.
    """

    code = "cart_abandoned"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        if not params:
            return
        limits = {"delivery_cost": (1, COST_MAX), "margin_bp": (1, WHOLE_BP), "tax_bp": (0, WHOLE_BP)}
        fits = params.keys() == limits.keys() and all(
            type(params[name]) is int and least <= params[name] <= most
            for name, (least, most) in limits.items()
        )
        if not fits:
            raise ValidationError(
                _("Give what a delivery costs you, your margin and the tax rate, or none of them."),
                code="delivery_settings",
            )

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        delays = trigger.steps.aggregate(first=Min("delay_seconds"), last=Max("delay_seconds"))
        if delays["first"] is None:
            return 0
        values: dict[str, int | datetime] = {
            "store": trigger.store_id,
            "trigger": trigger.pk,
            "idle": at - timedelta(seconds=delays["first"]),
            "since": at - timedelta(seconds=delays["last"]) - LATE_MAX,
            "just_bought": JUST_BOUGHT // timedelta(seconds=1),
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(FIND, values)
            rows: list[tuple[int, int, datetime]] = cursor.fetchall()
        return insert_messages(
            trigger,
            [
                Found(customer, _key(cart, changed_at), occurred_at=changed_at, due_at=changed_at)
                for cart, customer, changed_at in rows
            ],
        )

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        """Bought meanwhile, emptied, gone to somebody else; while it is being filled again, wait."""
        cart = _cart(message)
        if cart is None or cart.customer_id != message.customer_id:
            return Reason.CART_GONE
        if cart.status == Cart.Status.ORDERED or _has_bought(message, cart):
            return Reason.ORDERED_AGAIN
        if cart.status == Cart.Status.EMPTIED:
            return Reason.CART_EMPTIED
        idle_at = cart.changed_at + timedelta(seconds=message.step.delay_seconds)
        return Wait(idle_at) if idle_at > at else None

    def facts(self, message: Message, *, at: datetime) -> Facts:
        cart = _cart(message)
        assert cart is not None, "asked a moment ago, in this transaction"
        lines = list(cart.lines.select_related("product").order_by("ordinal"))
        items = [
            Item(
                (line.product.name if line.product else "") or line.sku,
                line.quantity,
                line.quantity * line.unit_price,
            )
            for line in lines
        ]
        free_from = _free_from(message.trigger)
        missing = 0 if free_from is None else max(free_from - cart.subtotal, 0)
        return Facts(
            items=tuple(items[:ITEMS_MAX]),
            more_items=len(items[ITEMS_MAX:]),
            free_from=free_from,
            missing=missing,
            fillers=fillers(cart.store_id, missing, besides={line.sku for line in lines}) if missing else (),
        )


def fillers(store_id: int, missing: int, *, besides: set[str]) -> tuple[Item, ...]:
    """Goods on sale that would fill the gap, the cheapest first."""
    goods = Product.objects.filter(
        store_id=store_id, kind=Product.Kind.GOODS, is_active=True, price__gte=missing
    )
    fitting = goods.exclude(name="").exclude(stock__lte=0).exclude(sku__in=besides)
    return tuple(Item(one.name, 1, one.price) for one in fitting.order_by("price", "id")[:FILLERS_MAX])


def _free_from(trigger: Trigger) -> int | None:
    """Only what the trigger's own coupon gives is promised; its offer has the same minimum."""
    params = trigger.params
    if trigger.campaign_id is None or "delivery_cost" not in params:
        return None
    return break_even(params["delivery_cost"], margin_bp=params["margin_bp"], tax_bp=params["tax_bp"])


def _key(cart_id: int, changed_at: datetime) -> str:
    return f"cart:{cart_id}:{changed_at.timestamp():.6f}"


def _cart(message: Message) -> Cart | None:
    number = int(message.occasion_key.split(":")[1])
    return Cart.objects.filter(store_id=message.store_id, pk=number).first()


def _has_bought(message: Message, cart: Cart) -> bool:
    """As far as is known now, by the customer or by the browser that filled the cart."""
    since = message.occurred_at - JUST_BOUGHT
    last = message.customer.last_order_at
    if last is not None and last >= since:
        return True
    orders = Order.objects.filter(store_id=message.store_id, placed_at__gte=since)
    return cart.visitor_id is not None and orders.filter(visitor_id=cart.visitor_id).exists()
