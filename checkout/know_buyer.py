"""Find who a cart is priced for as a row, or take them down by reference."""

from checkout.priced_cart import PricedCart
from shop.models import Customer, Store


def know_buyer(store: Store, priced: PricedCart) -> Customer | None:
    """One whom nobody has told us of is taken down by reference alone; None for a guest."""
    ref, known = priced.request.customer, priced.facts.customer
    if ref is None:
        return None
    if known is not None:
        return Customer(pk=known.id, store=store, ref=known.ref, joined_at=known.joined_at)
    Customer.objects.bulk_create([Customer(store=store, ref=ref)], ignore_conflicts=True)
    return Customer.objects.get(store=store, ref=ref)
