"""Keep what the builder has made: a draft, or a new version of what runs already."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty.models import Offer
from loyalty.publish import write_version
from panel.offers.find import newest_version
from panel.playbooks.free_code import free_code
from shop.models import Store, User

CODE_MAX = 48


@transaction.atomic
def save_offer(
    store: Store,
    offer: Offer | None,
    document: Mapping[str, Any],
    *,
    name: str,
    by: User,
    at: datetime,
    in_force_at: datetime | None = None,
) -> Offer:
    """A new draft, or a new version of `offer` from `in_force_at` on (at once, if it is not given).

    Terms that did not change make no version. Raises OfferDocumentInvalid and PublishRefused.
    """
    if offer is None:
        code = free_code(_short(name), among=Offer.objects.filter(store=store))
        offer = Offer.objects.create(store=store, code=code, name=name)
    elif offer.name != name:
        Offer.objects.filter(pk=offer.pk).update(name=name)
    newest = newest_version(offer)
    if newest is None or newest.document != document:
        write_version(offer, document, by=by, at=at, in_force_at=in_force_at)
    return offer


@transaction.atomic
def duplicate(offer: Offer, document: Mapping[str, Any], *, name: str, by: User, at: datetime) -> Offer:
    """A draft with the same terms. Its first and last day are left out: an end that was announced is of the other."""
    schedule = {**(document.get("schedule") or {}), "starts_at": None, "ends_at": None}
    return save_offer(offer.store, None, {**document, "schedule": schedule}, name=name, by=by, at=at)


def _short(name: str) -> str:
    """A short name for the API: letters, digits and hyphens of the long one."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    words = [word for word in letters.split("-") if word]
    return "-".join(words)[:CODE_MAX].strip("-") or "offer"
