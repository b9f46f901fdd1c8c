"""Why something cannot be done with a segment, and what to do instead."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.segments.keep import LISTED_MAX, SEGMENTS_MAX, SegmentFault, SegmentRefused

SAID: Mapping[SegmentFault, str | Promise] = {
    SegmentFault.ARCHIVED: gettext_lazy("An archived segment stays as it is. Make a new one."),
    SegmentFault.NO_LIST: gettext_lazy("Its rule asks for no list. Add “A list of your own” to it first."),
}


def say_refused(refused: SegmentRefused) -> str:
    if refused.code is SegmentFault.TOO_MANY:
        return _("A store has at most %(most)s segments. Archive one that is no longer used.") % {
            "most": SEGMENTS_MAX
        }
    if refused.code is SegmentFault.LIST_TOO_LONG:
        return _("A list names at most %(most)s customers.") % {"most": LISTED_MAX}
    if refused.code is SegmentFault.IN_USE:
        users = ", ".join(refused.users)
        return _("It is used by: %(users)s. End these, or choose another segment there, first.") % {
            "users": users
        }
    return str(SAID[refused.code])
