"""Find what is due to be said."""

from datetime import datetime

from shop.clock import store_moment
from triggers.models import Trigger
from triggers.occasions import OCCASIONS

# Customers whose occasion is looked for at once, for each trigger.
BATCH = 500


def find_due(*, at: datetime) -> int:
    """Insert a message for every step of every occasion not yet spoken of; returns how many were inserted.

    One bounded batch for each running trigger; safe to run many times at once and after any pause.
    """
    running = Trigger.objects.filter(status=Trigger.Status.RUNNING, occasion__in=list(OCCASIONS))
    return sum(
        OCCASIONS[trigger.occasion].find(trigger, at=store_moment(trigger.store, at), limit=BATCH)
        for trigger in running.select_related("store").order_by("id")
    )
