"""Playbooks: ready-made campaigns, set up by answering a few questions."""

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.offer_document import OfferDocumentInvalid
from loyalty.say_rule import say_rule
from panel.guard import PanelRequest
from panel.page import show_page
from panel.playbooks.preview_mail import preview_win_back
from panel.playbooks.win_back import WinBack, set_up, terms
from panel.playbooks.win_back_form import WinBackForm, default_plan
from reports.queries.silence import Silence, count_silent
from shop.clock import store_moment
from shop.models import Store
from triggers.channels.outcome import NotWritten


class Playbook(NamedTuple):
    """One card of the list; `route` is where it is set up."""

    title: str | Promise
    text: str | Promise
    icon: str
    route: str


PLAYBOOKS = (
    Playbook(
        gettext_lazy("Win back silent customers"),
        gettext_lazy(
            "Whoever used to buy and has gone silent gets one friendly mail with a coupon of their own. "
            "You see who came back, what they paid and what it cost."
        ),
        "waving_hand",
        "panel:win_back",
    ),
)


def show_playbooks(request: PanelRequest) -> HttpResponse:
    return show_page(
        request,
        "panel/playbooks/list.html",
        title=_("Choose what you want to reach"),
        playbooks=PLAYBOOKS,
        silence=_silence(request.store, request.store.silent_after_days),
    )


def win_back(request: PanelRequest) -> HttpResponse:
    """Questions, then the example with numbers (`look`), then the start (`start`). Changing an answer looks anew."""
    store = request.store
    if request.method != "POST":
        return _ask(request, WinBackForm(store=store, initial=default_plan(store)))
    form = WinBackForm(request.POST, store=store)
    if not form.is_valid() or "change" in request.POST:
        return _ask(request, form)
    try:
        return _start(request, form.plan()) if "start" in request.POST else _look(request, form)
    except OfferDocumentInvalid as error:
        form.add_error(None, error.detail)
    except NotWritten:
        form.add_error("body", _("The mail can not be written with this text. Look at the words in braces."))
    return _ask(request, form)


def _ask(request: PanelRequest, form: WinBackForm) -> HttpResponse:
    days = request.store.silent_after_days
    return show_page(
        request,
        "panel/playbooks/win_back.html",
        title=_("Win back silent customers"),
        store=request.store,
        form=form,
        silence=_silence(request.store, days),
        status=400 if form.errors else 200,
    )


def _look(request: PanelRequest, form: WinBackForm) -> HttpResponse:
    store, plan = request.store, form.plan()
    at = store_moment(store, timezone.now())
    return show_page(
        request,
        "panel/playbooks/win_back_look.html",
        title=_("Look at it once more, then start"),
        store=store,
        plan=plan,
        answers=[(name, request.POST.get(name, "")) for name in form.fields],
        rule=say_rule(terms(plan), store, language=request.LANGUAGE_CODE),
        silence=_silence(store, plan.silent_days),
        mail=preview_win_back(store, plan, by=request.user, at=at),
    )


def _start(request: PanelRequest, plan: WinBack) -> HttpResponse:
    store = request.store
    campaign = set_up(store, plan, by=request.user, at=store_moment(store, timezone.now()))
    messages.success(request, _("Running. The first mails leave within a minute; this page counts them."))
    return HttpResponseRedirect(reverse("panel:campaign", args=[campaign.code]))


def _silence(store: Store, days: int) -> Silence:
    return count_silent(store, days=days, at=store_moment(store, timezone.now()))
