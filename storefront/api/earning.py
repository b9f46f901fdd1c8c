"""GET /earning-rules: what members get points for."""

from typing import Annotated, ClassVar

from django.utils.translation import get_language
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.keep_rule import rules_of
from loyalty.models import EarningRule
from loyalty.say_earning import say_earning
from shop.models import Store
from storefront.api.describe import operation
from storefront.api.fields import Moment, Out
from storefront.api.view import ApiView


class EarningRuleOut(Out, frozen=True, kw_only=True):
    """One rule in force. `tiers` and `plans`: only for who has one of them; both empty: for everybody."""

    code: str
    version: int
    name: str
    kind: Annotated[
        str,
        Meta(
            description="amount: `points` for every `per_amount`; order: once an order; event: for what a member does; "
            "multiplier: points times `factor_bp`."
        ),
    ]
    sentence: Annotated[
        str, Meta(description="The rule as one reads it, in the language of Accept-Language.")
    ]
    points: int
    per_amount: int | None
    factor_bp: int | None
    group: Annotated[str, Meta(description="The product group it is for; empty: all goods.")]
    tiers: list[str]
    plans: list[str]
    event: Annotated[
        str,
        Meta(description="joined, subscribed, first_order, birthday, review or like; of other kinds empty."),
    ]
    cap_points: Annotated[int, Meta(description="The most it gives one customer in `cap_period`.")] | None
    cap_period: str
    cooldown_days: int | None
    life_days: int
    ends_at: Moment | None


class EarningRulesOut(Out, frozen=True, kw_only=True):
    rules: list[EarningRuleOut]
    points_expiry: Annotated[
        str, Meta(description="When points end: rolling, year, quarter or sliding.", examples=["rolling"])
    ]


class EarningRulesView(ApiView):
    scope: ClassVar = {"GET": "store:read"}

    @operation(
        "list_earning_rules",
        tag="Points",
        summary="What members get points for",
        text="The rules in force, at most 100. What one cart earns, and by which rule, a quote says.",
        answers={200: (EarningRulesOut, "The rules.")},
    )
    def get(self, request: Request) -> Response:
        rules = rules_of(self.store, at=self.at).filter(starts_at__lte=self.at)
        return Response(
            EarningRulesOut(
                rules=[_show(rule, self.store) for rule in rules],
                points_expiry=self.store.points_expiry,
            )
        )


def _show(rule: EarningRule, store: Store) -> EarningRuleOut:
    return EarningRuleOut(
        code=rule.code,
        version=rule.number,
        name=rule.name,
        kind=rule.kind,
        sentence=say_earning(rule, store, language=get_language() or "en"),
        points=rule.points,
        per_amount=rule.per_amount,
        factor_bp=rule.factor_bp,
        group=rule.group,
        tiers=rule.tiers,
        plans=rule.plans,
        event=rule.event,
        cap_points=rule.cap_points,
        cap_period=rule.cap_period,
        cooldown_days=rule.cooldown_days,
        life_days=rule.life_days,
        ends_at=rule.ends_at,
    )
