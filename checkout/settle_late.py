"""An order that is told late pays only with points that can be spent now as well: what is over, whether or not the job
that ends it has come by, is over for this order too."""

from datetime import datetime

from checkout.request import OrderRequest
from loyalty.transfer_accounts import lock_accounts
from loyalty.transfer_lots import settle
from shop.find_customer import find_customer
from shop.models import Store


def settle_late(store: Store, request: OrderRequest, *, at: datetime, at_recorded: datetime) -> None:
    """Before such an order is priced, as of when it was placed: end what is over at `at`, the shop's present moment.

    The buyer's account is locked for it before the order's reference is: only those who repeat this very order at the
    same time can want the two in another order, and who is told of a deadlock tries again.
    """
    is_late = request.placed_at is not None and request.placed_at < at
    if not is_late or not request.points_to_spend or request.customer is None:
        return
    customer = find_customer(store, request.customer)
    if customer is not None:
        accounts = lock_accounts(store, [customer.pk]).accounts
        settle(store, accounts[customer.pk], at=at, at_recorded=at_recorded)
