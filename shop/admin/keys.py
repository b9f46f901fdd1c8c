"""API keys: made here, shown once, revoked here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.keys import SERVER_SCOPES, WIDGET_SCOPES, issue_key, revoke_key
from shop.models import ApiKey
from shop.store_admin import StoreAdmin, store_of


class NewKeyForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """What a key may do is chosen once: a key with other rights is another key."""

    scopes = forms.MultipleChoiceField(
        label=_("May do"),
        choices=[(scope, scope) for scope in SERVER_SCOPES],
        widget=forms.CheckboxSelectMultiple,
        initial=list(SERVER_SCOPES),
        help_text=_("A key can do nothing else. A widget's key may only have events:write and quotes:write."),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "kind", "scopes", "ends_at")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_widget = cleaned.get("kind") == ApiKey.Kind.WIDGET
        if is_widget and set(cleaned.get("scopes", ())) - set(WIDGET_SCOPES):
            self.add_error(
                "scopes",
                _("A widget's key can be read by anybody: leave only events:write and quotes:write."),
            )
        return cleaned


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    revoke = forms.BooleanField(
        label=_("Revoke this key now"),
        required=False,
        help_text=_(
            "From the next request on it opens nothing. This can not be undone; make a new key instead."
        ),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "ends_at")


@admin.register(ApiKey)
class ApiKeyAdmin(StoreAdmin):
    lead_text = _(
        "Your storefront's server and your widget call with a key. Give each its own, so that one can be revoked."
    )
    empty_text = _(
        "Make a key for your storefront's server: it asks with it what a cart costs, and reports its orders."
    )
    add_label = _("Make a key")
    list_display = ("name", "kind", "prefix", "state", "last_used_at", "created_at")
    list_filter = ("kind", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "prefix")
    search_help_text = _("Name or first letters")
    ordering = ("revoked_at", "-id")
    readonly_fields: ClassVar = ("kind", "prefix", "scopes", "last_used_at", "revoked_at", "created_at")

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = KeyForm if change else NewKeyForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "kind", "scopes", "ends_at")
        return ("name", "ends_at", "revoke", *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    @admin.display(description=_("state"))
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return gettext("revoked")
        return gettext("ended") if key.ends_at and key.ends_at <= timezone.now() else gettext("works")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new key's secret goes to the answer below, and nowhere else."""
        if change:
            super().save_model(request, obj, form, change)
            if form.cleaned_data.get("revoke"):
                revoke_key(obj, at=timezone.now())
            return
        store = store_of(request)
        assert store is not None, "the guard lets nobody here without a store"
        made, secret = issue_key(store, name=obj.name, kind=obj.kind, scopes=form.cleaned_data["scopes"])
        ApiKey.objects.filter(pk=made.pk).update(ends_at=obj.ends_at)
        obj.pk, obj.store, obj.prefix, obj.digest = made.pk, store, made.prefix, made.digest
        request.new_secret = secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Copy the key now"),
            "key": obj,
            "secret": request.new_secret,  # type: ignore[attr-defined]
        }
        return TemplateResponse(
            request, "panel/keys/made.html", context, headers={"Cache-Control": "no-store"}
        )
