"""The few words in braces that a mail's text may hold. They are replaced once; there is no template code."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAMES: Final = ("name", "code", "offer", "until", "shop")
# Only where the occasion tells of points.
NAMES_OF_POINTS: Final = ("name", "points", "until", "shop")
# Where it tells of a tier: the one the customer has, the next one, and what is missing to it; or of a stamp card.
NAMES_OF_TIERS: Final = ("name", "tier", "next_tier", "missing", "shop")
NAMES_OF_CARDS: Final = ("name", "card", "shop")
# Where it tells of a gift balance: what is left of it, its code, and its last day.
NAMES_OF_GIFTS: Final = ("name", "amount", "code", "until", "shop")
# Where it tells of points that have come, which end on no one day.
NAMES_OF_EARNED: Final = ("name", "points", "shop")
NAMES_OF_COUPON: Final = frozenset({"code", "offer", "until"})

_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Without a name, the space and comma that lead up to it go too: "Hello {name}," becomes "Hello,".
_NAME_FIRST = re.compile(r"(?m)^\{name\}\s*[,!:]?[ \t]*(\w?)")
_NAME_WITHIN = re.compile(r",?[ \t]*\{name\}")


def check(text: str, *, allowed: Iterable[str] = NAMES, one_line: bool = False) -> None:
    """Raise ValidationError unless every brace in `text` belongs to one of the `allowed` placeholders."""
    if _CONTROL.search(text) or (one_line and re.search(r"[\r\n]", text)):
        raise ValidationError(
            _("There is a character that cannot be shown. Type the text anew."), code="control_character"
        )
    known = tuple(allowed)
    for found in _IN_BRACES.finditer(text):
        if found[1] not in known:
            raise ValidationError(
                _("There is no placeholder %(found)s. You may use %(known)s."),
                code="unknown_placeholder",
                params={"found": found[0], "known": ", ".join(f"{{{name}}}" for name in known)},
            )
    if re.search(r"[{}]", _IN_BRACES.sub("", text)):
        raise ValidationError(_("A brace stands alone. Write placeholders like {name}."), code="lonely_brace")


def fill(text: str, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """`text` with each placeholder replaced by its value; both go through `escape`.

    What a value holds is never looked at again, so a customer called "{code}" stays that. Without a name the
    sentence closes over the gap. Raises KeyError for a placeholder that has no value; `check` keeps those out.
    """
    if not values["name"]:
        text = _NAME_WITHIN.sub("", _NAME_FIRST.sub(lambda found: found[1].upper(), text))
    parts = _IN_BRACES.split(text)
    return "".join(escape(values[part] if place % 2 else part) for place, part in enumerate(parts))
