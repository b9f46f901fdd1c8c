"""Customers, their personal data, what they agreed to, and browsers."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import RangeDateTimeFilter

from shop.mask import mask_email, mask_name
from shop.models import Consent, Customer, Person, Visitor
from shop.store_admin import StoreAdmin, sees_people


class PersonFilter(admin.SimpleListFilter):
    """Whether anything personal is known."""

    title = _("e-mail address")
    parameter_name = "address"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("known")), ("no", _("unknown"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = Q(person__email__gt="")
        if self.value() == "yes":
            return queryset.filter(known)
        return queryset.exclude(known) if self.value() == "no" else queryset


class MemberFilter(admin.SimpleListFilter):
    """Whether they joined the programme."""

    title = _("in the programme")
    parameter_name = "member"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("yes", "no"):
            return queryset.filter(joined_at__isnull=self.value() == "no")
        return queryset


@admin.register(Customer)
class CustomerAdmin(StoreAdmin):
    page_route = "panel:customer"
    is_searched_by_support = True
    lead_text = _(
        "Look a customer up by number, name or e-mail; the row opens the whole story: orders, points, coupons, mails."
    )
    empty_text = _(
        "Customers appear here as your storefront reports them, or with an import. Begin with the import."
    )
    list_display = ("ref", "name", "email", "country", "joined_on", "last_order_on")
    list_filter = (MemberFilter, PersonFilter, ("last_order_at", RangeDateTimeFilter), "country")
    search_fields = ("ref", "person__name", "person__email")
    search_help_text = _("Number, name or e-mail")
    ordering = (F("last_order_at").desc(nulls_last=True), "-id")
    list_select_related = ("person",)
    fields = ("ref", "language", "time_zone", "country", "joined_at")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        if sees_people(request):
            return self.list_display
        return ("ref", "masked_name", "masked_email", "country", "joined_on", "last_order_on")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Whoever may not see an address may not find out by searching either."""
        return self.search_fields if sees_people(request) else ("ref",)

    def get_readonly_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        return ("ref",) if obj else ()

    @admin.display(description=_("member since"), ordering="joined_at")
    def joined_on(self, customer: Customer) -> str:
        return _day(customer.joined_at)

    @admin.display(description=_("last order"), ordering="last_order_at")
    def last_order_on(self, customer: Customer) -> str:
        return _day(customer.last_order_at)

    @admin.display(description=pgettext_lazy("of a person", "name"), ordering="person__name")
    def name(self, customer: Customer) -> str:
        return _person(customer).name or "–"

    @admin.display(description=_("e-mail"), ordering="person__email")
    def email(self, customer: Customer) -> str:
        return _person(customer).email or "–"

    @admin.display(description=pgettext_lazy("of a person", "name"))
    def masked_name(self, customer: Customer) -> str:
        return mask_name(_person(customer).name) or "–"

    @admin.display(description=_("e-mail"))
    def masked_email(self, customer: Customer) -> str:
        return mask_email(_person(customer).email) or "–"


@admin.register(Person)
class PersonAdmin(StoreAdmin):
    lead_text = _(
        "Names and addresses, apart from everything else, so that erasing them leaves every sum as it was."
    )
    empty_text = _("Personal data comes from your storefront, together with the customer.")
    list_display = ("customer", "name", "email", "phone", "birth_on")
    search_fields = ("name", "email", "customer__ref")
    search_help_text = _("Name, e-mail or customer number")
    list_select_related = ("customer",)
    fields = ("customer", "name", "email", "phone", "birth_on")
    autocomplete_fields = ("customer",)

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        return ("customer",) if obj else ()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return self._log(request, obj, ADDITION, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return self._log(request, obj, CHANGE, message)

    def _log(self, request: HttpRequest, person: Person, action: int, message: Any) -> LogEntry:
        """History keeps the names of fields and the customer's number, never the data: erasure must reach it all."""
        assert request.user.pk is not None, "the guard lets nobody here without a log-in"
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(Person),
            object_id=str(person.pk),
            object_repr=person.customer.ref,
            action_flag=action,
            change_message=message if isinstance(message, str) else _names_only(message),
        )


@admin.register(Consent)
class ConsentAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _(
        "Every answer to “may we write to you”, as it was given. The newest one for a purpose counts."
    )
    empty_text = _(
        "No answer yet. Ask at the checkout, one box per purpose, off by default, and send it over the API."
    )
    list_display = ("customer", "purpose", "channel", "is_given", "source", "at")
    list_filter = ("purpose", "channel", "is_given", ("at", RangeDateTimeFilter))
    search_fields = ("customer__ref", "source")
    search_help_text = _("Customer number or source")
    list_select_related = ("customer",)
    ordering = ("-at", "-id")


@admin.register(Visitor)
class VisitorAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _(
        "Browsers known by a cookie of your shop. A visitor joins a customer when it becomes known."
    )
    empty_text = _("No visitor yet. They appear once the storefront or the widget reports visits.")
    list_display = ("key", "customer", "visits", "first_seen_at", "last_seen_at")
    list_filter = (("last_seen_at", RangeDateTimeFilter),)
    search_fields = ("customer__ref",)
    search_help_text = _("Customer number")
    list_select_related = ("customer",)
    ordering = ("-last_seen_at",)


def _person(customer: Customer) -> Person:
    """An empty one where nothing personal is known, or has been erased."""
    found: object = getattr(customer, "person", None)
    return found if isinstance(found, Person) else Person()


def _day(moment: datetime | None) -> str:
    return "–" if moment is None else date_format(timezone.localtime(moment), "DATE_FORMAT")


def _names_only(message: Any) -> str:
    """Django's list of changes names fields only; an added row names itself, which is left out."""
    fields = [name for part in message for name in part.get("changed", {}).get("fields", [])]
    return ", ".join(str(name) for name in fields)
