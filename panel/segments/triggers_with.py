"""Which triggers write only to a segment."""

from loyalty.models import Segment
from triggers.models import Trigger


def triggers_with(segment: Segment) -> list[Trigger]:
    """Those that have not ended, by name. One query."""
    named = Trigger.objects.filter(store=segment.store_id, segments__contains=[segment.code])
    return list(named.exclude(status=Trigger.Status.ENDED).order_by("name", "id"))
