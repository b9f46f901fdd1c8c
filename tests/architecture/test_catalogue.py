"""The Russian catalogue: complete, current, and with the same placeholders as the English it stands for."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.architecture.read_tree import ROOT, floors, product_modules

CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, None] = dict.fromkeys(
    [
        "_",
        "gettext",
        "gettext_lazy",
        "gettext_noop",
        "ngettext",
        "ngettext_lazy",
        "pgettext",
        "pgettext_lazy",
        "npgettext",
        "npgettext_lazy",
    ]
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
# What templatize() makes of the translate tags.
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(({STRING})(?:\s*,\s*({STRING}))?")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


def _catalogue() -> Catalog:
    assert CATALOGUE.exists(), "make messages"
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ru")


def _messages() -> list[Message]:
    return [message for message in _catalogue() if message.id]


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def _said_in_python() -> Iterator[str]:
    for module in product_modules():
        with (ROOT / module.path).open("rb") as file:
            for _, function, said, _ in extract_python(file, KEYWORDS, (), {"encoding": "utf-8"}):
                words = [said] if isinstance(said, str) else [*said]
                yield words[1] if "pgettext" in str(function) else words[0]


def _said_in_templates() -> Iterator[str]:
    for folder in (ROOT / "templates", *(ROOT / package / "templates" for package in floors())):
        for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
            for function, first, second in CALL.findall(templatize(path.read_text(), origin=str(path))):
                yield ast.literal_eval(second if "pgettext" in function else first)


def test_everything_said_is_in_the_catalogue() -> None:
    known = {_singular(message) for message in _messages()}
    assert sorted({*_said_in_python(), *_said_in_templates()} - known) == []


def test_everything_in_the_catalogue_is_translated() -> None:
    offenders = [_singular(message) for message in _messages() if not all(_forms(message.string))]
    assert offenders == []


def test_nothing_is_guessed() -> None:
    assert [_singular(message) for message in _messages() if message.fuzzy] == []


def test_placeholders_are_the_same() -> None:
    """Plural forms may leave a number out ("one order"), and never bring a placeholder of their own."""
    offenders = [
        _singular(message)
        for message in _messages()
        for translated in _forms(message.string)
        if not _same_placeholders(message, translated)
    ]
    assert offenders == []


@pytest.mark.parametrize(
    ("english", "russian", "is_same"),
    [
        ("%(n)s of {x}", "{x} из %(n)s", True),
        ("%(n)s of {x}", "{y} из %(n)s", False),
        ("Valid until {until}.", "Действует до.", False),
        ("at least 15 %", "не меньше 15 %", True),
        (("%(n)s order", "%(n)s orders"), "один заказ", True),
        (("%(n)s order", "%(n)s orders"), "%(m)s заказов", False),
    ],
)
def test_such_a_placeholder_would_be_seen(
    english: str | tuple[str, str], russian: str, is_same: bool
) -> None:
    assert _same_placeholders(Message(english), russian) is is_same


def test_russian_has_its_plural_forms() -> None:
    plural = [message for message in _messages() if not isinstance(message.id, str)]
    assert [_singular(message) for message in plural if len(_forms(message.string)) < 3] == []


def test_russian_is_russian() -> None:
    """A translation without a Cyrillic letter is a name, an abbreviation or a mistake; names are few."""
    latin = [m for m in _messages() if not CYRILLIC.search("".join(_forms(m.string)))]
    assert len(latin) <= max(20, len(_messages()) // 20)


def _same_placeholders(message: Message, translated: str) -> bool:
    wanted = Counter(PLACEHOLDER.findall(_forms(message.id)[-1]))
    found = Counter(PLACEHOLDER.findall(translated))
    return found == wanted if isinstance(message.id, str) else found <= wanted
