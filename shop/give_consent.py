"""Write down a customer's answer to "may we write to you"."""

from dataclasses import dataclass
from datetime import datetime

from shop.models import Consent, Customer
from shop.record import record


class ConsentDiffers(Exception):
    """Another answer is stored for the same purpose, channel and moment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and answered, where, and when. `wording` is the sentence as the customer read it."""

    purpose: str
    channel: str
    is_given: bool
    wording: str
    source: str
    at: datetime


def give_consent(customer: Customer, answer: Answer, *, at: datetime) -> tuple[Consent, bool]:
    """Store the answer, a yes or a no; (row, True if it is new). Needs a transaction. Raises ConsentDiffers."""
    said = {"is_given": answer.is_given, "wording": answer.wording, "source": answer.source}
    consent, created = Consent.objects.get_or_create(
        customer=customer,
        purpose=answer.purpose,
        channel=answer.channel,
        at=answer.at,
        defaults={"store": customer.store, **said},
    )
    if any(getattr(consent, name) != value for name, value in said.items()):
        raise ConsentDiffers
    if created:
        record(
            "consent.given" if answer.is_given else "consent.withdrawn",
            store=customer.store,
            at=at,
            customer=customer,
            subject=f"consent:{answer.purpose}:{answer.channel}",
            subject_id=customer.pk,
            data={"source": answer.source},
        )
    return consent, created
