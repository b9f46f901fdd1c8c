"""Texts to translate are found and checked without gettext."""

from pathlib import Path

import pytest

from config.management.commands.collect_messages import collect, find_problems, read, update

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
name = _("Sender")
many = ngettext("%(n)d coupon", "%(n)d coupons", n)
may = pgettext("month", "May")
"""
TEMPLATE = """{% load i18n %}
        <p>{% trans "Hello" %}</p>
    <br>
{% blocktranslate count n=left trimmed %}
  One left
{% plural %}
  {{ n }} left
{% endblocktranslate %}"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


def test_code_and_templates_are_read(tree: Path) -> None:
    found = {(message.id, message.context) for message in collect(tree) if message.id}
    assert found == {
        ("Sender", None),
        (("%(n)d coupon", "%(n)d coupons"), None),
        ("May", "month"),
        ("Hello", None),
        (("One left", "%(n)s left"), None),
    }


def test_collecting_keeps_what_is_translated_and_drops_what_is_gone(tree: Path) -> None:
    path = tree / "ru" / "django.po"
    update(path, wanted=collect(tree), language="ru")
    path.write_text(path.read_text().replace('msgid "Hello"\nmsgstr ""', 'msgid "Hello"\nmsgstr "Привет"'))
    (tree / "shop" / "models.py").write_text(CODE.replace("Sender", "Shipper"))
    update(path, wanted=collect(tree), language="ru")
    kept = read(path, language="ru")
    assert kept["Hello"].string == "Привет"
    assert "Sender" not in kept
    assert kept["Shipper"].string == ""


def test_a_missing_translation_is_named_with_its_place(tree: Path) -> None:
    problems = list(find_problems(collect(tree), read(tree / "none.po", language="ru")))
    assert "shop/models.py:3 not translated: 'Sender'" in problems
    assert len(problems) == 5


def test_a_translation_with_another_placeholder_is_a_problem(tree: Path) -> None:
    path = tree / "ru" / "django.po"
    wanted = collect(tree)
    update(path, wanted=wanted, language="ru")
    catalog = read(path, language="ru")
    for message in catalog:
        if message.id:
            message.string = ("%(m)d штука", "%(m)d штуки", "%(m)d штук") if message.pluralizable else "текст"
    problems = list(find_problems(wanted, catalog))
    assert problems
    assert all("unknown named placeholder" in problem or "placeholder" in problem for problem in problems)
