"""The address of a card's page. Its signature is the right to see it, so nobody guesses another card's."""

from typing import Final

from django.conf import settings
from django.core import signing

from clubcards.models import Membership

SALT: Final = "clubcards.card"
TOKEN_MAX: Final = 200


class CardUnknown(Exception):
    """The link was not made by us, or not whole."""


def card_url(membership: Membership) -> str:
    """Works for ever; a card that has ended says so."""
    token = signing.Signer(salt=SALT, sep="~").sign(str(membership.pk))
    return f"{settings.PUBLIC_URL.rstrip('/')}/card/{token}/"


def card_of(token: str) -> Membership:
    """The card with its plan, store and customer. Raises CardUnknown."""
    if len(token) > TOKEN_MAX:
        raise CardUnknown
    try:
        pk = int(signing.Signer(salt=SALT, sep="~").unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise CardUnknown from error
    found = Membership.objects.select_related("plan", "store", "customer").filter(pk=pk).first()
    if found is None:
        raise CardUnknown
    return found
