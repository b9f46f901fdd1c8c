"""Customers, their consents and their points."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404
from django.utils.translation import gettext as _
from msgspec import UNSET, Meta, UnsetType, structs
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.models import Referral
from loyalty.queries import debts_of, points_of
from loyalty.referrals.join import join_if_fit
from loyalty.referrals.links import owner_of
from loyalty.segments.queries import codes_of
from shop.find_customer import find_customer
from shop.give_consent import Answer as ConsentAnswer
from shop.give_consent import give_consent
from shop.keep_customer import keep_customer
from shop.models import Consent, Customer, Person, Store
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out, refuse_birthday, refuse_moment, refuse_time_zone
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Customers"
PROFILE = ("language", "time_zone", "country")
PERSON = ("name", "email", "phone", "birth_on")
BY_REF = {"ref": "Your own number for this customer."}

Name = Annotated[str, Meta(max_length=160, examples=["Anna Petrova"])]
Email = Annotated[str, Meta(max_length=254, examples=["anna@example.com"])]
Phone = Annotated[
    str,
    Meta(
        max_length=32,
        pattern=r"^(\+?[0-9 ().-]{5,32})?$",
        description="With country code.",
        examples=["+44 20 7946 0000"],
    ),
]
Language = Annotated[
    str,
    Meta(
        max_length=8,
        pattern=r"^([a-z]{2,3}(-[A-Za-z]{2,4})?)?$",
        description="Of mails; empty: the store's.",
        examples=["en"],
    ),
]
Zone = Annotated[
    str, Meta(max_length=64, description="IANA name; empty: the store's.", examples=["Europe/London"])
]
Country = Annotated[str, Meta(max_length=64, examples=["United Kingdom"])]
BirthOn = Annotated[date, Meta(examples=["1990-02-28"])]


class CustomerIn(In, frozen=True, kw_only=True):
    """What you know about a customer. A field that you leave out stays as it is; `null` empties it."""

    name: Name | None | UnsetType = UNSET
    email: Email | None | UnsetType = UNSET
    phone: Phone | None | UnsetType = UNSET
    birth_on: BirthOn | None | UnsetType = UNSET
    language: Language | None | UnsetType = UNSET
    time_zone: Zone | None | UnsetType = UNSET
    country: Country | None | UnsetType = UNSET
    joined_at: (
        Annotated[
            Moment,
            Meta(
                description="When they agreed to the programme. Of several the earliest counts; server keys only."
            ),
        ]
        | None
    ) = None
    referred_by: (
        Annotated[
            str,
            Meta(
                max_length=40,
                description="The code of the customer who recommended you. It ties somebody who has not bought yet, "
                "once and for ever; a code that does not fit changes nothing: see `is_brought`.",
                examples=["K7MP2QXA9RTB"],
            ),
        ]
        | None
    ) = None


class CustomerOut(Out, frozen=True, kw_only=True):
    ref: str
    name: str
    email: str
    phone: str
    birth_on: date | None
    language: str
    time_zone: str
    country: str
    joined_at: Moment | None
    first_order_at: Moment | None
    last_order_at: Moment | None
    is_generated: bool
    is_erased: bool


class CustomerNowOut(CustomerOut, frozen=True, kw_only=True):
    segments: Annotated[list[str], Meta(description="Codes of the segments that they are in now.")]


class CustomerPageOut(Out, frozen=True, kw_only=True):
    items: list[CustomerOut]
    next: str | None


class ConsentIn(In, frozen=True, kw_only=True):
    """One answer to "may we write to you". The newest for a purpose and channel counts; none is ever changed."""

    purpose: Literal["marketing", "programme", "profiling"]
    channel: Literal["email", "webhook", "onsite"]
    is_given: Annotated[bool, Meta(description="true: agreed; false: withdrawn.")]
    wording: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=500,
            description="The sentence as the customer read it.",
            examples=["Yes, send me offers by e-mail."],
        ),
    ]
    source: Annotated[str, Meta(min_length=1, max_length=64, description="Where.", examples=["checkout"])]
    at: Annotated[Moment, Meta(description="When the customer answered; left out: now.")] | None = None


class ConsentOut(Out, frozen=True, kw_only=True):
    purpose: str
    channel: str
    is_given: bool
    wording: str
    source: str
    at: Moment


class DebtOut(Out, frozen=True, kw_only=True):
    """Points that goods had earned and that were gone when those came back. `order` earned them, `at` they were due."""

    order: str
    points: Annotated[int, Meta(description="Still owed.")]
    at: Moment


class PointsOut(Out, frozen=True, kw_only=True):
    """Points are pending until the return window ends, then active until they expire.

    Whatever comes in repays what is `owed` first, the oldest debt before the others.
    """

    active: Annotated[int, Meta(description="May be spent now.")]
    pending: Annotated[int, Meta(description="Earned, not yet spendable.")]
    held: Annotated[int, Meta(description="Kept for carts with a reserved quote.")]
    expiring: Annotated[int, Meta(description="Of the active ones, those that end first.")]
    expiring_at: Annotated[Moment, Meta(description="When those end.")] | None
    owed: Annotated[int, Meta(description="Spent, and then to be taken back for returned goods.")]
    debts: Annotated[list[DebtOut], Meta(description="What is owed for which order, the oldest first.")]


class CustomersView(ApiView):
    scope: ClassVar = {"GET": "customers:read"}

    @operation(
        "list_customers",
        tag=TAG,
        summary="All customers, oldest first",
        page=Page,
        answers={200: (CustomerPageOut, "One page.")},
    )
    def get(self, request: Request) -> Response:
        rows = Customer.objects.filter(store=self.store).select_related("person")
        found, following = take_page(rows, keys={"id": int}, page=read_page(request, Page))
        return Response(CustomerPageOut(items=[_show(one) for one in found], next=following))


class CustomerView(ApiView):
    scope: ClassVar = {"GET": "customers:read", "PUT": "customers:write"}

    @operation(
        "get_customer",
        tag=TAG,
        summary="One customer",
        path=BY_REF,
        answers={200: (CustomerNowOut, "The customer.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        customer = _find(self.store, ref)
        shown = structs.asdict(_show(customer))
        return Response(CustomerNowOut(**shown, segments=codes_of(customer)))

    @operation(
        "put_customer",
        tag=TAG,
        summary="Create or change a customer",
        text="Send it when somebody registers, changes their data or joins the programme; sending it twice does "
        "no harm.",
        path=BY_REF,
        body=CustomerIn,
        answers={200: (CustomerOut, "Changed, or as it was."), 201: (CustomerOut, "Created.")},
        examples={
            "Registered and joined": {
                "name": "Anna Petrova",
                "email": "anna@example.com",
                "language": "en",
                "joined_at": "2026-05-31T10:15:00Z",
            }
        },
    )
    def put(self, request: Request, ref: str) -> Response:
        body = read(request, CustomerIn)
        self._refuse_unfit(body)
        return write_once(request, lambda: self._keep(ref, body), render=self._render)

    def _keep(self, ref: str, body: CustomerIn) -> Answer:
        kept = keep_customer(
            self.store,
            ref,
            profile=_given(body, PROFILE),
            person=_given(body, PERSON),
            joined_at=body.joined_at,
            at=self.at,
        )
        self._tie(kept.customer, body.referred_by)
        shown = _show(kept.customer, person=kept.person)
        return Answer(201 if kept.created else 200, shown, about=ref)

    def _tie(self, customer: Customer, code: str | None) -> None:
        referrer = owner_of(self.store, code) if code else None
        if referrer is not None:
            join_if_fit(customer, referrer, how=Referral.How.CODE, at=self.at)

    def _render(self, ref: str) -> CustomerOut:
        return _show(_find(self.store, ref))

    def _refuse_unfit(self, body: CustomerIn) -> None:
        refuse_moment(body.joined_at, attr="joined_at", at=self.at)
        refuse_birthday(body.birth_on, attr="birth_on", at=self.at)
        refuse_time_zone(body.time_zone, attr="time_zone")
        if isinstance(body.email, str) and body.email:
            _refuse_bad_email(body.email)


class ConsentsView(ApiView):
    scope: ClassVar = {"POST": "customers:write"}

    @operation(
        "add_consent",
        tag=TAG,
        summary="A customer's answer to “may we write to you”",
        text="No marketing goes to a customer without one. Send `is_given: false` when it is withdrawn.",
        path=BY_REF,
        body=ConsentIn,
        answers={200: (ConsentOut, "This answer was stored before."), 201: (ConsentOut, "Stored.")},
        examples={
            "Agreed at checkout": {
                "purpose": "marketing",
                "channel": "email",
                "is_given": True,
                "wording": "Yes, send me offers by e-mail.",
                "source": "checkout",
            }
        },
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, ConsentIn)
        refuse_moment(body.at, attr="at", at=self.at)
        return write_once(request, lambda: self._give(ref, body))

    def _give(self, ref: str, body: ConsentIn) -> Answer:
        now = self.at
        answer = ConsentAnswer(
            purpose=body.purpose,
            channel=body.channel,
            is_given=body.is_given,
            wording=body.wording,
            source=body.source,
            at=body.at or now,
        )
        consent, created = give_consent(_find(self.store, ref), answer, at=now)
        return Answer(201 if created else 200, _show_consent(consent))


class PointsView(ApiView):
    scope: ClassVar = {"GET": "customers:read"}

    @operation(
        "get_points",
        tag=TAG,
        summary="A customer's points",
        path=BY_REF,
        answers={200: (PointsOut, "The points as of now.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        customer = _find(self.store, ref)
        points, debts = points_of(customer, at=self.at), debts_of(customer)
        return Response(
            PointsOut(
                active=points.active,
                pending=points.pending,
                held=points.held,
                expiring=points.expiring,
                expiring_at=points.expiring_at,
                owed=debts.owed,
                debts=[DebtOut(order=one.order, points=one.points, at=one.at) for one in debts.debts],
            )
        )


def _find(store: Store, ref: str) -> Customer:
    found = find_customer(store, ref)
    if found is None:
        raise Http404
    return found


def _given(body: CustomerIn, names: tuple[str, ...]) -> dict[str, object]:
    """What was sent; null empties a field, which for texts is the empty one."""
    sent = {name: getattr(body, name) for name in names if getattr(body, name) is not UNSET}
    return {name: "" if value is None and name != "birth_on" else value for name, value in sent.items()}


def _refuse_bad_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise Problem(400, Fault("wrong_form", _("This is not an e-mail address."), "email")) from error


def _show(customer: Customer, *, person: Person | None = None) -> CustomerOut:
    person = person or getattr(customer, "person", None) or Person()
    return CustomerOut(
        ref=customer.ref,
        name=person.name,
        email=person.email,
        phone=person.phone,
        birth_on=person.birth_on,
        language=customer.language,
        time_zone=customer.time_zone,
        country=customer.country,
        joined_at=customer.joined_at,
        first_order_at=customer.first_order_at,
        last_order_at=customer.last_order_at,
        is_generated=customer.is_generated,
        is_erased=customer.erased_at is not None,
    )


def _show_consent(consent: Consent) -> ConsentOut:
    return ConsentOut(
        purpose=consent.purpose,
        channel=consent.channel,
        is_given=consent.is_given,
        wording=consent.wording,
        source=consent.source,
        at=consent.at,
    )
