"""Rows of the floors above: the programme, coupons, messages, remembered requests."""

from datetime import timedelta
from typing import Any

from checkout.models import Quote, Reservation
from coupons.models import Coupon, CouponCampaign, Handover, Redemption, Revocation
from loyalty.models import (
    Account,
    CatalogueItem,
    CatalogueTake,
    CustomerUse,
    Debt,
    Discount,
    EarningRule,
    LineEarning,
    Lot,
    LotUse,
    Offer,
    OfferBudget,
    OfferDayUse,
    OfferUse,
    OfferVersion,
    PersonalWindow,
    Prolongation,
    Reward,
    RuleEarning,
    Transfer,
)
from shop.models import Customer, Order, OrderLine, Store
from shop.partitions import ensure_partition
from storefront.models import IdempotentRequest, ThrottleCount
from tests.factories.moments import AT, DAY, number
from triggers.models import Delivery, Message, Step, Suppression, Trigger

# The smallest offer document: 10 % off the whole cart, without condition or limit.
TEN_PERCENT_OFF: dict[str, Any] = {
    "v": 1,
    "lane": "coupon",
    "priority": 100,
    "conditions": [],
    "benefits": [{"kind": "percent_off", "rate_bp": 1000, "target": {"kind": "whole_order"}}],
}

# --- loyalty


def make_offer(store: Store, **given: Any) -> Offer:
    fresh = {"store": store, "code": f"offer-{number()}", "name": "10 % off", "status": Offer.Status.RUNNING}
    return Offer.objects.create(**fresh | given)


def make_version(offer: Offer, **given: Any) -> OfferVersion:
    fresh = {"offer": offer, "number": 1, "document": TEN_PERCENT_OFF, "in_force_at": AT - 365 * DAY}
    return OfferVersion.objects.create(**fresh | given)


def make_offer_use(offer: Offer, **given: Any) -> OfferUse:
    return OfferUse.objects.create(**{"offer": offer, "shard": 0, "uses_max": 50} | given)


def make_offer_day_use(offer: Offer, **given: Any) -> OfferDayUse:
    fresh = {"offer": offer, "day": AT.date(), "shard": 0, "uses_max": 50}
    return OfferDayUse.objects.create(**fresh | given)


def make_offer_budget(offer: Offer, **given: Any) -> OfferBudget:
    return OfferBudget.objects.create(**{"offer": offer, "budget_max": 10_000} | given)


def make_customer_use(offer: Offer, customer: Customer, order: Order, **given: Any) -> CustomerUse:
    fresh = {"offer": offer, "customer": customer, "order": order, "n": 1}
    return CustomerUse.objects.create(**fresh | given)


def make_discount(order: Order, version: OfferVersion, **given: Any) -> Discount:
    fresh = {"store": order.store, "order": order, "version": version, "amount": 100}
    return Discount.objects.create(**fresh | given)


def make_personal_window(offer: Offer, **given: Any) -> PersonalWindow:
    """Of a visitor or a customer that is given; without either it breaks a rule."""
    fresh = {"store": offer.store, "offer": offer, "starts_at": AT, "ends_at": AT + DAY}
    return PersonalWindow.objects.create(**fresh | given)


def make_reward(order: Order, version: OfferVersion, **given: Any) -> Reward:
    fresh = {"store": order.store, "order": order, "version": version, "kind": Reward.Kind.POINTS}
    return Reward.objects.create(**fresh | given)


def make_promise(customer: Customer, **given: Any) -> Reward:
    """A coupon that is due to a customer."""
    fresh = {
        "store": customer.store,
        "customer": customer,
        "kind": Reward.Kind.COUPON,
        "campaign": "next",
        "key": f"test:{number()}",
        "due_at": AT,
    }
    return Reward.objects.create(**fresh | given)


