"""Who calls: the key in `Authorization: Bearer rk_…` decides the store and what may be done."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from shop.keys import find_key, note_use
from shop.models import ApiKey

if (
    TYPE_CHECKING
):  # the framework's views read this module's name from the settings while they are being imported
    from rest_framework.views import APIView

SECRET_LENGTH_MAX = 80


class KeyAuthentication(BaseAuthentication):
    """One query brings the key and its store, and with the store the version of its offers."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        scheme, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        secret, at = secret.strip(), timezone.now()
        key = find_key(secret, at=at) if _looks_like_a_key(secret) else None
        if key is None:
            raise AuthenticationFailed(
                _("This key is unknown, revoked or has ended. Make a new one in the panel under API keys."),
                code="wrong_key",
            )
        note_use(key, at=at)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Reprise"'


class HasScope(BasePermission):
    """Each view names the scope that each of its methods needs; a method without one is nobody's."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiKey):
            return False
        method = {"HEAD": "GET", "OPTIONS": "GET"}.get(request.method or "", request.method or "")
        scopes: Mapping[str, str] = getattr(view, "scope", {})
        if method not in scopes and not hasattr(view, method.lower()):
            return True  # nothing behind it: the answer is 405
        needed = scopes.get(method)
        if needed is None or needed not in request.auth.scopes:
            raise PermissionDenied(
                _("This key may not do that. It needs the scope %(scope)s.") % {"scope": needed},
                code="missing_scope",
            )
        return True


def key_of(request: Request) -> ApiKey:
    """The key that authenticated the request; its store is the only one the request may see."""
    assert isinstance(request.auth, ApiKey), "only behind KeyAuthentication and HasScope"
    return request.auth


def _looks_like_a_key(secret: str) -> bool:
    return secret.startswith("rk_") and len(secret) <= SECRET_LENGTH_MAX and secret.isascii()
