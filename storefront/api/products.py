"""Products: one at a time or 500 at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from shop.clock import store_moment
from shop.keep_product import FIELDS, keep_products
from shop.lowest_price import lowest_prices
from shop.models import Product, Store
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import Amount, Currency, In, Out, Sku, refuse_currency
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Products"
BULK_MAX = 500
STOCK_MAX = 2_000_000_000
WEB_PAGE = r"^(https?://[^\s]+)?$"

Url = Annotated[str, Meta(max_length=500, pattern=WEB_PAGE, examples=["https://shop.example.com/p/85123A"])]


class ProductIn(In, frozen=True, kw_only=True):
    """A product as it is now. It replaces the stored one whole: a field that you leave out falls back to its
    default."""

    price: Annotated[Amount, Meta(description="With tax, in the smallest unit: 255 is 2.55.", examples=[255])]
    name: Annotated[str, Meta(max_length=240, examples=["White hanging heart T-light holder"])] = ""
    kind: Literal["goods", "delivery", "service", "gift_balance"] = "goods"
    category: Annotated[str, Meta(max_length=120, examples=["Candles"])] = ""
    cost: (
        Annotated[Amount, Meta(description="What it costs you, without tax. Unknown: leave it out.")] | None
    ) = None
    tax_bp: Annotated[int, Meta(ge=0, le=10_000, description="Tax in basis points: 2000 is 20 %.")] = 0
    stock: Annotated[int, Meta(ge=-STOCK_MAX, le=STOCK_MAX)] | None = None
    stocked_on: (
        Annotated[date, Meta(description="In stock since: offers that clear old stock count from here.")]
        | None
    ) = None
    is_preorder: Annotated[bool, Meta(description="It can be ordered before it is there.")] = False
    is_never_discounted: bool = False
    lowest_price: Annotated[Amount, Meta(description="No offer goes below it.")] | None = None
    url: Url = ""
    image_url: Url = ""
    is_active: Annotated[bool, Meta(description="On sale.")] = True
    currency: Currency | None = None


class NamedProductIn(ProductIn, frozen=True, kw_only=True):
    """A product with its sku."""

    sku: Sku


class ProductsIn(In, frozen=True, kw_only=True):
    products: Annotated[list[NamedProductIn], Meta(min_length=1, max_length=BULK_MAX)]


class ProductOut(Out, frozen=True, kw_only=True):
    sku: str
    price: int
    name: str
    kind: str
    category: str
    cost: int | None
    tax_bp: int
    stock: int | None
    stocked_on: date | None
    is_preorder: bool
    is_never_discounted: bool
    lowest_price: int | None
    url: str
    image_url: str
    is_active: bool
    lowest_price_30_days: Annotated[
        int | None,
        Meta(
            description="What it cost least in the last 30 days, before any offer: show it beside a reduction. null: "
            "the store does not show it."
        ),
    ]


class ProductPageOut(Out, frozen=True, kw_only=True):
    items: list[ProductOut]
    next: str | None


class KeptOut(Out, frozen=True, kw_only=True):
    """How many products were new, were changed, and were already as you describe them."""

    created: int
    changed: int
    unchanged: int


class ProductsView(ApiView):
    scope: ClassVar = {"GET": "products:read"}

    @operation(
        "list_products",
        tag=TAG,
        summary="All products, oldest first",
        page=Page,
        answers={200: (ProductPageOut, "One page.")},
    )
    def get(self, request: Request) -> Response:
        rows = Product.objects.filter(store=self.store)
        found, following = take_page(rows, keys={"id": int}, page=read_page(request, Page))
        return Response(ProductPageOut(items=_show(self.store, found), next=following))


class ProductView(ApiView):
    scope: ClassVar = {"GET": "products:read", "PUT": "products:write"}

    @operation(
        "get_product",
        tag=TAG,
        summary="One product",
        path={"sku": "Your article number."},
        answers={200: (ProductOut, "The product.")},
    )
    def get(self, request: Request, sku: str) -> Response:
        found = Product.objects.filter(store=self.store, sku=sku).first()
        if found is None:
            raise Http404
        return Response(_show(self.store, [found])[0])

    @operation(
        "put_product",
        tag=TAG,
        summary="Create or replace a product",
        path={"sku": "Your article number."},
        body=ProductIn,
        answers={200: (ProductOut, "Replaced, or as it was."), 201: (ProductOut, "Created.")},
        examples={
            "A candle": {"price": 255, "name": "White hanging heart T-light holder", "category": "Candles"}
        },
    )
    def put(self, request: Request, sku: str) -> Response:
        body = read(request, ProductIn)
        refuse_currency(body.currency, store=self.store)
        product = _to_product(body, store=self.store, sku=sku)
        return write_once(request, lambda: _keep(product))


class BulkView(ApiView):
    scope: ClassVar = {"POST": "products:write"}

    @operation(
        "put_products",
        tag=TAG,
        summary="Create or replace up to 500 products",
        text="All of them or none. Each sku once.",
        body=ProductsIn,
        answers={200: (KeptOut, "Stored.")},
        examples={
            "Two products": {"products": [{"sku": "85123A", "price": 255}, {"sku": "22423", "price": 1275}]}
        },
    )
    def post(self, request: Request) -> Response:
        body = read(request, ProductsIn)
        _refuse_doubles(body)
        for place, one in enumerate(body.products):
            refuse_currency(one.currency, store=self.store, attr=f"products.{place}.currency")
        products = [_to_product(one, store=self.store, sku=one.sku) for one in body.products]
        return write_once(request, lambda: _keep_all(products))


def _to_product(body: ProductIn, *, store: Store, sku: str) -> Product:
    return Product(store=store, sku=sku, **{name: getattr(body, name) for name in FIELDS})


def _keep(product: Product) -> Answer:
    kept = keep_products([product])
    return Answer(201 if kept.created else 200, _show(product.store, [product])[0])


def _keep_all(products: list[Product]) -> Answer:
    kept = keep_products(products)
    return Answer(200, KeptOut(created=kept.created, changed=kept.changed, unchanged=kept.unchanged))


def _refuse_doubles(body: ProductsIn) -> None:
    counts = Counter(one.sku for one in body.products)
    faults = [
        Fault("sku_twice", _("Each sku may stand in the list once."), f"products.{index}.sku")
        for index, one in enumerate(body.products)
        if counts[one.sku] > 1
    ]
    if faults:
        raise Problem(400, *faults[:20])


def _show(store: Store, products: Sequence[Product]) -> list[ProductOut]:
    at = store_moment(store, timezone.now())
    lowest = lowest_prices(store, [product.sku for product in products], at=at)
    return [
        ProductOut(
            sku=product.sku,
            lowest_price_30_days=lowest.get(product.sku),
            **{name: getattr(product, name) for name in FIELDS},
        )
        for product in products
    ]
