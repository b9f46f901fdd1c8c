"""The steps of the price calculation: in which order, and whether offers in one compete or add up."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.lanes import AFTER_CAPS
from loyalty.models import Offer, OfferVersion
from loyalty.say_lane import say_lane
from panel.guard import PanelRequest
from panel.page import show_page
from shop.models import Store
from shop.models.store_lanes import LANES
from shop.record import record
from shop.store_admin import is_allowed

ABOUT: dict[str, str | Promise] = {
    "sale": gettext_lazy("Goods that are reduced for everybody, for example 20 percent off candles."),
    "card": gettext_lazy(
        "What a club card gives, for example 10 percent off for VIP. Of several cards the best counts."
    ),
    "coupon": gettext_lazy("What codes give, for example SPRING."),
    "order": gettext_lazy("What is given on the order as a whole, for example 5.00 off from 50.00 on."),
    "gifts": gettext_lazy("Free products that come with the order."),
    "delivery": gettext_lazy(
        "Free or cheaper delivery. Always the last one: by then it is known what the goods cost."
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """`offers`: how many published ones stand in it. A fixed one stays last."""

    code: str
    name: str
    about: str
    adds: bool
    is_fixed: bool
    offers: int


def order_lanes(request: PanelRequest) -> HttpResponse:
    """GET shows them; POST moves one up or down, or keeps the order as it is on the page."""
    store = request.store
    order, adding = list(store.lane_order), set(store.lanes_adding)
    if request.method == "POST":
        order, adding = (
            _posted(request.POST, order),
            {code for code in LANES if request.POST.get(f"mode-{code}") == "all"},
        )
        if "move" not in request.POST:
            _keep(request, order, adding)
            messages.success(request, _("Kept. The next cart is priced in this order."))
            return HttpResponseRedirect(reverse("panel:lanes"))
        order = _moved(order, request.POST["move"])
    return show_page(
        request,
        "panel/offers/lanes.html",
        title=_("In which order are offers taken?"),
        steps=_steps(store, order, adding),
        may_change=is_allowed(request.role, "panel:lanes", writing=True),
        is_unsaved="move" in request.POST,
    )


def _posted(sent: QueryDict, order: list[str]) -> list[str]:
    """The order of the page; what it does not name keeps its place behind, and delivery is last."""
    named = [code for code in dict.fromkeys(sent.getlist("lane")) if code in LANES]
    whole = [*named, *[code for code in order if code not in named]]
    return [code for code in whole if code not in AFTER_CAPS] + [code for code in whole if code in AFTER_CAPS]


def _moved(order: list[str], asked: str) -> list[str]:
    """`asked` is "up:card" or "down:card". At its end, or beside the fixed one, it stays."""
    way, _colon, code = asked.partition(":")
    free = [each for each in order if each not in AFTER_CAPS]
    if code in free:
        place = free.index(code)
        free.insert(max(0, place + (-1 if way == "up" else 1)), free.pop(place))
    return free + [each for each in order if each in AFTER_CAPS]


@transaction.atomic
def _keep(request: PanelRequest, order: list[str], adding: set[str]) -> None:
    store = request.store
    Store.objects.filter(pk=store.pk).update(
        lane_order=order, lanes_adding=[code for code in LANES if code in adding]
    )
    record(
        "store.lanes_ordered",
        store=store,
        at=timezone.now(),
        subject=f"store:{store.code}",
        data={"by": request.user.pk, "order": ",".join(order), "adding": ",".join(sorted(adding))},
    )


def _steps(store: Store, order: list[str], adding: set[str]) -> list[Step]:
    published = OfferVersion.objects.filter(
        offer__store=store, offer__status__in=[Offer.Status.RUNNING, Offer.Status.PAUSED]
    )
    counts = dict(
        published.values_list("document__lane").annotate(offers=Count("offer", distinct=True)).order_by()
    )
    return [
        Step(code, say_lane(code), str(ABOUT[code]), code in adding, code in AFTER_CAPS, counts.get(code, 0))
        for code in order
    ]
