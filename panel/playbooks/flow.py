"""The way through a playbook: questions, then the examples with numbers (`look`), then the start (`start`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from loyalty.offer_document import OfferDocumentInvalid
from panel.guard import PanelRequest
from panel.page import show_page
from panel.playbooks.fields import PlaybookForm
from panel.playbooks.preview_mail import preview_mails
from shop.clock import store_moment
from shop.models import Store, User
from triggers.channels.outcome import NotWritten
from triggers.facts import NO_FACTS, Facts
from triggers.models import Trigger


class Figure(NamedTuple):
    """One card above the questions: what, how much, and what that is a part of."""

    label: str
    value: str
    beside: str


class Happening(NamedTuple):
    """One sentence of what will happen, behind an icon."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The store, its moment, and the language that is read."""

    store: Store
    at: datetime
    language: str


def _no_facts(_scene: Scene, _plan: Any) -> Sequence[Facts]:
    return (NO_FACTS,)


@dataclass(frozen=True, slots=True)
class Flow:
    """What differs between playbooks: the questions, whose form makes the plan; `set_up` starts it and returns its
    trigger, `facts` is what the steps of the example tell."""

    occasion: str
    title: str | Promise
    lead: str | Promise
    form: type[PlaybookForm]
    default: Callable[[Store], dict[str, Any]]
    set_up: Callable[..., Trigger]
    figures: Callable[[Scene], Sequence[Figure]]
    rule: Callable[[Scene, Any], str]
    happens: Callable[[Scene, Any], Sequence[Happening]]
    facts: Callable[[Scene, Any], Sequence[Facts]] = _no_facts


def show_flow(request: PanelRequest, flow: Flow) -> HttpResponse:
    """Changing an answer looks anew."""
    if request.method != "POST":
        return _ask(request, flow, flow.form(store=request.store, initial=flow.default(request.store)))
    form = flow.form(request.POST, store=request.store)
    if not form.is_valid() or "change" in request.POST:
        return _ask(request, flow, form)
    plan = form.plan()
    try:
        if "start" not in request.POST:
            return _look(request, flow, form, plan)
        if _running(request.store, flow) is None:
            return _start(request, flow, plan)
        form.add_error(
            None, _("It is running already. Pause that one first, or customers would hear it twice.")
        )
    except OfferDocumentInvalid as error:
        form.add_error(None, error.detail)
    except NotWritten:
        form.add_error(None, _("The mail can not be written with this text. Look at the words in braces."))
    return _ask(request, flow, form)


def _ask(request: PanelRequest, flow: Flow, form: PlaybookForm) -> HttpResponse:
    return show_page(
        request,
        "panel/playbooks/ask.html",
        title=str(flow.title),
        lead=flow.lead,
        form=form,
        figures=flow.figures(_scene(request)),
        running=_running(request.store, flow),
        status=400 if form.errors else 200,
    )


def _look(request: PanelRequest, flow: Flow, form: PlaybookForm, plan: Any) -> HttpResponse:
    scene = _scene(request)

    def start() -> Trigger:
        return flow.set_up(scene.store, plan, by=request.user, at=scene.at)

    return show_page(
        request,
        "panel/playbooks/look.html",
        title=_("Look at it once more, then start"),
        plan=plan,
        answers=[(name, request.POST.get(name, "")) for name in form.fields if name in request.POST],
        rule=flow.rule(scene, plan),
        mails=preview_mails(start, facts=flow.facts(scene, plan), at=scene.at),
        happens=flow.happens(scene, plan),
        running=_running(scene.store, flow),
    )


def _start(request: PanelRequest, flow: Flow, plan: Any) -> HttpResponse:
    scene = _scene(request)
    user: User = request.user
    trigger = flow.set_up(scene.store, plan, by=user, at=scene.at)
    messages.success(request, _("Running. From now on every moment of this kind brings its mail."))
    if trigger.campaign is not None:
        return HttpResponseRedirect(reverse("panel:campaign", args=[trigger.campaign.code]))
    return HttpResponseRedirect(reverse("admin:triggers_trigger_change", args=[trigger.pk]))


def _running(store: Store, flow: Flow) -> Trigger | None:
    return Trigger.objects.filter(store=store, occasion=flow.occasion, status=Trigger.Status.RUNNING).first()


def _scene(request: PanelRequest) -> Scene:
    return Scene(request.store, store_moment(request.store, timezone.now()), request.LANGUAGE_CODE)
