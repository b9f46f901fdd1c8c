"""Every kind of the offer's language once at least, with the words that it becomes."""

from typing import Any

WHOLE = {"kind": "whole_order"}
CANDLES = {"kind": "in_groups", "groups": ["candles"]}
TEN: dict[str, Any] = {"kind": "percent_off", "rate_bp": 1000, "target": WHOLE}

CONDITIONS_SAID: list[tuple[dict[str, Any], str]] = [
    ({"kind": "subtotal_at_least", "amount": 2000}, "When the order comes to at least £20.00, take"),
    (
        {"kind": "subtotal_at_least", "amount": 2000, "groups": ["candles"], "before_discounts": True},
        "When Candles in the cart come to at least £20.00 before discounts, take",
    ),
    ({"kind": "quantity_at_least", "quantity": 1}, "When the cart has at least 1 item, take"),
    (
        {"kind": "cart_contains", "skus": ["MUG", "OTHER"], "groups": ["candles"]},
        "When the cart contains something of: Candles, Blue mug, OTHER, take",
    ),
    (
        {"kind": "stock_older_than", "days": 90},
        "When a product in the cart has lain in stock for more than 90 days, take",
    ),
    ({"kind": "preorder_only"}, "When the cart holds nothing but pre-orders, take"),
    ({"kind": "delivery_method", "methods": ["courier"]}, "When the delivery is by courier, take"),
    ({"kind": "payment_method", "methods": ["card"]}, "When the payment is by card, take"),
    ({"kind": "registered"}, "order, for customers you know."),
    ({"kind": "new_customer"}, "order, for a customer's first order."),
    ({"kind": "in_segment", "segments": ["sleeping"]}, "order, for the segment sleeping."),
    ({"kind": "in_tier", "tiers": ["Gold", "Silver"]}, "order, for Gold, Silver members."),
    ({"kind": "holds_card", "plans": ["vip"]}, "order, for holders of VIP."),
    ({"kind": "partner_traffic"}, "order, for visitors whom a partner brought."),
    ({"kind": "partner_traffic", "partners": ["anna"]}, "order, for visitors brought by anna."),
    ({"kind": "nth_order", "n": 3}, "order, for a customer's order no. 3."),
    ({"kind": "nth_order", "n": 3, "every": True}, "order, for every order whose number divides by 3."),
    ({"kind": "days_since_last_order", "days_min": 60}, "whose last order was at least 60 days ago."),
    ({"kind": "days_since_last_order", "days_max": 1}, "whose last order was at most 1 day ago."),
    ({"kind": "days_since_last_order", "days_min": 5, "days_max": 9}, "last order was 5 to 9 days ago."),
    ({"kind": "near_birthday"}, "order, on the customer's birthday."),
    ({"kind": "near_birthday", "days_before": 3}, "birthday (days before: 3, after: 0)."),
    (
        {"kind": "weekday_hours", "weekdays": [6, 5], "from_minute": 540},
        "on Fridays and Saturdays, 9:00–24:00.",
    ),
    ({"kind": "weekday_hours", "from_minute": 1020, "to_minute": 1200}, "order, every day, 17:00–20:00."),
    ({"kind": "came_by_link", "links": ["spring"]}, "order, for visitors who came by spring."),
    (
        {"kind": "ordered_before", "at": "2026-12-20T12:00:00+00:00"},
        "if ordered before 20 December 2026, 12:00.",
    ),
    ({"kind": "subscribed", "lists": ["news"]}, "order, for subscribers of news."),
    ({"kind": "visit", "number_min": 2}, "order, from a visitor's visit no. 2 on."),
    ({"kind": "visit", "number_min": 2, "number_max": 2}, "order, on a visitor's visit no. 2."),
    ({"kind": "visit", "number_min": 2, "number_max": 4}, "order, on a visitor's visits no. 2 to 4."),
]

BENEFITS_SAID: list[tuple[dict[str, Any], str]] = [
    ({**TEN, "of_original": True}, "Take 10 % of the original price off the whole order."),
    ({"kind": "amount_off", "amount": 500, "target": CANDLES}, "Take £5.00 off Candles."),
    ({"kind": "amount_off_each", "amount": 100, "target": CANDLES}, "Take £1.00 off each item (Candles)."),
    ({"kind": "fixed_unit_price", "price": 999}, "Sell each item for £9.99."),
    (
        {"kind": "n_for_price", "quantity": 3, "price": 1000, "target": CANDLES, "times_max": 2},
        "Sell 3 items for £10.00 (Candles), at most 2 times per order.",
    ),
    ({"kind": "buy_x_get_y", "buy": 2, "get": 1}, "For every 2 bought give 1 more free."),
    (
        {
            "kind": "buy_x_get_y",
            "buy": 2,
            "get": 1,
            "rate_bp": 5000,
            "give": "dearest",
            "get_target": CANDLES,
        },
        "For every 2 bought take 50 % off 1 more, the dearest (bought: the whole order; given: Candles).",
    ),
    ({"kind": "cheapest_free", "target": CANDLES}, "Give the cheapest item free (Candles)."),
    (
        {"kind": "percent_by_threshold", "steps": [{"at_least": 5000, "rate_bp": 500}], "target": WHOLE},
        "The more is bought, the more to take off the whole order: 5 % from £50.00.",
    ),
    (
        {"kind": "percent_by_threshold", "by": "quantity", "steps": [{"at_least": 3, "rate_bp": 500}]},
        "The more is bought, the more to take off the whole order: 5 % from 3 items.",
    ),
    ({"kind": "delivery_percent_off", "rate_bp": 5000}, "Take 50 % off delivery."),
    ({"kind": "delivery_fixed_price", "price": 0}, "Deliver for free."),
    ({"kind": "delivery_fixed_price", "price": 195}, "Deliver for £1.95."),
    ({"kind": "gift_item", "skus": ["MUG"]}, "Add a gift, 1 of: Blue mug."),
    (
        {"kind": "gift_item", "skus": ["MUG"], "how": "from_cart"},
        "Give free of charge from the cart, 1 of: Blue mug.",
    ),
    ({"kind": "points_multiplier", "factor_bp": 15000}, "Give 1.5 times the points."),
    ({"kind": "extra_points", "points": 100}, "Give 100 extra points."),
    ({"kind": "next_coupon", "campaign": "autumn"}, "Give a coupon for the next order (autumn)."),
]

TARGETS_WORDS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "of_skus", "skus": ["MUG"]}, "Blue mug"),
    ({"kind": "price_band", "price_min": 500}, "goods that cost £5.00 or more"),
    ({"kind": "price_band", "price_max": 500}, "goods that cost up to £5.00"),
    ({"kind": "price_band", "price_min": 500, "price_max": 900}, "goods that cost £5.00 to £9.00"),
    ({"kind": "some_units", "give": "cheapest", "count": 1}, "the cheapest item"),
    (
        {"kind": "some_units", "give": "dearest", "count": 2, "per": "line"},
        "the 2 dearest items of each product",
    ),
    (
        {"kind": "some_units", "give": "cheapest", "count": 1, "per": "group", "group_of": 3},
        "the cheapest item out of every 3",
    ),
    ({"kind": "old_stock", "days": 1}, "goods in stock for more than 1 day"),
    ({"kind": "delivery"}, "delivery"),
]
TARGETS_SAID = [target for target, _words in TARGETS_WORDS]
