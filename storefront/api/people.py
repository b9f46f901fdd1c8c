"""POST /customers/{ref}/export and …/erasure: what a person may ask of the shop that knows them."""

from typing import Annotated, Any, ClassVar, Literal

from django.http import Http404
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.erase import erase_person
from checkout.transaction import atomic_with_retry
from reports.export_person import known_of
from shop.find_customer import find_customer
from shop.models import Customer
from shop.record import record
from storefront.api.describe import operation
from storefront.api.fields import In, Moment, Out
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Customers"
BY_REF = {"ref": "Your own number for this customer."}


class ExportIn(In, frozen=True):
    """Nothing to say."""


class ExportOut(Out, frozen=True, kw_only=True):
    """`known` holds rows by the name of their table, newest first."""

    ref: str
    at: Moment
    known: dict[str, list[dict[str, Any]]]


class ErasureIn(In, frozen=True):
    """That it is meant."""

    erase: Annotated[Literal[True], Meta(description="There is no way back.")]


class ErasureOut(Out, frozen=True, kw_only=True):
    ref: str
    erased_at: Moment


class ExportView(ApiView):
    scope: ClassVar = {"POST": "customers:export"}

    @operation(
        "export_customer",
        tag=TAG,
        summary="All that is known of a customer",
        text="For a customer who asks what is known of them. That it was asked is written down. The answer is not "
        "kept: asked again, it is read anew.",
        path=BY_REF,
        body=ExportIn,
        answers={200: (ExportOut, "Every row that refers to them.")},
        examples={"As of now": {}},
        is_remembered=False,
    )
    def post(self, request: Request, ref: str) -> Response:
        read(request, ExportIn)
        return Response(atomic_with_retry(lambda: self._export(ref)))

    def _export(self, ref: str) -> ExportOut:
        customer = _find(self, ref)
        record(
            "customer.exported",
            store=self.store,
            at=self.at,
            customer=customer,
            subject=f"customer:{customer.ref}",
            data={"by": None},
        )
        return ExportOut(ref=customer.ref, at=self.at, known=known_of(customer))


class ErasureView(ApiView):
    scope: ClassVar = {"POST": "customers:erase"}

    @operation(
        "erase_customer",
        tag=TAG,
        summary="Erase a customer's personal data",
        text="For ever: name, addresses, phone, birthday, language, country, the cookies of their browsers, and what "
        "orders keep to compare addresses and cards. Orders, points and every sum stay as they are, under your number "
        "alone. An unsubscribed address is still never written to. Sent again it answers the same.",
        path=BY_REF,
        body=ErasureIn,
        answers={200: (ErasureOut, "Erased, now or before.")},
        examples={"At the customer's wish": {"erase": True}},
    )
    def post(self, request: Request, ref: str) -> Response:
        read(request, ErasureIn)
        return write_once(request, lambda: self._erase(ref))

    def _erase(self, ref: str) -> Answer:
        customer = _find(self, ref)
        erase_person(customer, by=None, at=self.at)
        customer.refresh_from_db(fields=["erased_at"])
        assert customer.erased_at is not None, "it has just been erased"
        return Answer(200, ErasureOut(ref=customer.ref, erased_at=customer.erased_at))


def _find(view: ApiView, ref: str) -> Customer:
    found = find_customer(view.store, ref)
    if found is None:
        raise Http404
    return found
