"""Two stores: what a row of one store refers to is of the same store, and the database holds it to that."""

from collections.abc import Iterator

import pytest
from django.db import connection, models

from shop.models import Store
from tests.architecture.read_tree import our_models

# References that no composite key guards, mostly for want of a store column to compare, and why that will do:
# the verbs that write these take both rows from one store.
UNGUARDED = {
    "loyalty.Discount.line": "written together with the line's own order, which is guarded",
    "loyalty.Discount.version": "terms belong to an offer; written from the store's own snapshot",
    "loyalty.Reward.version": "terms belong to an offer; written from the store's own snapshot",
    "loyalty.ReferralReward.transfer": "the movement to the reward's own customer, who is guarded",
    "loyalty.Commission.line": "a line of the commission's own order, which is guarded",
    "triggers.Message.step": "written together with the step's own trigger, which is guarded",
    "loyalty.Adjustment.transfer": "says by which movement; its customer and both accounts are guarded",
    "loyalty.CatalogueTake.transfer": "says by which movement; item and customer are guarded",
    "loyalty.RuleEarning.rule": "says why, moves nothing: the accrual is guarded",
    "loyalty.Prolongation.order": "an order of the lot's own customer, who is guarded",
    "loyalty.Transfer.rule": "says why, moves nothing: both accounts are guarded",
    "loyalty.Lot.earned_by": "says what earned it first; it came by a movement between two guarded accounts",
    "loyalty.Transfer.reverses": "says what it takes back, moves nothing: both accounts are guarded",
    # Parts of a parent: their store is the parent's.
    "shop.CartLine.product": "a cart's line has no store column; the sku beside it is what counts",
    "shop.OrderLine.product": "an order's line has no store column; the sku beside it is what counts",
    "shop.RefundLine.order_line": "a refund's line has no store column; refund and order are guarded",
    "loyalty.OrderDayUse.order": "a use of the counter's offer; written by the order itself",
    "loyalty.CustomerUse.customer": "a counter of the offer; written with the order, which is guarded",
    "loyalty.CustomerUse.order": "a counter of the offer; the order's customer is guarded",
    "checkout.Reservation.offer_use": "a counter of an offer of the quote's own store",
    "checkout.Reservation.day_use": "as above",
    "checkout.Reservation.customer_use": "as above, of the quote's customer, who is guarded",
    "checkout.Reservation.budget": "as above",
    "checkout.Reservation.coupon": "found by its code in the quote's own store",
    "checkout.Reservation.account": "a gift balance found by its code in the quote's own store",
    "coupons.GiftBalance.line": "a line of the store's own order, which became it",
    "loyalty.BalancePayment.line": "a line of the payment's own order",
    "checkout.Reservation.lot": "of the account of the quote's customer, who is guarded",
    "loyalty.Lot.transfer": "the lot's account is the transfer's target",
    "loyalty.Lot.origin": "a lot of the same account, from which these points were spent",
    "loyalty.LotUse.lot": "a lot of the account that the transfer takes from",
    "loyalty.LotUse.line": "a line of the transfer's own order",
    "loyalty.LineEarning.accrual": "the transfer of the line's own order",
    "loyalty.Debt.accrual": "says what could not be taken back; the account is guarded",
}

# Which reference makes a row without a store column part of a store.
PARENTS = {
    "checkout.Reservation": "quote",
    "shop.CartLine": "cart",
    "shop.OrderLine": "order",
    "shop.RefundLine": "refund",
    "loyalty.OfferVersion": "offer",
    "loyalty.OfferUse": "offer",
    "loyalty.OfferDayUse": "offer",
    "loyalty.OrderDayUse": "counter",
    "loyalty.OfferBudget": "offer",
    "loyalty.CustomerUse": "offer",
    "loyalty.Lot": "account",
    "loyalty.LotUse": "transfer",
    "loyalty.LineEarning": "line",
    "loyalty.RuleEarning": "transfer",
    "loyalty.Prolongation": "lot",
    "loyalty.PartnerRate": "partner",
    "triggers.Step": "trigger",
}

Reference = tuple[str, str, str]
COMPOSITE_KEYS = """
    SELECT conrelid::regclass::text,
           (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[2]),
           confrelid::regclass::text
    FROM pg_constraint
    WHERE contype = 'f' AND cardinality(conkey) = 2 AND conparentid = 0
      AND (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) = 'store_id'
      AND (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1]) = 'store_id'
"""


def _has_store(model: type[models.Model]) -> bool:
    return any(field.name == "store" for field in model._meta.concrete_fields)


def _is_of_a_store(model: type[models.Model]) -> bool:
    return _has_store(model) or model._meta.label in PARENTS


def _references() -> Iterator[tuple[str, Reference]]:
    """Each reference between rows of stores, but for the one that says whose part a row is."""
    for model in our_models():
        if model is Store or not _is_of_a_store(model):
            continue
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or not _is_of_a_store(field.related_model):
                continue
            if PARENTS.get(model._meta.label) != field.name:
                target = field.related_model._meta.db_table
                yield f"{model._meta.label}.{field.name}", (model._meta.db_table, field.column, target)


def _guarded() -> set[Reference]:
    with connection.cursor() as cursor:
        cursor.execute(COMPOSITE_KEYS)
        return set(cursor.fetchall())


@pytest.mark.django_db
def test_references_stay_within_the_store() -> None:
    guarded = _guarded()
    unguarded = {name for name, reference in _references() if reference not in guarded}
    assert len(guarded) > 20, "the query finds the composite keys at all"
    assert sorted(unguarded - set(UNGUARDED)) == [], "add a same-store key by migration, or a reason here"
    assert sorted(set(UNGUARDED) - unguarded) == [], "reasons that are no longer needed"


def test_every_model_belongs_to_a_store_or_says_why_not() -> None:
    of_no_store = {
        "shop.Store",  # is one
        "shop.User",  # works in several, through a role in each
        "shop.User_groups",
        "shop.User_user_permissions",
        "shop.Heartbeat",  # of the installation
        "storefront.ThrottleCount",  # of a caller, known before any store is
    }
    models_without = {model._meta.label for model in our_models() if not _is_of_a_store(model)}
    assert models_without == of_no_store
