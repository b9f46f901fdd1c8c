"""What models, forms and the panel say is translatable: lazily, so that each reader gets his own language."""

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.utils.functional import Promise

from tests.architecture.read_tree import floors, our_models, product_modules

# Calls whose first word, or second after the request, is shown to a person.
SHOWN_FIRST = {"ValidationError"}
SHOWN_SECOND = {"success", "info", "warning", "error", "message_user", "add_error"}
GETTEXT = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy"}


def _said_by_model(model: type[models.Model]) -> Iterator[tuple[str, object]]:
    label = model._meta.label
    yield f"{label} verbose_name", model._meta.verbose_name
    yield f"{label} verbose_name_plural", model._meta.verbose_name_plural
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        # Nobody reads keys and digests.
        if field.name == "id" or isinstance(field, models.BinaryField):
            continue
        yield f"{label}.{field.name}", field.verbose_name
        yield f"{label}.{field.name} help_text", field.help_text
        yield from ((f"{label}.{field.name} choice {key}", word) for key, word in field.flatchoices)


def _said_by_form(form: type[forms.BaseForm]) -> Iterator[tuple[str, object]]:
    for name, field in getattr(form, "base_fields", {}).items():
        where = f"{form.__module__}.{form.__name__}.{name}"
        yield f"{where} label", field.label
        yield f"{where} help_text", field.help_text
        choices = getattr(field, "choices", ())
        if not isinstance(field, forms.ModelChoiceField) and isinstance(choices, list | tuple):
            # A choice that reads as it is kept is a code (a currency, a key's scope), the same everywhere.
            words = [(key, word) for key, word in choices if key != word]
            yield from ((f"{where} choice {key}", word) for key, word in words)


def _said_by_panel(page: "admin.ModelAdmin[Any]") -> Iterator[tuple[str, object]]:
    where = type(page).__name__
    if page.fieldsets:
        yield from ((f"{where} fieldset", name or "") for name, _ in page.fieldsets)
        yield from ((f"{where} fieldset text", each[1].get("description", "")) for each in page.fieldsets)
    shown = [*page.list_display, *page.readonly_fields, *flatten_fieldsets(page.fieldsets or ())]
    of_model = {field.name for field in page.model._meta.get_fields()}
    for name in dict.fromkeys(shown):
        if name in of_model:
            continue
        method = name if callable(name) else getattr(page, str(name), None)
        if callable(method):
            yield f"{where}.{name} column", getattr(method, "short_description", str(name))
    for action in page.actions or ():
        method = action if callable(action) else getattr(page, str(action))
        yield f"{where}.{action} action", getattr(method, "short_description", str(action))


def _bare(said: Iterator[tuple[str, object]]) -> list[str]:
    """Empty text says nothing; a lazy translation is a Promise until somebody reads it."""
    return [where for where, word in said if word not in ("", None) and not isinstance(word, Promise)]


def _our_forms() -> list[type[forms.BaseForm]]:
    # config has no forms, and importing its entry points starts the application.
    for package in set(floors()) - {"config"}:
        found = import_module(package)
        for module in pkgutil.walk_packages(found.__path__, prefix=f"{package}."):
            if ".migrations" not in module.name:
                import_module(module.name)
    return [form for form in _subclasses(forms.BaseForm) if form.__module__.split(".")[0] in floors()]


def _subclasses(parent: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    return {each for child in parent.__subclasses__() for each in {child, *_subclasses(child)}}


@pytest.mark.parametrize(
    "model",
    [model for model in our_models() if not model._meta.auto_created],
    ids=lambda model: model._meta.label,
)
def test_a_model_speaks_the_readers_language(model: type[models.Model]) -> None:
    assert _bare(_said_by_model(model)) == []


def test_forms_speak_the_readers_language() -> None:
    assert [where for form in _our_forms() for where in _bare(_said_by_form(form))] == []


def test_lists_and_pages_of_the_panel_speak_the_readers_language() -> None:
    pages = [page for model, page in admin.site._registry.items() if model._meta.app_label in floors()]
    assert [where for page in pages for where in _bare(_said_by_panel(page))] == []


def test_apps_with_models_in_the_panel_are_named_for_the_reader() -> None:
    shown = {model._meta.app_label for model in admin.site._registry if model._meta.app_label in floors()}
    assert [
        label for label in shown if not isinstance(apps.get_app_config(label).verbose_name, Promise)
    ] == []


def _is_bare_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    )


def _says_bare_text(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in GETTEXT:  # a formatted string is never found in the catalogue
        return bool(node.args) and isinstance(node.args[0], ast.JoinedStr)
    if name in SHOWN_FIRST:
        return bool(node.args) and _is_bare_text(node.args[0])
    of_messages = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "messages"
    if name in SHOWN_SECOND and (of_messages or name in {"message_user", "add_error"}):
        return len(node.args) > 1 and _is_bare_text(node.args[1])
    return False


def test_messages_and_refusals_are_translatable() -> None:
    offenders = [
        module.at(node)
        for module in product_modules()
        for node in ast.walk(module.tree)
        if _says_bare_text(node)
    ]
    assert offenders == []


@pytest.mark.parametrize(
    "line",
    [
        "_(f'Hello {name}')",
        "messages.success(request, 'It is done.')",
        "messages.error(request, f'{n} rows')",
        "raise ValidationError('Give a number.')",
        "form.add_error('code', 'Taken already.')",
    ],
)
def test_such_a_line_would_be_seen(line: str) -> None:
    assert any(_says_bare_text(node) for node in ast.walk(ast.parse(line)))
