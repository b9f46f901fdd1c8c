"""No bare human text in a template: every word that a person reads stands in a translate tag."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from tests.architecture.read_tree import ROOT, floors

# Signs and names that are the same in every language.
SAME_EVERYWHERE = {"Reprise", "API", "CSV", "XLSX", "JSON", "csv", "gz", "SMTP", "URL", "en", "ru", "px"}
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "summary"}
UNSPOKEN_TAGS = {"script", "style", "mj-style", "code", "kbd", "pre"}
WORD = re.compile(r"[^\W\d_]{2,}")
# Words handed to another template: {% include "card.html" with title="Sent" %}.
SPOKEN_ARGUMENT = re.compile(
    r"\b(?:title|label|text|help|heading|hint|message)=(\"[^\"]*[^\W\d_]{2,}[^\"]*\"|'[^']*[^\W\d_]{2,}[^']*')"
)
ICONS = "material-symbols"  # a font that draws the icon of this name
SEEN, GONE = " ", ""


def _templates() -> list[Path]:
    folders = [ROOT / "templates", *(ROOT / package / "templates" for package in floors())]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def _without_tags(source: str) -> Iterator[str]:
    """The text between Django's tags, without what stands in blocktranslate, comment and verbatim."""
    ends = ""
    for token in Lexer(source).tokenize():
        words = token.contents.split()
        if token.token_type is TokenType.BLOCK and ends:
            ends = "" if words[0] == ends else ends
        elif token.token_type is TokenType.BLOCK and words[0] in {"blocktranslate", "blocktrans", "comment"}:
            ends = f"end{words[0]}"
        elif token.token_type is TokenType.TEXT and not ends:
            yield token.contents
        elif not ends:
            yield SEEN if token.token_type is TokenType.BLOCK else GONE


def _spoken_arguments(source: str) -> Iterator[str]:
    blocks = (token for token in Lexer(source).tokenize() if token.token_type is TokenType.BLOCK)
    for token in blocks:
        if token.contents.split()[0] == "include":
            yield from SPOKEN_ARGUMENT.findall(token.contents)


class _Spoken(HTMLParser):
    """Collects what a person would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unspoken: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]
        if tag == "input" and dict(attrs).get("type") in {"submit", "button", "reset"}:
            spoken.append(dict(attrs).get("value") or "")
        self.texts += spoken
        if tag in UNSPOKEN_TAGS or ICONS in (dict(attrs).get("class") or ""):
            self._unspoken.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unspoken and self._unspoken[-1] == tag:
            self._unspoken.pop()

    def handle_data(self, data: str) -> None:
        if not self._unspoken:
            self.texts.append(data)


def bare_words(source: str, *, is_markup: bool = True) -> list[str]:
    text = "".join(_without_tags(source))
    parser = _Spoken()
    if is_markup:
        parser.feed(text)
        parser.close()
    texts = [*parser.texts, *_spoken_arguments(source)] if is_markup else [text]
    return [word for found in texts for word in WORD.findall(found) if word not in SAME_EVERYWHERE]


def test_there_are_templates() -> None:
    assert len(_templates()) > 3


@pytest.mark.parametrize("template", _templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_is_translatable(template: Path) -> None:
    assert bare_words(template.read_text(), is_markup=template.suffix != ".txt") == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{% translate 'Hello' %}</p>", []),
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{{ sent }} of {{ all }}</p>", ["of"]),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %} · {{ n }} %</p>", []),
        ("<img alt='Chart'>", ["Chart"]),
        ("<img alt=\"{% translate 'Chart' %}\" class='big wide'>", []),
        ("<input type='submit' value='Send'>", ["Send"]),
        ("{% include 'card.html' with title='Sent' %}", ["Sent"]),
        ("{% include 'card.html' with title=_('Sent') %}", []),
        ("<style>p { color: red }</style><script>let words = 1</script>", []),
        ("<span class='material-symbols-outlined big'>add</span> Add", ["Add"]),
        ("{# Hello #}{% comment %}Hello{% endcomment %}<!-- Hello -->", []),
    ],
)
def test_such_a_template_would_be_seen(source: str, found: list[str]) -> None:
    assert bare_words(source) == found
