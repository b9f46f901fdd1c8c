"""POST /customers/{ref}/merge and …/merge/undo: two numbers of the storefront are one person, or are not after all."""

from typing import Annotated, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.merge import merge_customers
from checkout.models import Merge
from checkout.unmerge import undo_merge
from shop.find_customer import find_customer, find_exactly
from shop.models import Customer
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out, Ref
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Customers"
KEPT = {"ref": "Your own number of the customer who stays."}


class MergeIn(In, frozen=True, kw_only=True):
    """Who is merged. `ref` is your own name for this: under it two customers are merged once."""

    ref: Ref
    customer: Annotated[Ref, Meta(description="Your own number of the customer who is merged away.")]


class UndoIn(In, frozen=True):
    """Who stands alone again."""

    customer: Annotated[Ref, Meta(description="Your own number of the customer who was merged away.")]


class MergeOut(Out, frozen=True, kw_only=True):
    """`customer` is `kept` from `at` on, until the merge is undone."""

    ref: str
    kept: str
    customer: str
    points: Annotated[int, Meta(description="Points that moved to the kept customer.")]
    at: Moment
    undone_at: Moment | None
    points_returned: Annotated[int, Meta(description="Points that went back when the merge was undone.")]


class MergeView(ApiView):
    scope: ClassVar = {"POST": "customers:merge"}

    @operation(
        "merge_customers",
        tag=TAG,
        summary="Merge another customer into this one",
        text="For a person whom you know by two numbers. Points move with the ends they have, and so do debts; "
        "coupons, cards and gift balances of both work for the customer who stays; orders keep their customer. From "
        "now on the other number means the customer who stays, wherever you send it. Sent again under the same `ref` "
        "it answers the same.",
        path=KEPT,
        body=MergeIn,
        answers={200: (MergeOut, "Merged.")},
        examples={"The old account": {"ref": "merge-1", "customer": "17850"}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, MergeIn)
        return write_once(request, lambda: self._merge(ref, body))

    def _merge(self, ref: str, body: MergeIn) -> Answer:
        kept = find_customer(self.store, ref)
        if kept is None:
            raise Http404
        merged = _named(self, body.customer)
        done = merge_customers(kept, merged, key=body.ref, by=None, at=self.at, at_recorded=timezone.now())
        return Answer(200, _show(done, kept=kept, merged=merged))


class UndoView(ApiView):
    scope: ClassVar = {"POST": "customers:merge"}

    @operation(
        "undo_merge",
        tag=TAG,
        summary="Undo a merge",
        text="Of each portion of points that the merge moved, what is left goes back; what carts hold and later orders "
        "stay. A merge is undone once.",
        path=KEPT,
        body=UndoIn,
        answers={200: (MergeOut, "Undone.")},
        examples={"They were two people": {"customer": "17850"}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, UndoIn)
        return write_once(request, lambda: self._undo(ref, body))

    def _undo(self, ref: str, body: UndoIn) -> Answer:
        kept, merged = find_exactly(self.store, ref), _named(self, body.customer)
        rows = Merge.objects.filter(store=self.store, kept=kept, merged=merged).select_related("store")
        row = rows.order_by("-id").first()
        if kept is None or row is None:
            raise Http404
        row.kept, row.merged = kept, merged
        done = undo_merge(row, by=None, at=self.at, at_recorded=timezone.now())
        return Answer(200, _show(done, kept=kept, merged=merged))


def _named(view: ApiView, ref: str) -> Customer:
    found = find_exactly(view.store, ref)
    if found is None:
        raise Problem(
            422, Fault("unknown_customer", _("There is no such customer. Send it first."), "customer")
        )
    return found


def _show(row: Merge, *, kept: Customer, merged: Customer) -> MergeOut:
    return MergeOut(
        ref=row.key,
        kept=kept.ref,
        customer=merged.ref,
        points=row.points,
        at=row.at,
        undone_at=row.undone_at,
        points_returned=row.points_returned,
    )
