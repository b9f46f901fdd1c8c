"""What the excerpt does not tell of its goods: cost, tax, shelf. Costs are invented, and README says so."""

import random
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from panel.demo.invent_people import SEED
from shop.keep_product import FIELDS, keep_products
from shop.models import Product, ProductGroup, Store

BATCH = 1000
TAX_BP = 2000
# Of the price without tax: what a gift shop pays its suppliers.
COST_PERCENT_LEAST, COST_PERCENT_MOST = 38, 62
WHOLE_BP = 10_000

# A word of the name -> the shelf. The first that is found counts.
SHELVES: Mapping[str, str] = {
    "CANDLE": "Candles",
    "T-LIGHT": "Candles",
    "LANTERN": "Candles",
    "MUG": "Tea time",
    "TEACUP": "Tea time",
    "TEA ": "Tea time",
    "CAKE": "Tea time",
    "BAG": "Bags",
    "CHRISTMAS": "Christmas",
    "GARDEN": "Garden",
    "CARD": "Cards and paper",
    "WRAP": "Cards and paper",
}
CANDLES = "candles"


def price_goods(store: Store) -> int:
    """Give every product without a cost one, and its shelf; returns how many. Safe to repeat."""
    priced = 0
    goods = Product.objects.filter(store=store, kind=Product.Kind.GOODS, cost=None).order_by("sku")
    while batch := list(goods[:BATCH]):
        with transaction.atomic():
            keep_products([_described(product) for product in batch])
        priced += len(batch)
    ProductGroup.objects.get_or_create(
        store=store, code=CANDLES, defaults={"name": _("Candles"), "categories": [SHELVES["CANDLE"]]}
    )
    return priced


def invent_cost(sku: str, price: int) -> int:
    """Net, in minor units; always the same for the same product."""
    dice = random.Random(f"{SEED}:cost:{sku}")  # noqa: S311  a story to tell, no secret to keep
    percent = dice.randint(COST_PERCENT_LEAST, COST_PERCENT_MOST)
    return price * WHOLE_BP // (WHOLE_BP + TAX_BP) * percent // 100


def _described(product: Product) -> Product:
    """The product as a storefront would report it."""
    said = {name: getattr(product, name) for name in FIELDS}
    said |= {"cost": invent_cost(product.sku, product.price), "tax_bp": TAX_BP, "category": _shelf(product)}
    return Product(store_id=product.store_id, sku=product.sku, **said)


def _shelf(product: Product) -> str:
    name = product.name.upper()
    return next((shelf for word, shelf in SHELVES.items() if word in name), product.category)
