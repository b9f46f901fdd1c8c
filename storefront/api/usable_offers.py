"""GET /customers/{ref}/offers: what this customer may use now, and what is nearly reached."""

from typing import Annotated, ClassVar

from django.http import Http404
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.usable_offers import Near, Usable, usable_offers
from shop.find_customer import find_customer
from shop.models import Cart, CartLine, Customer, Store
from storefront.api.describe import operation
from storefront.api.fields import Amount, In, Moment, Out, Ref
from storefront.api.pages import read_page
from storefront.api.view import ApiView


class OffersIn(In, frozen=True, kw_only=True):
    """For which cart."""

    cart: (
        Annotated[
            Ref, Meta(description="A cart that you have reported; left out: the customer's newest open one.")
        ]
        | None
    ) = None
    delivery: Annotated[Amount, Meta(description="The full fee of the cart's delivery.", examples=[495])] = 0


class UsableOut(Out, frozen=True, kw_only=True):
    """An offer that gives something on this cart. `by`: `coupon`, `card` or `promotion`."""

    offer: str
    name: str
    by: str
    coupon: Annotated[str, Meta(description="The code to send, where it takes one.")] | None
    saving: Annotated[
        int,
        Meta(
            description="What the order costs less with it, and what its gifts would cost. A coupon's: against the "
            "order without any coupon."
        ),
    ]
    points: Annotated[int, Meta(description="Extra points that it gives.")]
    points_factor_bp: Annotated[int, Meta(description="What points are multiplied by.", examples=[20000])]
    gifts: Annotated[list[str], Meta(description="Skus that it adds.")]
    promised: Annotated[list[str], Meta(description="Campaigns of coupons for the next order.")]
    ends_at: Annotated[Moment, Meta(description="When the coupon is no longer good.")] | None


class NearOut(Out, frozen=True, kw_only=True):
    """An offer that a little more would let in: "add 5.00"."""

    offer: str
    name: str
    by: str
    coupon: str | None
    missing: int
    lacks: Annotated[
        str,
        Meta(
            description="What `missing` counts: `money` in the smallest unit, `units`, `orders`, `days`.",
            examples=["money"],
        ),
    ]


class OffersOut(Out, frozen=True, kw_only=True):
    """`usable` with the largest saving first, at most 50; `near` with the nearest first, at most 20."""

    cart: str | None
    usable: list[UsableOut]
    near: list[NearOut]
    together: Annotated[list[str], Meta(description="The codes that cost least when they are sent together.")]
    payable: Annotated[int, Meta(description="What the order costs with these codes.")]
    payable_without: Annotated[int, Meta(description="What it costs without a code.")]
    currency: str


class UsableOffersView(ApiView):
    scope: ClassVar = {"GET": "coupons:read"}

    @operation(
        "list_usable_offers",
        tag="Offers",
        summary="What may this customer use?",
        text="The customer's own coupons, their cards and the shop's promotions on one cart: what each would save now, "
        "and what is nearly reached. Nothing is stored. Of more than ten coupons those that end first are looked at.",
        path={"ref": "Your own number for this customer."},
        page=OffersIn,
        answers={200: (OffersOut, "Ranked offers.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        asked = read_page(request, OffersIn)
        customer = find_customer(self.store, ref)
        if customer is None:
            raise Http404
        cart = _cart(self.store, customer, asked.cart)
        lines = [] if cart is None else list(CartLine.objects.filter(cart=cart).order_by("ordinal"))
        found = usable_offers(self.store, customer, lines, delivery=asked.delivery, at=self.at)
        return Response(
            OffersOut(
                cart=cart.ref if cart else None,
                usable=[_usable(one) for one in found.usable],
                near=[_near(one) for one in found.near],
                together=list(found.together),
                payable=found.payable,
                payable_without=found.payable_without,
                currency=self.store.currency,
            )
        )


def _cart(store: Store, customer: Customer, ref: str | None) -> Cart | None:
    """The customer's own, or nobody's; another customer's is as unknown as one that does not exist."""
    carts = Cart.objects.filter(store=store)
    if ref is None:
        return carts.filter(customer=customer, status=Cart.Status.OPEN).order_by("-changed_at", "-id").first()
    cart = carts.filter(ref=ref).first()
    if cart is None or cart.customer_id not in (None, customer.pk):
        raise Http404
    return cart


def _usable(one: Usable) -> UsableOut:
    return UsableOut(
        offer=one.offer.code,
        name=one.offer.name,
        by=one.way,
        coupon=one.coupon.code if one.coupon else None,
        saving=one.saving,
        points=one.points,
        points_factor_bp=one.factor_bp,
        gifts=list(one.gifts),
        promised=list(one.promised),
        ends_at=one.coupon.ends_at if one.coupon else None,
    )


def _near(one: Near) -> NearOut:
    return NearOut(
        offer=one.offer.code,
        name=one.offer.name,
        by=one.way,
        coupon=one.coupon.code if one.coupon else None,
        missing=one.missing,
        lacks=one.lacks,
    )
