"""Try a cart: what would this customer pay for these goods, at this moment, and why."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from checkout.priced_cart import PricedCart
from checkout.quote import quote_cart
from checkout.request import LineRequest, QuoteRequest
from panel.guard import PanelRequest
from panel.offers.known import product_names
from panel.page import show_page
from panel.try_cart.find import customer_named, find_customers, find_products, sees_names
from panel.try_cart.read_form import Trial, address_of, read_trial
from panel.try_cart.trace import trace
from shop.clock import store_moment
from shop.models import Product, Store

# What changes the cart: done once, then the address is that of the cart as it is now.
ACTS = frozenset({"pick", "add", "drop"})


@require_safe
def try_cart(request: PanelRequest) -> HttpResponse:
    """One page: the form on the left, and, as soon as there is a product in it, what becomes of the cart."""
    store, is_open = request.store, sees_names(request.role)
    trial = read_trial(request.GET, currency=store.currency, zone=store.time_zone)
    if ACTS & set(request.GET):
        return HttpResponseRedirect(f"{reverse('panel:try_cart')}?{address_of(trial)}")
    customer = customer_named(store, trial.customer, is_open=is_open)
    products = {one.sku: one for one in Product.objects.filter(store=store, sku__in=list(trial.lines))}
    priced = _price(store, trial, products, customer=customer.ref if customer else None)
    names = {sku: one.name for sku, one in products.items()}
    names |= product_names(store, [gift.sku for gift in priced.quote.gifts] if priced else [])
    language = get_language() or "en"
    return show_page(
        request,
        "panel/try_cart/page.html",
        title=_("Try a cart"),
        store=store,
        trial=trial,
        customer=customer,
        lines=[(products[sku], quantity) for sku, quantity in trial.lines.items() if sku in products],
        found_customers=find_customers(store, trial.who, is_open=is_open),
        found_products=find_products(store, trial.what),
        quote=priced.quote if priced else None,
        trace=trace(priced, names, store=store, language=language) if priced else None,
        searches_by_name=is_open,
    )


def _price(
    store: Store, trial: Trial, products: Mapping[str, Product], *, customer: str | None
) -> PricedCart | None:
    """The same quote that the storefront gets with its server key. Nothing is written."""
    lines = tuple(
        LineRequest(sku=sku, quantity=quantity, unit_price=products[sku].price, name=products[sku].name)
        for sku, quantity in trial.lines.items()
        if sku in products
    )
    if not lines:
        return None
    asked = QuoteRequest(
        lines=lines,
        customer=customer,
        codes=trial.codes,
        delivery=trial.delivery,
        points_to_spend=trial.points,
        delivery_method=trial.delivery_method or None,
        payment_method=trial.payment_method or None,
    )
    return quote_cart(store, asked, at=trial.at or store_moment(store, timezone.now()))
