"""Whether what was answered makes an offer; what does not is said beside the answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from loyalty.models import Offer
from loyalty.offer_document import OfferDocumentInvalid, parse
from loyalty.publish import PublishFault
from panel.offers.draft import Draft
from panel.offers.say_fault import PUBLISH


def judge(draft: Draft, *, before: Mapping[str, Any] | None, offer: Offer | None) -> bool:
    """Each answer by itself, then all together. `before`: the terms of the offer that is being changed."""
    if not draft.is_valid():
        return False
    if not draft.benefits:
        draft.errors.append(_("Say what the offer gives: add at least one thing under “Give”."))
        return False
    if any(not part.is_bound for part in [*draft.conditions, *draft.benefits]):
        return False
    document = draft.document()
    try:
        parse(document)
    except OfferDocumentInvalid as fault:
        draft.blame(fault)
        return False
    if offer is not None and offer.status != Offer.Status.DRAFT and ends_later(before or {}, document):
        blame_publish(draft, PublishFault.END_MOVED_LATER)
        return False
    return True


def blame_publish(draft: Draft, fault: PublishFault) -> None:
    attr, said = PUBLISH[fault]
    draft.blame_at(attr, str(said))


def ends_later(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """An announced end is never moved later; publishing refuses it too."""
    told, now = (_end(document) for document in (before, after))
    return told is not None and (now is None or now > told)


def _end(document: Mapping[str, Any]) -> datetime | None:
    text = (document.get("schedule") or {}).get("ends_at")
    return datetime.fromisoformat(text) if text else None
