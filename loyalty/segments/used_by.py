"""Which offers name a segment."""

from datetime import datetime

from django.db.models import Q

from loyalty.models import Offer, OfferVersion, Segment


def offers_with(segment: Segment) -> list[Offer]:
    """Those not archived of which some version names it, by name. One query."""
    versions = OfferVersion.objects.filter(_names(segment.code), offer__store=segment.store_id)
    found = Offer.objects.filter(pk__in=versions.values("offer_id")).exclude(status=Offer.Status.ARCHIVED)
    return list(found.order_by("name", "id"))


def running_offers_with(segment: Segment, *, at: datetime) -> list[str]:
    """The names of running or paused offers whose terms in force, or any that follow, name it."""
    found = []
    for offer in offers_with(segment):
        if offer.status not in (Offer.Status.RUNNING, Offer.Status.PAUSED):
            continue
        versions = offer.versions.all()
        now = versions.filter(in_force_at__lte=at).order_by("-in_force_at", "-number").first()
        later = versions.filter(_names(segment.code), in_force_at__gt=at)
        is_named = now is not None and versions.filter(_names(segment.code), pk=now.pk).exists()
        if is_named or later.exists():
            found.append(offer.name)
    return found


def _names(code: str) -> Q:
    return Q(document__contains={"conditions": [{"kind": "in_segment", "segments": [code]}]})
