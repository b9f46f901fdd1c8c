"""Gift balances: issue one, look what is left, take one back, and the codes that an order has bought."""

from typing import Annotated, ClassVar, Literal
from uuid import uuid4

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from coupons.find_balances import find_balances, whole_balances
from coupons.gift_codes import read_gift_code
from coupons.issue_balance import AMOUNT_MAX, DAYS_MAX, GiftTerms, code_of, issue_balance
from coupons.models import GiftBalance, GiftProduct
from coupons.show_code import note_shown
from coupons.withdraw_balance import revoke_balance
from loyalty.transfer_gifts import Booking
from shop.find_customer import find_customer, same_person
from shop.models import Customer, Order
from storefront.api.coupons import IssueKey
from storefront.api.describe import ErrorOut, operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import ClientIp, Code, In, Out, Ref
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.read import read
from storefront.api.show_balances import GiftBalanceOut, about_balance, show_balance
from storefront.api.throttle import checking_codes
from storefront.api.view import ApiView

TAG = "Gift balances"

GiftCode = Annotated[Code, Meta(description="Its code, in any case, with or without hyphens.")]


class GiftBalanceIn(In, frozen=True, kw_only=True):
    """What it is worth, and for whom."""

    amount: Annotated[
        int, Meta(ge=1, le=AMOUNT_MAX, description="In the smallest unit: 5000 is 50.00.", examples=[5000])
    ]
    valid_days: Annotated[int, Meta(ge=1, le=DAYS_MAX, description="To the end of the last local day.")] = (
        GiftProduct.DEFAULT_DAYS
    )
    customer: (
        Annotated[Ref, Meta(description="Who gets it. Whoever brings the code may pay with it.")] | None
    ) = None
    reason: Annotated[str, Meta(max_length=200, description="For colleagues, for example goodwill.")] = ""
    issue_key: IssueKey | None = None


class LookIn(In, frozen=True, kw_only=True):
    """Whose code, and who asks."""

    code: GiftCode
    customer: Annotated[Ref, Meta(description="The signed-in customer who asks.")] | None = None
    client_ip: ClientIp | None = None


class GiftRevocationIn(In, frozen=True, kw_only=True):
    """Which one, and why."""

    code: GiftCode
    reason: Literal["mistake", "abuse", "request"]


class BoughtIn(In, frozen=True, kw_only=True):
    """Nothing: the order says all."""


class GiftCodeOut(GiftBalanceOut, frozen=True, kw_only=True):
    """A gift balance with its code: show it to its holder, and keep it nowhere."""

    code: Annotated[str, Meta(examples=["K7MP-2QXA-9RTB-WXYZ"])]


class GiftBalancePageOut(Out, frozen=True, kw_only=True):
    items: list[GiftBalanceOut]
    next: str | None


class BoughtOut(Out, frozen=True, kw_only=True):
    """One for each unit that was bought, kept and paid for."""

    items: list[GiftCodeOut]


class GiftView(ApiView):
    """What the answers of gift balances share."""

    def with_code(self, balance: GiftBalance) -> GiftCodeOut:
        about = about_balance(balance, currency=self.store.currency, at=self.at)
        return GiftCodeOut(**about, code=code_of(balance))

    @property
    def booking(self) -> Booking:
        return Booking(self.store, self.at, timezone.now())


class IssueBalanceView(GiftView):
    scope: ClassVar = {"POST": "gift_balances:write"}

    @operation(
        "issue_gift_balance",
        tag=TAG,
        summary="Issue a gift balance",
        text="Money behind a new code of 16 letters, spent in parts on any number of orders. This answer is the only "
        "one that shows the code of a balance issued here. One that is sold as a product (`kind` `gift_balance`) "
        "is issued by itself when its order is paid: see `POST /orders/{ref}/gift-balances`.",
        body=GiftBalanceIn,
        answers={201: (GiftCodeOut, "Issued now, or under this issue_key before.")},
        examples={"For a customer": {"amount": 5000, "customer": "17850", "issue_key": "goodwill:4711"}},
    )
    def post(self, request: Request) -> Response:
        body = read(request, GiftBalanceIn)
        return write_once(request, lambda: self._issue(body), render=self._render)

    def _issue(self, body: GiftBalanceIn) -> Answer:
        terms = GiftTerms(
            amount=body.amount,
            key=f"api:{body.issue_key or uuid4().hex}",
            days=body.valid_days,
            customer=self._customer(body.customer),
            reason=body.reason,
        )
        balance = issue_balance(self.store, terms, self.booking).balance
        return Answer(201, self.with_code(balance), about=str(balance.pk))

    def _render(self, number: str) -> GiftCodeOut:
        """A code is money: the record of the request does not keep it."""
        return self.with_code(whole_balances(self.store).get(pk=number))

    def _customer(self, ref: str | None) -> Customer | None:
        if ref is None:
            return None
        found = find_customer(self.store, ref)
        if found is None:
            detail = _("There is no such customer. Send the customer first.")
            raise Problem(422, Fault("unknown_customer", detail, "customer"))
        return found