def make_catalogue_item(store: Store, **given: Any) -> CatalogueItem:
    """A mug for 100 points."""
    fresh = {
        "store": store,
        "code": f"reward-{number()}",
        "name": "Blue mug",
        "kind": Reward.Kind.GIFT,
        "item": "MUG",
        "points": 100,
        "starts_at": AT - DAY,
    }
    return CatalogueItem.objects.create(**fresh | given)


def make_catalogue_take(item: CatalogueItem, customer: Customer, **given: Any) -> CatalogueTake:
    """The row alone: no point moves."""
    fresh: dict[str, Any] = {
        "store": item.store,
        "item": item,
        "customer": customer,
        "key": f"take-{number()}",
        "n": 1,
        "points": item.points,
        "at": AT,
    }
    if "transfer" not in given:
        spent = Account.objects.filter(store=item.store, kind="spent", asset="points").first()
        mine = Account.objects.filter(customer=customer, asset="points").first()
        fresh["transfer"] = make_transfer(
            mine or make_account(customer),
            spent or make_programme_account(item.store, kind="spent"),
            kind=Transfer.Kind.REDEMPTION,
        )
    return CatalogueTake.objects.create(**fresh | given)


def make_account(customer: Customer, **given: Any) -> Account:
    fresh = {"store": customer.store, "kind": Account.Kind.CUSTOMER, "customer": customer}
    return Account.objects.create(**fresh | given)


def make_programme_account(store: Store, **given: Any) -> Account:
    return Account.objects.create(**{"store": store, "kind": Account.Kind.ISSUED} | given)


def make_earning_rule(store: Store, **given: Any) -> EarningRule:
    fresh = {
        "store": store,
        "name": "1 point for every £1",
        "points": 1,
        "per_amount": 100,
        "starts_at": AT - 365 * DAY,
    }
    return EarningRule.objects.create(**fresh | given)


def make_transfer(source: Account, target: Account, **given: Any) -> Transfer:
    """The row alone: no balance moves. Tests of the ledger post with loyalty.transfer instead."""
    fresh = {
        "store": source.store,
        "kind": Transfer.Kind.ACCRUAL,
        "source": source,
        "target": target,
        "amount": 10,
        "key": f"test:{number()}",
        "input_hash": bytes(32),
        "effective_at": AT,
        "recorded_at": AT,
    }
    return Transfer.objects.create(**fresh | given)


def make_lot(transfer: Transfer, **given: Any) -> Lot:
    fresh = {
        "account": transfer.target,
        "transfer": transfer,
        "amount": transfer.amount,
        "left": transfer.amount,
        "active_at": AT,
        "ends_at": AT + 365 * DAY,
    }
    return Lot.objects.create(**fresh | given)


def make_lot_use(lot: Lot, transfer: Transfer, **given: Any) -> LotUse:
    return LotUse.objects.create(**{"lot": lot, "transfer": transfer, "amount": 10} | given)


def make_rule_earning(transfer: Transfer, rule: EarningRule, **given: Any) -> RuleEarning:
    return RuleEarning.objects.create(**{"transfer": transfer, "rule": rule, "points": 5} | given)


def make_prolongation(lot: Lot, order: Order, **given: Any) -> Prolongation:
    fresh = {"lot": lot, "order": order, "from_at": AT, "to_at": AT + DAY, "recorded_at": AT}
    return Prolongation.objects.create(**fresh | given)


def make_line_earning(line: OrderLine, accrual: Transfer, **given: Any) -> LineEarning:
    return LineEarning.objects.create(**{"line": line, "accrual": accrual, "amount": 10} | given)


def make_debt(accrual: Transfer, **given: Any) -> Debt:
    fresh = {
        "store": accrual.store,
        "account": accrual.target,
        "accrual": accrual,
        "key": f"debt:{number()}",
        "amount": 10,
        "at": AT,
    }
    return Debt.objects.create(**fresh | given)


# --- coupons


def make_campaign(offer: Offer, **given: Any) -> CouponCampaign:
    fresh = {"store": offer.store, "code": f"campaign-{number()}", "name": "Win back", "offer": offer}
    return CouponCampaign.objects.create(**fresh | given)


