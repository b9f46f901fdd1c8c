"""Friends who bring friends: the terms, the tree, and what waits for a person."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.models import Referral, ReferralProgramme, ReferralReward, ReviewCase
from loyalty.referrals.tree import largest_trees, tree_of
from panel.guard import PanelRequest
from panel.page import show_page
from panel.playbooks.start_mails import has_mails
from panel.referrals.draw_tree import draw_tree
from panel.referrals.mails import FRIEND_MAILS
from panel.referrals.say_signal import say_signals
from panel.referrals.say_terms import say_terms
from panel.referrals.settings_form import ReferralForm, values_of
from shop.clock import store_moment
from shop.models import Customer, Store
from shop.record import record
from shop.store_admin import is_allowed, sees_people

CASES_SHOWN = 20
SEARCH_MAX = 80


def show_referrals(request: PanelRequest) -> HttpResponse:
    """What the programme gives, what came of it, who brought whom, and the cases that wait."""
    store = request.store
    programme = programme_of(store)
    asked = request.GET.get("q", "").strip()[:SEARCH_MAX]
    is_open = sees_people(request)
    found = _find(store, asked, is_open=is_open) if asked else None
    people = tree_of(store, found.pk) if found else largest_trees(store)
    may_review = is_allowed(request.role, "panel:referral_review")
    return show_page(
        request,
        "panel/referrals/page.html",
        title=_("Friends who bring friends"),
        store=store,
        programme=programme,
        terms=say_terms(store, programme),
        totals=_totals(store),
        asked=asked,
        is_missing=bool(asked) and found is None,
        tree=draw_tree(people, is_open=is_open, found=found.pk if found else None),
        cases=_cases(store) if may_review else [],
        may_review=may_review,
        has_mails=has_mails(store, FRIEND_MAILS),
        may_edit=is_allowed(request.role, "panel:referral_settings", writing=True),
    )


def edit_settings(request: PanelRequest) -> HttpResponse:
    """The terms; orders that are placed already keep theirs."""
    store = request.store
    programme = programme_of(store)
    if request.method != "POST":
        return _ask(request, ReferralForm(store=store, initial=values_of(programme)))
    form = ReferralForm(request.POST, store=store)
    if not form.is_valid():
        return _ask(request, form)
    with transaction.atomic():
        ReferralProgramme.objects.update_or_create(store=store, defaults=form.cleaned_data)
        record(
            "referral.terms_changed",
            store=store,
            at=store_moment(store, timezone.now()),
            data={"by": request.user.pk, "is_on": form.cleaned_data["is_on"]},
        )
    messages.success(request, _("Saved. It holds for orders placed from now on."))
    return HttpResponseRedirect(reverse("panel:referrals"))


def programme_of(store: Store) -> ReferralProgramme:
    """The store's, or the one that it would begin with: not stored yet."""
    return ReferralProgramme.objects.filter(store=store).first() or ReferralProgramme(store=store)


def _ask(request: PanelRequest, form: ReferralForm) -> HttpResponse:
    return show_page(
        request,
        "panel/referrals/settings.html",
        title=_("What does a friend bring?"),
        form=form,
        status=400 if form.errors else 200,
    )


def _totals(store: Store) -> dict[str, int]:
    """Since the beginning."""
    rewards = ReferralReward.objects.filter(store=store)
    return {
        "friends": Referral.objects.filter(store=store).count(),
        **rewards.aggregate(
            orders=Count("order", distinct=True, filter=Q(status=ReferralReward.Status.GRANTED)),
            points=Sum(
                F("points") - F("taken_back"), filter=Q(status=ReferralReward.Status.GRANTED), default=0
            ),
            waiting=Count("order", distinct=True, filter=Q(status=ReferralReward.Status.REVIEW)),
        ),
    }


def _find(store: Store, asked: str, *, is_open: bool) -> Customer | None:
    """By reference; by name or address only for who may see them."""
    mine = Customer.objects.filter(store=store)
    by_name = Q(person__name__icontains=asked) | Q(person__email__iexact=asked)
    found = mine.filter(ref=asked).first()
    return found or (mine.filter(by_name).order_by("id").first() if is_open else None)


def _cases(store: Store) -> list[tuple[ReviewCase, list[str]]]:
    """The oldest first: they have waited longest."""
    waiting = ReviewCase.objects.filter(store=store, decisions=None).select_related("order__customer__person")
    return [(case, say_signals(case.signals)) for case in waiting.order_by("opened_at")[:CASES_SHOWN]]
