"""django-oscar prices a cart: reads the rule set, prints the median seconds of `Applicator.apply` and what is to pay.

Runs by itself under a Python that has django-oscar and nothing of this product. PEER_DATABASE: the settings of an empty
PostgreSQL database as Django takes them, in JSON.
"""

import json
import os
import statistics
import sys
import time
from decimal import Decimal
from typing import Any

import django
import oscar
from django.conf import settings
from django.core.management import call_command
from oscar import defaults
from oscar.core.loading import get_class, get_model

PLAIN = ("admin", "auth", "contenttypes", "sessions", "sites", "messages", "flatpages")
CORE = {
    "analytics": "Analytics",
    "checkout": "Checkout",
    "address": "Address",
    "shipping": "Shipping",
    "catalogue": "Catalogue",
    "catalogue.reviews": "CatalogueReviews",
    "communication": "Communication",
    "partner": "Partner",
    "basket": "Basket",
    "payment": "Payment",
    "offer": "Offer",
    "order": "Order",
    "customer": "Customer",
    "search": "Search",
    "voucher": "Voucher",
    "wishlists": "Wishlists",
    "dashboard": "Dashboard",
    **{
        f"dashboard.{name}": f"{name.capitalize()}Dashboard"
        for name in (
            "reports",
            "users",
            "orders",
            "catalogue",
            "offers",
            "partners",
            "pages",
            "ranges",
            "reviews",
            "vouchers",
            "communications",
            "shipping",
        )
    },
}
AROUND = ("widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2")


def configure() -> None:
    mine = {name: getattr(defaults, name) for name in dir(defaults) if name.startswith("OSCAR_")}
    settings.configure(
        SECRET_KEY="a bench keeps no secrets",
        SITE_ID=1,
        USE_TZ=True,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.postgresql", **json.loads(os.environ["PEER_DATABASE"])}
        },
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in PLAIN),
            "oscar.config.Shop",
            *(f"oscar.apps.{path}.apps.{name}Config" for path, name in CORE.items()),
            *AROUND,
        ],
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        **mine | {"OSCAR_DEFAULT_CURRENCY": "GBP"},
    )
    django.setup()
    call_command("migrate", verbosity=0)


def stock(prices: dict[str, int]) -> dict[str, Any]:
    kind = get_model("catalogue", "ProductClass").objects.create(
        name="Goods", requires_shipping=False, track_stock=False
    )
    partner = get_model("partner", "Partner").objects.create(name="Warehouse")
    products = {}
    for sku, price in prices.items():
        products[sku] = get_model("catalogue", "Product").objects.create(
            title=sku, upc=sku, product_class=kind
        )
        get_model("partner", "StockRecord").objects.create(
            product=products[sku],
            partner=partner,
            partner_sku=sku,
            price=Decimal(price) / 100,
            price_currency="GBP",
        )
    return products


def offer(asked: dict[str, Any], products: dict[str, Any], *, number: int) -> None:
    goods = get_model("offer", "Range").objects.create(
        name=f"range {number}", includes_all_products=not asked["skus"]
    )
    for sku in asked["skus"]:
        goods.add_product(products[sku])
    terms = (
        {"type": "Value", "value": Decimal(asked["minimum"]) / 100}
        if asked["minimum"]
        else {"type": "Count", "value": 1}
    )
    condition = get_model("offer", "Condition").objects.create(range=goods, **terms)
    benefit = get_model("offer", "Benefit").objects.create(
        range=goods, type="Percentage", value=Decimal(asked["rate_bp"]) / 100
    )
    get_model("offer", "ConditionalOffer").objects.create(
        name=f"offer {number}", condition=condition, benefit=benefit, priority=-number
    )


def main() -> None:
    asked = json.load(sys.stdin)
    configure()
    products = stock(asked["products"])
    for number, each in enumerate(asked["offers"]):
        offer(each, products, number=number)
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    for line in asked["lines"]:
        basket.add_product(products[line["sku"]], line["quantity"])
    apply = get_class("offer.applicator", "Applicator")().apply
    times = []
    for _ in range(asked["samples"]):
        basket.reset_offer_applications()
        started = time.perf_counter()
        apply(basket)
        times.append(time.perf_counter() - started)
    answer = {
        "median": statistics.median(times),
        "total": int(basket.total_incl_tax * 100),
        "version": ".".join(str(part) for part in oscar.VERSION[:3]),
    }
    print(json.dumps(answer))


main()
