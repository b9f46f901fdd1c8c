"""The builder: a segment as a sentence that is filled in, with its size beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty.models import Segment
from loyalty.segments.keep import SegmentRefused, change_segment, make_segment
from panel.guard import PanelRequest
from panel.offers.rows import is_step, menu_of
from panel.page import show_page
from panel.segments.count import count_now
from panel.segments.draft import SegmentDraft
from panel.segments.known import read_known, say
from panel.segments.language import KINDS
from panel.segments.say_refused import say_refused
from shop.clock import store_moment

BEGIN: dict[str, Any] = {"v": 1, "all": [{"kind": "life_cycle", "stages": []}]}


def new_segment(request: PanelRequest) -> HttpResponse:
    return _build(request, None)


def edit_segment(request: PanelRequest, code: str) -> HttpResponse:
    return _build(request, _found(request, code))


@require_POST
def preview_segment(request: PanelRequest, code: str = "") -> HttpResponse:
    """The sentence and the size alone, of what is typed so far. Nothing is stored."""
    draft = SegmentDraft(read_known(request.store), data=request.POST)
    draft.is_valid()
    shown = _shown(request, draft, _found(request, code) if code else None)
    return render(request, "panel/segments/preview.html", {"shown": shown})


def _build(request: PanelRequest, segment: Segment | None) -> HttpResponse:
    known = read_known(request.store)
    if request.method != "POST":
        draft = SegmentDraft(
            known, document=segment.document if segment else BEGIN, name=segment.name if segment else ""
        )
        stored = segment.document if segment else {}
        return _show(request, draft, segment, document=stored, is_quiet=True)
    draft = SegmentDraft(known, data=request.POST)
    if is_step(request.POST):
        draft.rows.step(request.POST)
        draft.is_valid()
        return _show(request, draft, segment, is_quiet=True)
    if not draft.is_valid():
        return _show(request, draft, segment, status=400)
    return _save(request, draft, segment)


def _save(request: PanelRequest, draft: SegmentDraft, segment: Segment | None) -> HttpResponse:
    said: dict[str, Any] = {
        "name": draft.name.cleaned_data["name"],
        "document": draft.document(),
        "by": request.user,
        "at": _now(request),
    }
    try:
        with transaction.atomic():
            if segment is None:
                segment = make_segment(request.store, **said)
            else:
                change_segment(segment, **said)
    except SegmentRefused as refused:
        draft.errors.append(say_refused(refused))
        return _show(request, draft, segment, status=400)
    messages.success(request, _("Saved. Its customers are being looked for now; it takes a few seconds."))
    return HttpResponseRedirect(reverse("panel:segment", args=[segment.code]))


def _show(
    request: PanelRequest,
    draft: SegmentDraft,
    segment: Segment | None,
    *,
    document: Mapping[str, Any] | None = None,
    is_quiet: bool = False,
    status: int = 200,
) -> HttpResponse:
    """`document`: the stored one, where nothing was typed yet. `is_quiet`: nobody has said yet that they are done, so
    nothing is called wrong."""
    return show_page(
        request,
        "panel/segments/build.html",
        title=_("Change “%(name)s”") % {"name": segment.name} if segment else _("Who is meant?"),
        draft=draft,
        segment=segment,
        is_quiet=is_quiet,
        menu=menu_of(KINDS),
        shown=_shown(request, draft, segment, document=document),
        status=status,
    )


def _shown(
    request: PanelRequest,
    draft: SegmentDraft,
    segment: Segment | None,
    *,
    document: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    if document is None:
        document = draft.document(is_partial=True)
    has_rules = any(document.get(family) for family in draft.rows)
    language = get_language() or request.store.language
    return {
        "said": say(document, draft.known, language=language) if has_rules else "",
        "counted": count_now(request.store, document, segment=segment.pk if segment else 0, at=_now(request)),
    }


def _found(request: PanelRequest, code: str) -> Segment:
    return get_object_or_404(Segment, store=request.store, code=code, archived_at=None)


def _now(request: PanelRequest) -> datetime:
    return store_moment(request.store, timezone.now())
