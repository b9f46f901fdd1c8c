"""Open a store: the row, its owner, and the storefront's first key."""

import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shop.keys import SERVER_SCOPES, issue_key
from shop.models import ApiKey, Role, StaffRole, Store, User

PASSWORD_BYTES = 15


class StoreRefused(Exception):
    """The store can not be opened; the text tells why."""


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """A new store. `password` is None where the owner had a log-in already; `key` is shown this once."""

    store: Store
    owner: User
    password: str | None
    key: str


def open_store(store: Store, *, owner_email: str) -> OpenedStore:
    """Save the new `store`, make its owner and a server key. StoreRefused: nothing was made."""
    try:
        store.full_clean()
    except ValidationError as error:
        raise StoreRefused(
            "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
        ) from error
    with transaction.atomic():
        store.save()
        owner, password = _owner(owner_email)
        StaffRole.objects.create(store=store, user=owner, role=Role.OWNER)
        _key, secret = issue_key(store, name=_("Storefront"), kind=ApiKey.Kind.SERVER, scopes=SERVER_SCOPES)
    return OpenedStore(store=store, owner=owner, password=password, key=secret)


def _owner(email: str) -> tuple[User, str | None]:
    owner = User.objects.filter(email__iexact=email).first()
    if owner is not None:
        return owner, None
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    return User.objects.create_user(email, password), password
