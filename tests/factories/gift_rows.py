"""Gift balances as plain rows: money in accounts, codes that open nothing. Tests of payment issue real ones."""

from typing import Any

from coupons.models import GiftBalance, GiftLimit, GiftProduct, GiftWithdrawal
from loyalty.models import Account, BalancePayment
from shop.models import Order, Product, Store
from tests.factories.moments import AT, DAY, number
from tests.factories.shop_rows import make_product


def make_gift_account(store: Store, **given: Any) -> Account:
    fresh = {"store": store, "kind": Account.Kind.GIFT, "asset": Account.Asset.MONEY}
    return Account.objects.create(**fresh | given)


def make_gift_balance(store: Store, **given: Any) -> GiftBalance:
    fresh = {
        "store": store,
        "code_hash": number().to_bytes(32, "big"),
        "code_cipher": bytes(48),
        "ending": "WXYZ",
        "face_value": 5000,
        "issue_key": f"test:{number()}",
        "issued_at": AT,
        "ends_at": AT + 365 * DAY,
    }
    account = given.pop("account", None) or make_gift_account(store)
    return GiftBalance.objects.create(**fresh | {"account": account} | given)


def make_gift_product(store: Store, **given: Any) -> GiftProduct:
    product = given.pop("product", None) or make_product(store, kind=Product.Kind.GIFT_BALANCE)
    return GiftProduct.objects.create(**{"store": store, "product": product} | given)


def make_gift_withdrawal(balance: GiftBalance, **given: Any) -> GiftWithdrawal:
    fresh = {"store": balance.store, "balance": balance, "reason": "mistake", "amount": 100, "at": AT}
    return GiftWithdrawal.objects.create(**fresh | given)


def make_gift_limit(store: Store, **given: Any) -> GiftLimit:
    return GiftLimit.objects.create(**{"store": store, "role": "support", "amount_max": 5000} | given)


def make_balance_payment(order: Order, **given: Any) -> BalancePayment:
    fresh = {"store": order.store, "order": order, "amount": 100}
    account = given.pop("account", None) or make_gift_account(order.store)
    return BalancePayment.objects.create(**fresh | {"account": account} | given)
