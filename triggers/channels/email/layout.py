"""A mail's frame: compiled once for each language and shape, then filled for every message."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import mrml
from django.template.loader import render_to_string
from django.utils.translation import override

from triggers.channels.outcome import NotWritten

# What the templates may show. Each stands in the compiled frame as a mark that no text of ours holds.
FIELDS = (
    "subject",
    "preview",
    "body",
    "items",
    "note",
    "fillers",
    "code",
    "codes",
    "amount",
    "offer",
    "until",
    "shop",
    "shop_url",
    "postal_address",
    "unsubscribe_url",
)
# MJML would load some of the fonts we name from another host.
NO_WEB_FONTS = mrml.RenderOptions(fonts={})
_MARK = re.compile(r"@@(\w+)@@")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which parts a mail has."""

    language: str
    has_coupon: bool
    has_button: bool
    is_marketing: bool
    has_items: bool = False
    has_note: bool = False
    has_fillers: bool = False
    has_gift: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A compiled template: fixed pieces and, between them, the names of fields."""

    pieces: tuple[str, ...]

    def fill(self, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
        """Every value goes through `escape`."""
        return "".join(
            escape(values[piece]) if place % 2 else piece for place, piece in enumerate(self.pieces)
        )


@lru_cache(maxsize=64)
def html_frame(shape: Shape) -> Frame:
    """The MJML template as HTML. Raises NotWritten where it is not valid MJML."""
    output = mrml.to_html(_render("mails/letter.mjml", shape), render_options=NO_WEB_FONTS)
    if output.warnings:
        raise NotWritten("templates/mails/letter.mjml has parts that MJML does not know")
    return _frame(output.content)


@lru_cache(maxsize=64)
def text_frame(shape: Shape) -> Frame:
    """The plain text template."""
    text = re.sub(r"\n{3,}", "\n\n", _render("mails/letter.txt", shape))
    return _frame(text.strip() + "\n")


def _render(template: str, shape: Shape) -> str:
    marks = {name: f"@@{name}@@" for name in FIELDS}
    with override(shape.language):
        return render_to_string(template, {**marks, "shape": shape})


def _frame(text: str) -> Frame:
    return Frame(tuple(_MARK.split(text)))
