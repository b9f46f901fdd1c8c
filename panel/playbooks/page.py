"""Playbooks: ready-made campaigns, set up by answering a few questions."""

from collections.abc import Callable, Sequence
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
from panel.playbooks.flow import Figure, Scene, show_flow
from panel.playbooks.flows import BIRTHDAY, CART_REMINDER, POINTS_WARNING
from panel.playbooks.preview_mail import preview_win_back
from panel.playbooks.win_back import WinBack, set_up, terms
from panel.playbooks.win_back_form import WinBackForm, default_plan
from reports.queries.silence import Silence, count_silent
from shop.clock import store_moment
from shop.models import Store
from shop.show_money import show_count
from triggers.channels.outcome import NotWritten


class Playbook(NamedTuple):
    """One card of the list; `route` is where it is set up, `now` says what it would find."""

    title: str | Promise
    text: str | Promise
    icon: str
    route: str
    now: Callable[[Scene], Sequence[Figure]]


def _silence_now(scene: Scene) -> Sequence[Figure]:
    silence = count_silent(scene.store, days=scene.store.silent_after_days, at=scene.at)
    label = _("Silent for %(days)d days, now") % {"days": silence.days}
    value = show_count(silence.silent, language=scene.language)
    reachable = show_count(silence.reachable, language=scene.language)
    return (Figure(label, value, _("%(count)s of them agreed to mails") % {"count": reachable}),)


PLAYBOOKS = (
    Playbook(
        gettext_lazy("Win back silent customers"),
        gettext_lazy(
            "Whoever used to buy and has gone silent gets one friendly mail with a coupon of their own. "
            "You see who came back, what they paid and what it cost."
        ),
        "waving_hand",
        "panel:win_back",
        _silence_now,
    ),
    Playbook(
        CART_REMINDER.title,
        gettext_lazy(
            "A left cart brings up to three mails, with free delivery where it pays for itself, and none after the "
            "purchase."
        ),
        "shopping_cart",
        "panel:cart_reminder",
        CART_REMINDER.figures,
    ),
    Playbook(
        POINTS_WARNING.title,
        gettext_lazy(
            "One mail for each end date, with what is really left, in time to come back and use it."
        ),
        "hourglass_bottom",
        "panel:points_warning",
        POINTS_WARNING.figures,
    ),
    Playbook(
        BIRTHDAY.title,
        gettext_lazy("A friendly mail on the day, with a coupon of the customer's own as a present."),
        "cake",
        "panel:birthday",
        BIRTHDAY.figures,
    ),
)


def show_playbooks(request: PanelRequest) -> HttpResponse:
    scene = Scene(request.store, store_moment(request.store, timezone.now()), request.LANGUAGE_CODE)
    return show_page(
        request,
        "panel/playbooks/list.html",
        title=_("Choose what you want to reach"),
        playbooks=[(playbook, playbook.now(scene)[0]) for playbook in PLAYBOOKS],
    )


def cart_reminder(request: PanelRequest) -> HttpResponse:
    return show_flow(request, CART_REMINDER)


def points_warning(request: PanelRequest) -> HttpResponse:
    return show_flow(request, POINTS_WARNING)


def birthday(request: PanelRequest) -> HttpResponse:
    return show_flow(request, BIRTHDAY)


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
