"""Segments to begin with: the life cycle, and the buyers to cherish and to win back."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loyalty.models import Segment
from loyalty.segments.keep import SEGMENTS_MAX, make_segment
from loyalty.segments.queries import segments_of
from panel.guard import PanelRequest
from shop.clock import store_moment


class Ready(NamedTuple):
    code: str
    name: str | Promise
    rule: dict[str, Any]


READY = (
    Ready(
        "subscribers",
        gettext_lazy("Subscribers without a cart"),
        {"kind": "life_cycle", "stages": ["subscriber"]},
    ),
    Ready("potential", gettext_lazy("Potential buyers"), {"kind": "life_cycle", "stages": ["potential"]}),
    Ready("active", gettext_lazy("Active buyers"), {"kind": "life_cycle", "stages": ["active"]}),
    Ready("slowing", gettext_lazy("Slowing down"), {"kind": "life_cycle", "stages": ["slowing"]}),
    Ready("passive", gettext_lazy("Passive buyers"), {"kind": "life_cycle", "stages": ["passive"]}),
    Ready("lost", gettext_lazy("Lost"), {"kind": "life_cycle", "stages": ["lost"]}),
    Ready(
        "champions",
        gettext_lazy("Champions"),
        {"kind": "rfm", "recency_min": 4, "frequency_min": 4, "monetary_min": 4},
    ),
    Ready(
        "at-risk",
        gettext_lazy("Good buyers at risk"),
        {"kind": "rfm", "recency_max": 2, "frequency_min": 3, "monetary_min": 3},
    ),
)


def missing_ready(segments: Iterable[Segment]) -> list[Ready]:
    """Those that the store has not opened yet."""
    there = {segment.code for segment in segments}
    return [one for one in READY if one.code not in there]


@require_POST
def open_ready_segments(request: PanelRequest) -> HttpResponse:
    """All that are missing, as far as there is room."""
    at = store_moment(request.store, timezone.now())
    with transaction.atomic():
        segments = list(segments_of(request.store))
        for one in missing_ready(segments)[: SEGMENTS_MAX - len(segments)]:
            make_segment(
                request.store,
                name=str(one.name),
                code=one.code,
                document={"v": 1, "all": [one.rule]},
                by=request.user,
                at=at,
            )
    messages.success(request, _("They are there. Their customers are being looked for now."))
    return HttpResponseRedirect(reverse("panel:segments"))
