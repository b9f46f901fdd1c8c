"""Stamp cards: what is stamped, what a full card gives, and how many customers hold one."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty.models import StampCard
from loyalty.stamps.queries import cards_of_store
from panel.guard import PanelRequest
from panel.page import show_page
from panel.playbooks.free_code import free_code
from panel.stamps.card_form import CardForm, values_of
from shop.clock import store_moment
from shop.models import Store
from shop.store_admin import is_allowed

EXAMPLE_NEEDED, EXAMPLE_POINTS = 6, 100


def show_stamp_cards(request: PanelRequest) -> HttpResponse:
    return show_page(
        request,
        "panel/stamps/list.html",
        title=_("Cards that fill with stamps"),
        cards=cards_of_store(request.store),
        may_edit=is_allowed(request.role, "panel:stamp_card_new", writing=True),
    )


@require_POST
def open_example_card(request: PanelRequest) -> HttpResponse:
    """Six orders, then points, where there is no card yet."""
    if not StampCard.objects.filter(store=request.store).exists():
        _keep(
            request.store,
            None,
            {
                "name": _("Every sixth order"),
                "by": StampCard.By.ORDER,
                "needed": EXAMPLE_NEEDED,
                "reward": StampCard.RewardKind.POINTS,
                "points": EXAMPLE_POINTS,
                "day_max": 1,
            },
        )
        messages.success(request, _("The card is there. From now on every paid order is stamped."))
    return HttpResponseRedirect(reverse("panel:stamp_cards"))


def new_stamp_card(request: PanelRequest) -> HttpResponse:
    return _edit(request, None)


def edit_stamp_card(request: PanelRequest, code: str) -> HttpResponse:
    return _edit(request, get_object_or_404(StampCard, store=request.store, code=code))


def _edit(request: PanelRequest, card: StampCard | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = CardForm(data, store=request.store, initial=values_of(card))
    if data is not None and form.is_valid():
        _keep(request.store, card, form.settings())
        messages.success(request, _("Saved. It holds for what happens from now on."))
        return HttpResponseRedirect(reverse("panel:stamp_cards"))
    return show_page(
        request,
        "panel/stamps/edit.html",
        title=_("What fills the card “%(name)s”?") % {"name": card.name}
        if card
        else _("Set up a stamp card"),
        form=form,
        status=400 if form.errors else 200,
    )


@transaction.atomic
def _keep(store: Store, card: StampCard | None, settings: dict[str, object]) -> None:
    if card is None:
        among = StampCard.objects.filter(store=store)
        code = free_code(slugify(str(settings["name"]))[:30] or "card", among=among)
        card = StampCard(store=store, code=code, starts_at=store_moment(store, timezone.now()))
    for name, value in settings.items():
        setattr(card, name, value)
    card.save()
