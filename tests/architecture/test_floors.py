"""Foreign keys, string ones too, point down the floors. Imports are import-linter's (pyproject.toml)."""

from django.db import models

from tests.architecture.read_tree import floors, our_models


def test_foreign_keys_point_down() -> None:
    offenders = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and _stands_above(field.related_model._meta.app_label, model._meta.app_label)
    ]
    assert offenders == []


def test_a_foreign_key_to_a_floor_above_or_beside_would_be_seen() -> None:
    assert _stands_above("triggers", "coupons")
    assert _stands_above("clubcards", "coupons")
    assert not _stands_above("shop", "coupons")
    assert not _stands_above("coupons", "coupons")


def _stands_above(target: str, source: str) -> bool:
    """Or beside it: siblings do not know each other. Django's own tables are below every floor."""
    if target == source or target not in floors():
        return False
    return floors()[target] >= floors()[source]
