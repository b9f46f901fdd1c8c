"""What somebody should know before an offer is published: nothing here forbids it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coupons.models import CouponCampaign
from loyalty.models import Offer
from panel.offers.known import Known
from pricing.values import WHOLE_BP
from shop.models import Store
from shop.show_money import show_share

Document = Mapping[str, Any]
FREE_FOR_ALL_BP = 5_000


def warnings(document: Document, known: Known, *, offer: Offer, at: datetime) -> list[str]:
    """Sentences, the gravest first. Three queries at most."""
    return [said for warn in WARNINGS for said in warn(document, known, offer, at)]


def _gives_away(document: Document, known: Known, offer: Offer, at: datetime) -> Iterator[str]:
    rates = [part["rate_bp"] for part in document["benefits"] if part["kind"] == "percent_off"]
    language = get_language() or "en"
    if max(rates, default=0) == WHOLE_BP:
        yield _("It gives goods away: 100 percent is the whole price.")
    elif max(rates, default=0) >= FREE_FOR_ALL_BP:
        share = show_share(max(rates), language=language)
        yield _("%(share)s is a large discount: look at the forecast's margin before you publish.") % {
            "share": share
        }
    cap = known.store.line_cap_bp
    if cap is not None and max(rates, default=0) > cap:
        yield _("The store's limit of %(share)s off a line cuts it down.") % {
            "share": show_share(cap, language=language)
        }


def _endless(document: Document, known: Known, offer: Offer, at: datetime) -> Iterator[str]:
    limits = document.get("limits") or {}
    has_limit = any(limits.get(name) for name in ("uses_max", "budget_max"))
    if not (document.get("schedule") or {}).get("ends_at") and not has_limit:
        yield _("It has neither an end nor a limit: it goes on costing until somebody pauses it.")


def _is_over(document: Document, known: Known, offer: Offer, at: datetime) -> Iterator[str]:
    ends = (document.get("schedule") or {}).get("ends_at")
    if ends and datetime.fromisoformat(ends) <= at:
        yield _("Its last day is over, so nobody will get it. Choose other days.")


def _no_floor(document: Document, known: Known, offer: Offer, at: datetime) -> Iterator[str]:
    if known.store.margin_floor_bp is None:
        yield _("The store has no margin floor: nothing stops an offer from selling below cost.")


def _without_days(document: Document, known: Known, offer: Offer, at: datetime) -> Iterator[str]:
    kind = ((document.get("schedule") or {}).get("recurring") or {}).get("kind")
    if kind == "paydays" and not known.store.paydays:
        yield _("The store has no paydays yet, so it never runs. Fill them in under Set-up, Store.")
    if kind == "holidays" and not known.store.country:
        yield _("The store has no country, so no holiday is known and it never runs. See Set-up, Store.")


def _unknown_names(document: Document, known: Known, offer: Offer, at: datetime) -> Iterator[str]:
    names = known.names(document)
    for sku in sorted(_named(document, "skus") - set(names["skus"])):
        yield _("There is no product with the number %(sku)s yet.") % {"sku": sku}
    for family in ("groups", "plans"):
        for code in sorted(_named(document, family) - set(names.get(family, {}))):
            yield _("“%(code)s” is not there any more, so it matches nothing.") % {"code": code}


def _without_codes(document: Document, known: Known, offer: Offer, at: datetime) -> Iterator[str]:
    needs_code = (document.get("audience") or {}).get("kind") == "coupon"
    if needs_code and not CouponCampaign.objects.filter(offer=offer).exists():
        yield _("Only coupons open it, and no coupon campaign gives out codes for it yet.")


def _named(part: Any, family: str) -> set[str]:
    if isinstance(part, Mapping):
        mine = set(part.get(family) or ())
        return mine.union(*[_named(value, family) for name, value in part.items() if name != family])
    if isinstance(part, list | tuple):
        return set().union(*[_named(each, family) for each in part])
    return set()


Warn = Callable[[Document, Known, Offer, datetime], Iterator[str]]
WARNINGS: tuple[Warn, ...] = (
    _is_over,
    _gives_away,
    _without_days,
    _without_codes,
    _unknown_names,
    _endless,
    _no_floor,
)


def guard_rails(store: Store) -> list[tuple[str, str]]:
    """The store's own limits, in words: what each is, and what it is set to."""
    language = get_language() or "en"

    def share(limit_bp: int | None) -> str:
        return _("not set") if limit_bp is None else show_share(limit_bp, language=language)

    return [
        (_("Margin floor"), share(store.margin_floor_bp)),
        (_("Most discount on a line"), share(store.line_cap_bp)),
    ]
