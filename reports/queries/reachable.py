"""Who may be written to: agreed to marketing by e-mail, and an address is known."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from shop.models import Consent, Customer, Person


def reachable(customers: QuerySet[Customer], *, at: datetime) -> QuerySet[Customer]:
    """Of these customers. The newest answer counts."""
    newest = Consent.objects.filter(
        customer=OuterRef("pk"),
        purpose=Consent.Purpose.MARKETING,
        channel=Consent.Channel.EMAIL,
        at__lte=at,
    ).order_by("-at", "-id")
    address = Person.objects.filter(customer=OuterRef("pk")).exclude(email="")
    agreed = customers.annotate(agreed_to_mails=Subquery(newest.values("is_given")[:1]))
    return agreed.filter(Exists(address), agreed_to_mails=True)
