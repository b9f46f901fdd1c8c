"""An offer's rule as one reads it aloud, for the people who set it up. What a customer is told, triggers words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from loyalty.say_benefit import BENEFITS
from loyalty.say_condition import CONDITIONS, Place
from loyalty.say_names import Names, Tongue, join_and
from loyalty.say_schedule import say_audience, say_limits, say_options, say_schedule
from shop.models import Store

NO_NAMES: Names = {}


def say_rule(document: Mapping[str, Any], store: Store, *, language: str, names: Names = NO_NAMES) -> str:
    """ "When the cart has at least 2 items of Candles, take 15 % off Candles, on Fridays, at most 500 uses."

    Reads the stored document as it is. `names`: what the codes in it are called, by the field that holds them.
    """
    tongue = Tongue(store, language, names)
    asked = {place: _conditions(document, place, tongue) for place in Place}
    parts = [
        _("when %(conditions)s") % {"conditions": join_and(asked[Place.WHEN])} if asked[Place.WHEN] else "",
        join_and([_benefit(part, tongue) for part in document["benefits"]]),
        *asked[Place.TIME],
        *asked[Place.WHO],
        say_audience(document.get("audience") or {}, tongue),
        *say_schedule(document.get("schedule") or {}, tongue),
        *say_limits(document.get("limits") or {}, tongue),
        *say_options(document),
    ]
    sentence = ", ".join(part for part in parts if part)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def say_condition(part: Mapping[str, Any], tongue: Tongue) -> str:
    """A kind without words yet is shown by its name: better than a rule that hides a term."""
    words = CONDITIONS.get(part["kind"])
    return words.say(part, tongue) if words else _unsaid(part)


def _conditions(document: Mapping[str, Any], place: Place, tongue: Tongue) -> list[str]:
    return [
        say_condition(part, tongue)
        for part in document.get("conditions") or ()
        if (CONDITIONS[part["kind"]].place if part["kind"] in CONDITIONS else Place.WHEN) is place
    ]


def _benefit(part: Mapping[str, Any], tongue: Tongue) -> str:
    say = BENEFITS.get(part["kind"])
    return say(part, tongue) if say else _unsaid(part)


def _unsaid(part: Mapping[str, Any]) -> str:
    return str(part["kind"]).replace("_", " ")
