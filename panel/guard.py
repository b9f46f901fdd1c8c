"""The door of the panel: who comes in, with which role, into which store, and only where the route table lets them."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from shop.models import Role, StaffRole, Store, User
from shop.store_admin import is_allowed

STORES_MAX = 100  # in the header's switch
SESSION_KEY = "store_id"
PANEL_NAMESPACES = frozenset({"admin", "panel"})
# What a person may do before there is any store to work in.
STORELESS = frozenset(
    {"admin:index", "admin:shop_store_add", "admin:password_change", "admin:password_change_done"}
)


class PanelRequest(HttpRequest):
    """What the guard makes of a request. Typing only: pages behind the guard may rely on these."""

    user: User
    store: Store
    role: str
    stores: list[Store]


class PanelGuard:
    """Middleware. Sets `store`, `role` and `stores`; answers 403 with a page that says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        route = _panel_route(request)
        if route is None or is_allowed("", route):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        _enter_store(request)
        if not is_allowed(request.role, route, writing=request.method not in ("GET", "HEAD")):  # type: ignore[attr-defined]
            return _refuse(request)
        if request.store is None and route not in STORELESS:  # type: ignore[attr-defined]
            return _refuse(request)
        return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        store: Store | None = request.store  # type: ignore[attr-defined]
        zone = ZoneInfo(store.time_zone if store else "UTC")
        with timezone.override(zone), translation.override(_language(request)):
            return self.get_response(request)


def _panel_route(request: HttpRequest) -> str | None:
    """The route's name where the address is the panel's. Raises Http404 for a page of the panel that has no name."""
    try:
        match = resolve(request.path_info)
    except (Resolver404, Http404):
        return None
    if not match.namespaces or match.namespaces[0] not in PANEL_NAMESPACES:
        return None
    if match.url_name is None:
        raise Http404
    return match.view_name


def _enter_store(request: HttpRequest) -> None:
    """Find the stores this person works in, the one of the session first, and the role there. One query."""
    user = request.user
    assert isinstance(user, User)
    chosen = request.session.get(SESSION_KEY)
    if user.is_superuser:
        roles = {store: str(Role.OWNER) for store in Store.objects.order_by("name", "id")[:STORES_MAX]}
    else:
        rows = StaffRole.objects.filter(user=user).select_related("store").order_by("store__name", "store_id")
        roles = {row.store: row.role for row in rows[:STORES_MAX]}
    stores = list(roles)
    store = next((store for store in stores if store.pk == chosen), stores[0] if stores else None)
    request.stores = stores  # type: ignore[attr-defined]
    request.store = store  # type: ignore[attr-defined]
    request.role = _role(user, roles[store] if store else "")  # type: ignore[attr-defined]


def _role(user: User, role: str) -> str:
    return str(Role.OWNER) if user.is_superuser else role


def _refuse(request: HttpRequest) -> HttpResponse:
    role = dict(Role.choices).get(request.role, "")  # type: ignore[attr-defined]
    context = {"title": translation.gettext("Not open to you"), "role": role}
    return render(request, "panel/refused.html", context, status=403)


def _language(request: HttpRequest) -> str:
    """The switch in the panel comes first, then what the person's own row says, then the browser."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return translation.get_language() or settings.LANGUAGE_CODE
    own = getattr(request.user, "language", "")
    return own or translation.get_language() or settings.LANGUAGE_CODE
