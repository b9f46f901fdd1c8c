"""A document says what is wrong with it, and where."""

from typing import Any

import pytest

from loyalty.offer_document import DocumentFault, OfferDocumentInvalid, document_schema, parse
from pricing.benefits import AmountOff, DeliveryFixedPrice, DeliveryPercentOff, PercentOff
from pricing.conditions import (
    CartContains,
    HoldsCard,
    InSegment,
    InTier,
    QuantityAtLeast,
    Registered,
    SubtotalAtLeast,
)
from pricing.targets import InGroups, OfSkus, WholeOrder
from tests.factories.offers_that_run import document


def test_every_kind_becomes_its_class_in_pricing() -> None:
    terms = parse(
        document(
            conditions=[
                {"kind": "subtotal_at_least", "amount": 2000, "groups": ["mugs"], "before_discounts": True},
                {"kind": "quantity_at_least", "quantity": 2},
                {"kind": "cart_contains", "skus": ["MUG"]},
                {"kind": "registered"},
                {"kind": "in_segment", "segments": ["silent"]},
                {"kind": "in_tier", "tiers": ["gold"]},
                {"kind": "holds_card", "plans": ["vip"]},
            ],
            benefits=[
                {"kind": "percent_off", "rate_bp": 1000, "of_original": True},
                {"kind": "amount_off", "amount": 5, "target": {"kind": "in_groups", "groups": ["mugs"]}},
                {"kind": "amount_off", "amount": 5, "target": {"kind": "of_skus", "skus": ["MUG"]}},
                {"kind": "delivery_percent_off", "rate_bp": 5000},
                {"kind": "delivery_fixed_price"},
            ],
        )
    )
    mugs, mug = frozenset(["mugs"]), frozenset(["MUG"])
    assert terms.conditions == (
        SubtotalAtLeast(2000, mugs, True),
        QuantityAtLeast(2),
        CartContains(mug),
        Registered(),
        InSegment(frozenset(["silent"])),
        InTier(frozenset(["gold"])),
        HoldsCard(frozenset(["vip"])),
    )
    assert terms.benefits == (
        PercentOff(1000, WholeOrder(), True),
        AmountOff(5, InGroups(mugs)),
        AmountOff(5, OfSkus(mug)),
        DeliveryPercentOff(5000),
        DeliveryFixedPrice(0),
    )


@pytest.mark.parametrize(
    ("given", "code", "attr"),
    [
        ({"v": 2}, DocumentFault.MALFORMED, "v"),
        ({"surprise": 1}, DocumentFault.MALFORMED, None),
        (
            {"benefits": [{"kind": "percent_off", "rate_bp": 0}]},
            DocumentFault.MALFORMED,
            "benefits[0].rate_bp",
        ),
        (
            {"benefits": [{"kind": "percent_off", "rate_bp": 10001}]},
            DocumentFault.MALFORMED,
            "benefits[0].rate_bp",
        ),
        (
            {"benefits": [{"kind": "percent_off", "rate_bp": 12.5}]},
            DocumentFault.MALFORMED,
            "benefits[0].rate_bp",
        ),
        ({"benefits": [{"kind": "magic"}]}, DocumentFault.MALFORMED, "benefits[0].kind"),
        ({"schedule": {"ends_at": "2026-01-01T00:00:00"}}, DocumentFault.MALFORMED, "schedule.ends_at"),
        ({"limits": {"uses_max": 0}}, DocumentFault.MALFORMED, "limits.uses_max"),
        (
            {"conditions": [{"kind": "in_tier", "tiers": ["go\u0000ld"]}]},
            DocumentFault.MALFORMED,
            "conditions[0].tiers[0]",
        ),
        ({"lane": "fast"}, DocumentFault.UNKNOWN_LANE, "lane"),
        ({"conditions": [{"kind": "cart_contains"}]}, DocumentFault.NOTHING_NAMED, "conditions[0]"),
        (
            {"schedule": {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}},
            DocumentFault.WINDOW_EMPTY,
            "schedule.ends_at",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_path(given: Any, code: DocumentFault, attr: str | None) -> None:
    with pytest.raises(OfferDocumentInvalid) as refused:
        parse(document(**given))
    assert (refused.value.code, refused.value.attr) == (code, attr)
    assert refused.value.detail


def test_a_limit_per_customer_asks_for_a_known_customer() -> None:
    assert Registered() in parse(document(limits={"uses_per_customer": 1})).conditions


def test_the_schema_names_every_kind() -> None:
    told = str(document_schema())
    for kind in ("subtotal_at_least", "percent_off", "delivery_fixed_price", "in_groups", "coupon"):
        assert f"'{kind}'" in told
