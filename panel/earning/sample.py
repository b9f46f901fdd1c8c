"""What would an order earn: the store's last one of goods, priced as of now for a guest, with what each rule gives."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from checkout.quote import quote_cart
from checkout.request import LineRequest, QuoteRequest
from shop.models import Order, OrderLine, Product, Store
from shop.show_money import show_count

LINES_MAX = 50


@dataclass(frozen=True, slots=True)
class SampleLine:
    name: str
    quantity: int
    points: str


@dataclass(frozen=True, slots=True)
class Sample:
    """`by_rule` are (name, points) of the rules that count, then what offers add."""

    ref: str
    lines: tuple[SampleLine, ...]
    by_rule: tuple[tuple[str, str], ...]
    extra: str
    total: str


def would_earn(store: Store, *, at: datetime, language: str) -> Sample | None:
    """None where the store has no order yet. The rules for everybody count; nothing is written."""
    # One of fees alone would earn nothing, whatever the rules say.
    lines = OrderLine.objects.filter(order=OuterRef("pk"), is_gift=False)
    goods = lines.filter(Q(product=None) | Q(product__kind=Product.Kind.GOODS))
    order = Order.objects.filter(Exists(goods), store=store).order_by("-placed_at", "-id").first()
    if order is None:
        return None
    bought = list(order.lines.filter(is_gift=False).order_by("ordinal")[:LINES_MAX])
    if not bought:
        return None
    asked = QuoteRequest(
        lines=tuple(LineRequest(line.sku, line.quantity, line.unit_price) for line in bought)
    )
    priced = quote_cart(store, asked, at=at)
    quote = priced.quote
    extra = quote.points_to_earn - sum(gain.points for gain in quote.gains)
    return Sample(
        ref=order.ref,
        lines=tuple(
            SampleLine(
                line.name or line.sku, line.quantity, show_count(quoted.points_to_earn, language=language)
            )
            for line, quoted in zip(bought, quote.lines, strict=True)
        ),
        by_rule=tuple(
            (priced.earning[gain.rule].name, show_count(gain.points, language=language))
            for gain in quote.gains
        ),
        extra=show_count(extra, language=language) if extra else "",
        total=show_count(quote.points_to_earn, language=language),
    )
