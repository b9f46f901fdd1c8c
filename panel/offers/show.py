"""What the builder's pages show of an offer: its sentence, what is missing, and its preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.models import Offer
from loyalty.offer_document import OfferDocumentInvalid, parse
from loyalty.say_rule import say_rule
from panel.offers.draft import Draft
from panel.offers.known import Known, read_known
from panel.offers.preview import Preview, preview
from panel.offers.sample import FIT
from panel.offers.say_fault import say_fault
from shop.models import Store


@dataclass(frozen=True, slots=True)
class Shown:
    """`rule` is empty while nothing is given; `missing`: what is still to be answered or makes no sense."""

    rule: str
    missing: tuple[str, ...]
    preview: Preview | None = None


def show_rule(store: Store, document: Mapping[str, Any], *, at: datetime) -> str:
    """The sentence of stored terms, with the names of what they speak of."""
    return _say(read_known(store, at=at), document) if document.get("benefits") else ""


def show_draft(
    draft: Draft, document: Mapping[str, Any], *, sample: str = FIT, offer: Offer | None, now: datetime
) -> Shown:
    """`document` may be partial: it is said and tried as far as it goes."""
    missing = _open_answers(draft)
    if not document.get("benefits"):
        return Shown("", (_("Say what the offer gives: add at least one thing under “Give”."), *missing))
    known = draft.known
    rule = _say(known, document)
    try:
        parse(document)
    except OfferDocumentInvalid as fault:
        return Shown(rule, (*missing, say_fault(fault)))
    found = preview(
        known.store,
        document,
        sample=sample,
        names=known.names(document)["skus"],
        offer=offer,
        now=now,
        language=get_language() or "en",
    )
    return Shown(rule, missing, found)


def _say(known: Known, document: Mapping[str, Any]) -> str:
    names = known.names(document)
    return say_rule(document, known.store, language=get_language() or "en", names=names)


def _open_answers(draft: Draft) -> tuple[str, ...]:
    """The parts whose answers are not right yet, by their title; nothing before anything was answered."""
    parts = [*draft.conditions, *draft.benefits, draft.audience.part, draft.recurring.part]
    wrong = (
        [part for part in parts if not part.is_bound or not part.is_valid()] if draft.frame.is_bound else []
    )
    return tuple(_("Still open: %(what)s.") % {"what": part.kind.title} for part in wrong)