class LookView(GiftView):
    scope: ClassVar = {"POST": "gift_balances:read"}

    @operation(
        "look_at_gift_balance",
        tag=TAG,
        summary="What is left of a gift balance",
        text="For the page where a shopper types a code. Say who asks (`client_ip`, `customer`): wrong codes are then "
        "limited, 5 in 5 seconds from one address and 20 an hour for one customer. Codes go in the body, so that they "
        "are in no log of addresses.",
        body=LookIn,
        is_remembered=False,
        answers={200: (GiftBalanceOut, "The gift balance.")},
        fails={404: ErrorOut},
        examples={"A shopper asks": {"code": "K7MP-2QXA-9RTB-WXYZ", "client_ip": "203.0.113.7"}},
    )
    def post(self, request: Request) -> Response:
        body = read(request, LookIn)
        with checking_codes(request, count=1, customer=body.customer, client_ip=body.client_ip) as check:
            balance = find_or_404(self, body.code)
            check.failed = 0
        return Response(show_balance(balance, currency=self.store.currency, at=self.at))


class GiftRevocationView(GiftView):
    scope: ClassVar = {"POST": "gift_balances:write"}

    @operation(
        "revoke_gift_balance",
        tag=TAG,
        summary="Take a gift balance back",
        text="What is left of it is withdrawn, and it is refused from now on; nobody can undo it. What a cart holds "
        "already still pays; what comes back to it later is withdrawn, too.",
        body=GiftRevocationIn,
        answers={200: (GiftBalanceOut, "Revoked now or before.")},
        fails={404: ErrorOut},
        examples={"Issued by mistake": {"code": "K7MP-2QXA-9RTB-WXYZ", "reason": "mistake"}},
    )
    def post(self, request: Request) -> Response:
        body = read(request, GiftRevocationIn)
        return write_once(request, lambda: self._revoke(body))

    def _revoke(self, body: GiftRevocationIn) -> Answer:
        balance = find_or_404(self, body.code)
        revoke_balance(balance, by=None, reason=body.reason, booking=self.booking)
        fresh = whole_balances(self.store).get(pk=balance.pk)
        return Answer(200, show_balance(fresh, currency=self.store.currency, at=self.at))


class BalancesOfView(GiftView):
    scope: ClassVar = {"GET": "gift_balances:read"}

    @operation(
        "list_gift_balances_of_customer",
        tag=TAG,
        summary="A customer's gift balances, newest first",
        text="Without their codes, which only their holders keep.",
        path={"ref": "Your own number for this customer."},
        page=Page,
        answers={200: (GiftBalancePageOut, "One page.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        customer = find_customer(self.store, ref)
        if customer is None:
            raise Http404
        rows = whole_balances(self.store).filter(same_person(customer))
        found, following = take_page(rows, keys={"id": int}, page=read_page(request, Page), newest_first=True)
        items = [show_balance(one, currency=self.store.currency, at=self.at) for one in found]
        return Response(GiftBalancePageOut(items=items, next=following))


class BoughtView(GiftView):
    scope: ClassVar = {"POST": "gift_balances:read"}

    @operation(
        "show_bought_gift_balances",
        tag=TAG,
        summary="The codes of the gift balances that an order bought",
        text="For the page and the mail that give them to the buyer, once the order is paid. A guest gets the code "
        "from you alone: an order keeps no address, so no mail goes from here. That you looked is written down each "
        "time, which is why this is no GET.",
        path={"ref": "Your order number."},
        body=BoughtIn,
        answers={200: (BoughtOut, "The gift balances; none before the order is paid.")},
        examples={"All of them": {}},
    )
    def post(self, request: Request, ref: str) -> Response:
        read(request, BoughtIn)
        return write_once(request, lambda: self._show(ref), render=self._render)

    def _show(self, ref: str) -> Answer:
        order = Order.objects.filter(store=self.store, ref=ref).first()
        if order is None:
            raise Http404
        bought = self._bought(order.pk)
        for balance in bought:
            note_shown(balance, store=self.store, by=None, at=self.at)
        items = [self.with_code(one) for one in bought]
        return Answer(200, BoughtOut(items=items), about=str(order.pk))

    def _render(self, number: str) -> BoughtOut:
        return BoughtOut(items=[self.with_code(one) for one in self._bought(int(number))])

    def _bought(self, order_id: int) -> list[GiftBalance]:
        return list(whole_balances(self.store).filter(line__order=order_id).order_by("line_id", "unit"))


def find_or_404(view: GiftView, code: str) -> GiftBalance:
    """One refusal for whatever is no code of this store."""
    balance = find_balances(view.store, [code]).get(read_gift_code(code))
    if balance is None:
        detail = _("There is no gift balance with this code. Check it letter by letter.")
        raise Problem(404, Fault("unknown_code", detail, "code"))
    return balance
