"""Colleagues, their roles, and approvals."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from shop.models import Approval, Role, StaffRole, User
from shop.store_admin import StoreAdmin, role_of, store_of

ROLE_HELP = _(
    "Owner and admin: everything; only owners make owners. Marketer: campaigns and reports, personal data masked. "
    "Support: one customer at a time. Analyst: sums only."
)


def roles_to_give(role: str) -> list[tuple[str, Any]]:
    """Nobody gives more than they hold themselves."""
    return [(value, label) for value, label in Role.choices if role == Role.OWNER or value != Role.OWNER]


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    role = forms.ChoiceField(
        label=_("Role in this store"),
        choices=Role.choices,
        help_text=ROLE_HELP,
        widget=UnfoldAdminSelectWidget,
    )
    password = forms.CharField(
        label=_("First password"),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least eight characters, no common word. Tell it in person; it can be changed in the panel."
        ),
    )

    class Meta:
        model = User
        fields = ("email", "name", "language")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.instance)
        return password


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: it stays as it is."),
    )

    class Meta:
        model = User
        fields = ("name", "language", "is_active")

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        if password:
            validate_password(password, self.instance)
        return password


@admin.register(User)
class UserAdmin(StoreAdmin):
    store_path = "roles__store"
    lead_text = _("Who may log in to this store's panel. What each may do is the role's.")
    empty_text = _("Add the people who work with you; give each the smallest role that does.")
    add_label = _("Add a colleague")
    list_display = ("email", "name", "role", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("email", "name")
    search_help_text = _("E-mail or name")
    ordering = ("email",)

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = UserForm if change else NewUserForm
        form = super().get_form(request, obj, change, **kwargs)
        if not change:
            form.base_fields["role"].choices = roles_to_give(role_of(request))
        return form

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("email", "name", "role", "language", "password")
        return ("email", "name", "language", "is_active", "new_password")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return ("email",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_below(request, obj))

    @admin.display(description=_("role"))
    def role(self, user: User) -> str:
        return ", ".join(sorted({role.get_role_display() for role in user.roles.all()}))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("roles")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        password = form.cleaned_data.get("new_password" if change else "password")
        if password:
            obj.set_password(password)
        super().save_model(request, obj, form, change)
        if not change:
            store = store_of(request)
            assert store is not None, "the guard lets nobody here without a store"
            StaffRole.objects.create(store=store, user=obj, role=form.cleaned_data["role"])


def _is_below(request: HttpRequest, user: User) -> bool:
    """A log-in opens every store its person works in, so only somebody who holds at least as much may change it."""
    if user.pk == request.user.pk or getattr(request.user, "is_superuser", False):
        return True
    if user.is_superuser:
        return False
    roles = list(user.roles.all())
    store = store_of(request)
    is_only_here = all(role.store_id == (store.pk if store else None) for role in roles)
    is_owner = any(role.role == Role.OWNER for role in roles)
    return is_only_here and (role_of(request) == Role.OWNER or not is_owner)


class StaffRoleForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    class Meta:
        model = StaffRole
        fields = ("role",)

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        if self.instance.role == Role.OWNER and role != Role.OWNER and _is_last_owner(self.instance):
            raise ValidationError(
                _("A store needs an owner. Make somebody else one first."), code="last_owner"
            )
        return role


@admin.register(StaffRole)
class StaffRoleAdmin(StoreAdmin):
    form = StaffRoleForm
    lead_text = _("Which role each colleague has in this store. Removing one keeps the person's history.")
    empty_text = _("Nobody has a role in this store yet. Add a colleague under Colleagues.")
    list_display = ("user", "role", "created_at")
    list_filter = ("role",)
    search_fields = ("user__email", "user__name")
    search_help_text = _("E-mail or name")
    list_select_related = ("user",)
    ordering = ("user__email",)
    fields = ("user", "role")
    readonly_fields = ("user",)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = roles_to_give(role_of(request))
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not one's own, and not the last owner's: somebody must be able to come in."""
        allowed = super().has_delete_permission(request, obj) and _may_touch(request, obj)
        return allowed and (obj is None or (obj.user_id != request.user.pk and not _is_last_owner(obj)))


def _may_touch(request: HttpRequest, role: StaffRole | None) -> bool:
    return role is None or role_of(request) == Role.OWNER or role.role != Role.OWNER


def _is_last_owner(role: StaffRole) -> bool:
    owners = StaffRole.objects.filter(store=role.store_id, role=Role.OWNER).exclude(pk=role.pk)
    return role.role == Role.OWNER and not owners.exists()


@admin.register(Approval)
class ApprovalAdmin(StoreAdmin):
    is_append_only = True
    lead_text = _("What one person may not do alone, and what the second person said.")
    empty_text = _("Nothing waits for a second person.")
    list_display = ("subject", "status", "asked_by", "asked_at", "decided_by", "decided_at")
    list_filter = ("status",)
    search_fields = ("subject",)
    list_select_related: ClassVar = ("asked_by", "decided_by")
    ordering = ("-id",)
