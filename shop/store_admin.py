"""The one base of every admin page: one store at a time, rights from the route table, append-only where the table is.

`config.access` stands above this floor, so its table comes through the settings (`ROUTE_ACCESS`); the guard of the
panel sets `store` and `role` on the request before any of this runs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from shop.models import Role, Store
from shop.money_field import MoneyField
from shop.percent_field import PercentField


class Access(Protocol):
    """One row of the route table."""

    def allows(self, name: str, *, writing: bool) -> bool: ...


def is_allowed(role: str, route: str, *, writing: bool = False) -> bool:
    """Whether the table opens the route to the role. A route that is not in the table is closed."""
    routes: Mapping[str, Access] = settings.ROUTE_ACCESS
    access = routes.get(route)
    return access is not None and access.allows(role, writing=writing)


def store_of(request: HttpRequest) -> Store | None:
    """The store this person works in now; None only before the first store has been made."""
    store: Store | None = getattr(request, "store", None)
    return store


def role_of(request: HttpRequest) -> str:
    """The person's role in that store; empty for nobody, which no route allows."""
    return str(getattr(request, "role", ""))


def sees_people(request: HttpRequest) -> bool:
    """Whether names and addresses may be shown. A marketer sees them masked, an analyst not at all."""
    return role_of(request) in (Role.OWNER, Role.ADMIN, Role.SUPPORT)


class StoreAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Shows and changes rows of the request's store only.

    `store_path` leads from the model to its store ("order__store"); None where the table belongs to no store.
    `page_route` names a panel page that shows one row better than a form; lists then link there.
    `empty_text` is what an empty list says: what this is for, and the first step; `add_label` the button below it.
    `lead_text` stands above the list. Support works on one customer at a time: where `is_searched_by_support`, the
    list shows nothing before something is looked for. `money_fields` and `percent_fields` are typed as people write
    them (2.55, 12.5) and kept in minor units and basis points.
    """

    store_path: ClassVar[str | None] = "store"
    page_route: ClassVar[str] = ""
    empty_text: ClassVar[Any] = ""
    add_label: ClassVar[Any] = ""
    lead_text: ClassVar[Any] = ""
    is_searched_by_support: ClassVar[bool] = False
    is_append_only: ClassVar[bool] = False
    money_fields: ClassVar[tuple[str, ...]] = ()
    percent_fields: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    list_filter_submit = True
    list_before_template = "panel/list_lead.html"
    actions: Sequence[Any] | None = None

    def route(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows if self.store_path is None else rows.filter(**{self.store_path: store_of(request)})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Called by what is listed: Django's own "Select … to change" cannot be said in every language."""
        titled = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, titled)
        return response

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return is_allowed(role_of(request), self.route("changelist" if obj is None else "change"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not self.is_append_only and is_allowed(role_of(request), self.route("add"), writing=True)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return not self.is_append_only and is_allowed(role_of(request), self.route("change"), writing=True)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return not self.is_append_only and is_allowed(role_of(request), self.route("delete"), writing=True)

    def get_exclude(self, request: HttpRequest, obj: models.Model | None = None) -> Sequence[str]:
        """The store is the request's, so no form asks for it."""
        return [*(super().get_exclude(request, obj) or ()), *(["store"] if self._has_store_field() else [])]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        typed = {"label": capfirst(db_field.verbose_name), "help_text": db_field.help_text}
        if db_field.name in self.money_fields:
            currency = (store_of(request) or Store()).currency
            return MoneyField(currency=currency, required=not db_field.blank, **typed)
        if db_field.name in self.percent_fields:
            return PercentField(zero_allowed=True, required=not db_field.blank, **typed)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", choices_in_store(db_field, request, site=self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and self._has_store_field():
            obj.store = store_of(request)
        super().save_model(request, obj, form, change)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if self.is_searched_by_support and role_of(request) == Role.SUPPORT and not search_term.strip():
            return queryset.none(), False
        found: tuple[models.QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
        return found

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StoreChangeList

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not is_allowed(role_of(request), self.route("history")):
            raise PermissionDenied
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Another store's row answers exactly as one that does not exist."""
        raise Http404

    def page_of(self, obj: models.Model) -> str:
        """Address of the page that shows this row."""
        return reverse(self.page_route or self.route("change"), args=[obj.pk])

    def _has_store_field(self) -> bool:
        return _has_field(self.model, "store")


class StoreChangeList(ChangeList):  # type: ignore[misc]  # unfold has no types
    """Rows link to the page that shows them best."""

    def url_for_result(self, result: models.Model) -> str:
        return str(self.model_admin.page_of(result))


class StoreInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows of the parent, which is of the request's store already. Read-only unless a page says otherwise."""

    extra = 0
    can_delete = False
    tab = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def choices_in_store(db_field: Any, request: HttpRequest, *, site: admin.AdminSite) -> models.QuerySet[Any]:
    """The rows a form may offer for this foreign key: those that their own page would list in this store."""
    model = db_field.remote_field.model
    registered = site._registry.get(model)
    if registered is not None:
        return registered.get_queryset(request)
    rows: models.QuerySet[Any] = model._default_manager.all()
    return rows.filter(store=store_of(request)) if _has_field(model, "store") else rows


def _has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
