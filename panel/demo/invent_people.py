"""Names, addresses, birthdays and answers for the demo's customers: made up, and marked as that."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shop.models import Activity, Consent, Customer, Outbox, Person, Store
from shop.partitions import ensure_partition

SEED = "regency-gifts"
AGREE_PERCENT = 75
BORN_FROM, BORN_DAYS = date(1948, 1, 1), 57 * 365
BATCH = 200

FIRST_NAMES = (
    "Amelia",
    "Olivia",
    "Isla",
    "Emily",
    "Poppy",
    "Ava",
    "Jessica",
    "Lily",
    "Sophie",
    "Grace",
    "Evie",
    "Ruby",
    "Ella",
    "Freya",
    "Daisy",
    "Alice",
    "Florence",
    "Charlotte",
    "Matilda",
    "Rosie",
    "Harriet",
    "Eleanor",
    "Beatrice",
    "Martha",
    "Nancy",
    "Edith",
    "Violet",
    "Imogen",
    "Clara",
    "Phoebe",
    "Oliver",
    "George",
    "Harry",
    "Noah",
    "Jack",
    "Leo",
    "Arthur",
    "Oscar",
    "Charlie",
    "Henry",
    "Thomas",
    "Theodore",
    "Freddie",
    "Alfie",
    "Joshua",
    "William",
    "Lucas",
    "Edward",
    "Samuel",
    "Joseph",
    "Albert",
    "Louis",
    "Hugo",
    "Rupert",
    "Stanley",
    "Ralph",
    "Felix",
    "Jasper",
    "Walter",
    "Ernest",
)
LAST_NAMES = (
    "Ashdown",
    "Barlow",
    "Bellamy",
    "Birchwood",
    "Blackwell",
    "Brook",
    "Carver",
    "Chandler",
    "Clifton",
    "Cooper",
    "Cranfield",
    "Dalton",
    "Dawson",
    "Eastwood",
    "Ellery",
    "Fairfax",
    "Farley",
    "Fielding",
    "Fletcher",
    "Forrester",
    "Gale",
    "Garland",
    "Glover",
    "Goodwin",
    "Hadley",
    "Hartwell",
    "Hawthorne",
    "Haywood",
    "Holloway",
    "Ingram",
    "Kingsley",
    "Lambert",
    "Langford",
    "Lockwood",
    "Marlow",
    "Mercer",
    "Middleton",
    "Norwood",
    "Oakley",
    "Palmer",
    "Pemberton",
    "Radcliffe",
    "Redmond",
    "Rowe",
    "Sadler",
    "Selby",
    "Shaw",
    "Sheldon",
    "Stanton",
    "Sutton",
    "Thorne",
    "Tilbury",
    "Underwood",
    "Wainwright",
    "Wakefield",
    "Weaver",
    "Wells",
    "Whitaker",
    "Winslow",
    "Woodward",
)


@dataclass(frozen=True, slots=True)
class Invented:
    """One made-up person."""

    name: str
    email: str
    birth_on: date
    agrees: bool


def invent_person(ref: str) -> Invented:
    """Always the same person for the same reference, whatever others there are."""
    dice = random.Random(f"{SEED}:{ref}")  # noqa: S311  a story to tell, no secret to keep
    first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    return Invented(
        name=f"{first} {last}",
        email=f"{first}.{last}.{ref}@example.com".lower(),
        birth_on=BORN_FROM + timedelta(days=dice.randrange(BORN_DAYS)),
        agrees=dice.randrange(100) < AGREE_PERCENT,
    )


def invent_people(store: Store, *, at: datetime) -> int:
    """Give every customer of the store who is nobody yet a person, in batches; returns how many.

    They joined the programme with their first order, and about three of four agreed to marketing mails
    then. Done set by set: the verbs for one customer would take most of the demo's start.
    """
    ensure_partition("shop_activity", at)
    invented = 0
    while nobodies := list(Customer.objects.filter(store=store, person=None).order_by("id")[:BATCH]):
        with transaction.atomic():
            _become_somebody(nobodies, store, at=at)
        invented += len(nobodies)
    return invented


def _become_somebody(customers: list[Customer], store: Store, *, at: datetime) -> None:
    people = {customer: invent_person(customer.ref) for customer in customers}
    buyers = [customer for customer in customers if customer.first_order_at is not None]
    Person.objects.bulk_create(
        Person(customer=customer, store=store, name=person.name, email=person.email, birth_on=person.birth_on)
        for customer, person in people.items()
    )
    Customer.objects.filter(pk__in=[customer.pk for customer in customers]).update(
        is_generated=True, joined_at=F("first_order_at")
    )
    consents = [
        consent
        for customer in buyers
        if (joined_at := customer.first_order_at) is not None
        for consent in _consents(customer, people[customer], store=store, at=joined_at)
    ]
    Consent.objects.bulk_create(consents)
    Activity.objects.bulk_create(_facts(buyers, consents, at=at))
    Outbox.objects.bulk_create(
        Outbox(
            store=store, consumer=consumer, kind="customer.joined", subject_id=customer.pk, at=at, due_at=at
        )
        for customer in buyers
        for consumer in settings.OUTBOX_CONSUMERS["customer.joined"]
    )


def _consents(customer: Customer, person: Invented, *, store: Store, at: datetime) -> list[Consent]:
    wordings = {Consent.Purpose.PROGRAMME: _("Yes, I want to join the club and collect points.")}
    if person.agrees:
        wordings[Consent.Purpose.MARKETING] = _("Yes, send me offers and news by e-mail.")
    return [
        Consent(
            store=store,
            customer=customer,
            purpose=purpose,
            channel=Consent.Channel.EMAIL,
            is_given=True,
            wording=wording,
            source="demonstration",
            at=at,
        )
        for purpose, wording in wordings.items()
    ]


def _facts(buyers: Sequence[Customer], consents: Sequence[Consent], *, at: datetime) -> list[Activity]:
    """Of the day they joined: in its month the first order was noted, so that its partition is there."""
    joined = [
        _fact("customer.joined", buyer, f"customer:{buyer.ref}", happened_at=buyer.first_order_at, at=at)
        for buyer in buyers
    ]
    agreed = [
        _fact(
            "consent.given",
            consent.customer,
            f"consent:{consent.purpose}:{consent.channel}",
            happened_at=consent.at,
            at=at,
        )
        for consent in consents
    ]
    return joined + agreed


def _fact(
    kind: str, customer: Customer, subject: str, *, happened_at: datetime | None, at: datetime
) -> Activity:
    return Activity(
        store_id=customer.store_id,
        kind=kind,
        customer=customer,
        subject=subject,
        at=happened_at or at,
        recorded_at=at,
    )
