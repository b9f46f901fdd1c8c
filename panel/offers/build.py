"""The builder: an offer as a sentence that is filled in, with a preview beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty.models import Offer
from loyalty.publish import PublishRefused
from panel.guard import PanelRequest
from panel.offers.draft import Draft
from panel.offers.find import Found, get_offer
from panel.offers.judge import blame_publish, judge
from panel.offers.known import read_known
from panel.offers.language.benefits import LIST as BENEFIT_LIST
from panel.offers.language.conditions import KINDS as CONDITION_LIST
from panel.offers.rows import STEPS, is_step, menu_of
from panel.offers.sample import FIT, sample_choices
from panel.offers.save import save_offer
from panel.offers.show import show_draft, show_rule
from panel.offers.starts import STARTS, start_document
from panel.page import show_page
from shop.clock import store_moment


def new_offer(request: PanelRequest) -> HttpResponse:
    """Choose a beginning, then build. POST adds a part, takes one away, or saves a draft."""
    if request.method == "POST":
        return _posted(request, None)
    key = request.GET.get("start", "")
    if not key:
        return show_page(
            request, "panel/offers/start.html", title=_("What do you want to give?"), starts=STARTS
        )
    start = next((str(one.title) for one in STARTS if one.key == key), "")
    document = start_document(key, request.store)
    draft = Draft(read_known(request.store, at=_now(request)), document=document, name=start)
    return _show(request, draft, document, None)


def edit_offer(request: PanelRequest, code: str) -> HttpResponse:
    """The same for an offer that is there. What runs already is changed by a new version, after a second look."""
    found = get_offer(request.store, code, at=_now(request))
    if found.offer.status == Offer.Status.ARCHIVED:
        messages.warning(
            request, _("An archived offer stays as it is. Duplicate it to go on from its terms.")
        )
        return HttpResponseRedirect(reverse("panel:offer", args=[code]))
    if request.method == "POST":
        return _posted(request, found)
    known = read_known(request.store, at=_now(request))
    draft = Draft(known, document=found.document, name=found.offer.name)
    return _show(request, draft, found.document, found)


@require_POST
def preview_offer(request: PanelRequest, code: str = "") -> HttpResponse:
    """The sentence and the preview alone, of what is typed so far. Nothing is stored."""
    now = _now(request)
    found = get_offer(request.store, code, at=now) if code else None
    draft = Draft(read_known(request.store, at=now), data=request.POST)
    draft.is_valid()
    shown = _shown(request, draft, draft.document(is_partial=True), found)
    return render(request, "panel/offers/preview.html", {"shown": shown, "store": request.store})


def _posted(request: PanelRequest, found: Found | None) -> HttpResponse:
    draft = Draft(read_known(request.store, at=_now(request)), data=request.POST)
    if is_step(request.POST):
        draft.rows.step(request.POST)
        draft.is_valid()
        return _show(request, draft, draft.document(is_partial=True), found, is_quiet=True)
    before = found.document if found else None
    if not judge(draft, before=before, offer=found.offer if found else None):
        return _show(request, draft, draft.document(is_partial=True), found, status=400)
    if found is not None and found.offer.status != Offer.Status.DRAFT:
        return _change(request, draft, found)
    offer = _save(request, draft, found)
    if "publish" in request.POST:
        return HttpResponseRedirect(reverse("panel:offer_publish", args=[offer.code]))
    messages.success(request, _("Saved as a draft. Nobody gets it before it is published."))
    return HttpResponseRedirect(reverse("panel:offer", args=[offer.code]))


def _save(
    request: PanelRequest, draft: Draft, found: Found | None, *, in_force_at: datetime | None = None
) -> Offer:
    return save_offer(
        request.store,
        found.offer if found else None,
        draft.document(),
        name=draft.frame.cleaned_data["name"],
        by=request.user,
        at=_now(request),
        in_force_at=in_force_at,
    )


def _change(request: PanelRequest, draft: Draft, found: Found) -> HttpResponse:
    """What runs is looked at once more: the old sentence, the new one, and from when on it holds."""
    in_force_at, is_wrong = _read_moment(request)
    if "confirm" not in request.POST or is_wrong:
        return _look(request, draft, found, is_wrong=is_wrong)
    try:
        offer = _save(request, draft, found, in_force_at=in_force_at)
    except PublishRefused as refused:
        blame_publish(draft, refused.code)
        return _show(request, draft, draft.document(is_partial=True), found, status=400)
    messages.success(
        request, _("Changed. Orders that were priced before keep the terms they were priced with.")
    )
    return HttpResponseRedirect(reverse("panel:offer", args=[offer.code]))


def _look(request: PanelRequest, draft: Draft, found: Found, *, is_wrong: bool) -> HttpResponse:
    now = _now(request)
    return show_page(
        request,
        "panel/offers/change.html",
        title=_("Look at the change once more"),
        found=found,
        before=show_rule(request.store, found.document, at=now),
        after=show_rule(request.store, draft.document(), at=now),
        answers=[
            (name, value) for name, values in request.POST.lists() for value in values if _is_answer(name)
        ],
        in_force=request.POST.get("in_force", ""),
        is_wrong=is_wrong,
        status=400 if is_wrong else 200,
    )


def _is_answer(name: str) -> bool:
    return name not in ("csrfmiddlewaretoken", "in_force", "confirm", *STEPS)


def _read_moment(request: PanelRequest) -> tuple[datetime | None, bool]:
    """From when on the change holds, and whether what was typed cannot be that. Empty: at once."""
    typed = request.POST.get("in_force", "").strip()
    if not typed:
        return None, False
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None, True
    local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(request.store.time_zone))
    return local, local < _now(request)


def _shown(request: PanelRequest, draft: Draft, document: Mapping[str, Any], found: Found | None) -> Any:
    sample = request.POST.get("sample", FIT)
    offer = found.offer if found else None
    return show_draft(draft, document, sample=sample, offer=offer, now=_now(request))


def _show(
    request: PanelRequest,
    draft: Draft,
    document: Mapping[str, Any],
    found: Found | None,
    *,
    is_quiet: bool = False,
    status: int = 200,
) -> HttpResponse:
    """`is_quiet`: nobody has said yet that they are done, so nothing is called wrong."""
    language = get_language() or "en"
    return show_page(
        request,
        "panel/offers/build.html",
        title=_("Change “%(name)s”") % {"name": found.offer.name} if found else _("Build an offer"),
        store=request.store,
        draft=draft,
        found=found,
        is_draft=found is None or found.offer.status == Offer.Status.DRAFT,
        is_quiet=is_quiet,
        condition_menu=menu_of(CONDITION_LIST),
        benefit_menu=menu_of(BENEFIT_LIST),
        shown=_shown(request, draft, document, found),
        samples=sample_choices(request.store, language=language),
        sample=request.POST.get("sample", FIT),
        status=status,
    )


def _now(request: PanelRequest) -> datetime:
    return store_moment(request.store, timezone.now())
