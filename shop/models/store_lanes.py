"""The steps of a store's price calculation: in which order, and in which of them offers add up."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value

LANES = ["sale", "card", "coupon", "order", "gifts", "delivery"]
LANES_ADDING = ["order", "gifts", "delivery"]


def default_lane_order() -> list[str]:
    return [*LANES]


def default_lanes_adding() -> list[str]:
    """In the others offers compete."""
    return [*LANES_ADDING]


def codes(values: list[str]) -> Value:
    return Value(values, output_field=ArrayField(models.CharField(max_length=16)))


LANE_RULES: tuple[models.BaseConstraint, ...] = (
    # Each step once; delivery is priced when the goods are, so it comes last.
    models.CheckConstraint(
        condition=models.Q(
            lane_order__contains=codes(LANES), lane_order__len=len(LANES), lane_order__5="delivery"
        ),
        name="shop_store_lane_order_whole",
    ),
    models.CheckConstraint(
        condition=models.Q(lanes_adding__contained_by=codes(LANES)),
        name="shop_store_lanes_adding_known",
    ),
)
