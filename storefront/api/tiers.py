"""Where a customer stands on the store's ladder of tiers."""

from typing import Annotated, ClassVar

from django.http import Http404
from django.utils.translation import get_language
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.tiers.find_standing import StepOf, TierOf, tier_of
from shop.find_customer import find_customer
from shop.models import Store
from storefront.api.describe import operation
from storefront.api.fields import Moment
from storefront.api.show_tier import TierNamesOut, TierOutlookOut, show_outlook
from storefront.api.view import ApiView


class TierStepOut(TierNamesOut, frozen=True, kw_only=True):
    """One step of the ladder, the lowest first. `threshold` in the units of `measure`."""

    threshold: int
    benefits: Annotated[str, Meta(description="In the store's own words.")]


class CustomerTierOut(TierOutlookOut, frozen=True, kw_only=True):
    """By all that is known at this moment. Prices follow within seconds."""

    since: Moment | None
    kept_until: Annotated[Moment, Meta(description="When the tier is looked at again.")] | None
    is_given: Annotated[bool, Meta(description="By hand, not earned.")]
    to_keep: Annotated[int, Meta(description="What is missing, by now, for the tier to be kept then.")]
    ladder: list[TierStepOut]


class CustomerTierView(ApiView):
    scope: ClassVar = {"GET": "customers:read"}

    @operation(
        "get_customer_tier",
        tag="Customers",
        summary="A customer's tier, and what is missing to the next one",
        text="404 where the store has no tiers.",
        path={"ref": "Your own number for this customer."},
        answers={200: (CustomerTierOut, "As of now.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        customer = find_customer(self.store, ref)
        found = tier_of(customer, at=self.at) if customer else None
        if found is None:
            raise Http404
        return Response(_show(found, self.store))


def _show(found: TierOf, store: Store) -> CustomerTierOut:
    seen = show_outlook(found.outlook, currency=store.currency, language=get_language() or store.language)
    return CustomerTierOut(
        tier=seen.tier,
        measure=seen.measure,
        score=seen.score,
        next=seen.next,
        missing=seen.missing,
        detail=seen.detail,
        since=found.since,
        kept_until=found.until,
        is_given=found.is_given,
        to_keep=found.to_keep,
        ladder=[_step(step) for step in found.steps],
    )


def _step(step: StepOf) -> TierStepOut:
    return TierStepOut(
        code=step.names.code, name=step.names.name, threshold=step.threshold, benefits=step.benefits
    )