def make_coupon(campaign: CouponCampaign, **given: Any) -> Coupon:
    fresh = {
        "store": campaign.store,
        "campaign": campaign,
        "code": f"CODE-{number()}",
        "issue_key": f"message:{number()}",
        "issued_at": AT,
        "starts_at": AT,
        "ends_at": AT + 30 * DAY,
    }
    return Coupon.objects.create(**fresh | given)


def make_redemption(coupon: Coupon, order: Order, **given: Any) -> Redemption:
    fresh = {
        "store": coupon.store,
        "coupon": coupon,
        "campaign": coupon.campaign,
        "order": order,
        "amount": 100,
        "at": AT,
    }
    return Redemption.objects.create(**fresh | given)


def make_revocation(coupon: Coupon, **given: Any) -> Revocation:
    fresh = {"store": coupon.store, "coupon": coupon, "reason": Revocation.Reason.MISTAKE, "at": AT}
    return Revocation.objects.create(**fresh | given)


def make_handover(source: Coupon, target: Coupon, **given: Any) -> Handover:
    return Handover.objects.create(
        **{"store": source.store, "source": source, "target": target, "at": AT} | given
    )


# --- checkout


def make_quote(store: Store, **given: Any) -> Quote:
    fresh = {
        "store": store,
        "cart_ref": f"cart-{number()}",
        "first_at": AT,
        "priced_at": AT,
        "ends_at": AT + timedelta(minutes=30),
        "offers_version": 1,
        "content_hash": bytes(32),
        "priced": {},
        "versions": {},
    }
    return Quote.objects.create(**fresh | given)


def make_reservation(quote: Quote, **given: Any) -> Reservation:
    return Reservation.objects.create(**{"quote": quote} | given)


# --- triggers and storefront


def make_trigger(store: Store, **given: Any) -> Trigger:
    fresh = {
        "store": store,
        "code": f"trigger-{number()}",
        "name": "Win back after 60 days",
        "occasion": "silent",
        "params": {"days": 60},
        "status": Trigger.Status.RUNNING,
    }
    return Trigger.objects.create(**fresh | given)


def make_step(trigger: Trigger, **given: Any) -> Step:
    fresh = {"trigger": trigger, "subject": "We have missed you, {name}", "body": "Your code is {code}."}
    return Step.objects.create(**fresh | given)


def make_message(step: Step, customer: Customer, **given: Any) -> Message:
    fresh = {
        "store": customer.store,
        "trigger": step.trigger,
        "step": step,
        "customer": customer,
        "channel": "email",
        "purpose": step.trigger.purpose,
        "occasion_key": f"silent:{number()}",
        "occurred_at": AT,
        "due_at": AT,
        "expires_at": AT + 7 * DAY,
    }
    return Message.objects.create(**fresh | given)


def make_delivery(message: Message, **given: Any) -> Delivery:
    wanted: dict[str, Any] = {"store": message.store, "message": message, "outcome": "sent", "at": AT} | given
    ensure_partition("triggers_delivery", wanted["at"])
    return Delivery.objects.create(**wanted)


def make_suppression(store: Store, **given: Any) -> Suppression:
    fresh = {
        "store": store,
        "address_hash": number().to_bytes(32, "big"),
        "reason": "unsubscribed",
        "at": AT,
    }
    return Suppression.objects.create(**fresh | given)


def make_remembered_request(store: Store, **given: Any) -> IdempotentRequest:
    fresh = {
        "store": store,
        "key": f"key-{number()}",
        "body_hash": bytes(32),
        "route": "orders",
        "status": 201,
        "answer": {},
        "created_at": AT,
    }
    return IdempotentRequest.objects.create(**fresh | given)


def make_throttle_count(**given: Any) -> ThrottleCount:
    return ThrottleCount.objects.create(**{"key": f"throttle:{number()}", "used": 1, "ends_at": AT} | given)
