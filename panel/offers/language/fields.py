"""How a value of an offer's document is typed, chosen or ticked; and what is kept of it."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from panel.offers.known import Choices, Known
from panel.offers.language.kind import Ask, Words
from shop.money_field import MoneyField
from shop.percent_field import WHOLE_BP, PercentField

CODES_MAX = 500
CODE_MAX = 64
DAY_MINUTES = 1_440
STEPS_MAX = 8
DAYS_AGO_MAX = 3_660
TIMES = re.compile(r"^(\d{1,3})(?:[.,](\d{1,2}))?$")
CLOCK = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")
WEEKDAYS = (
    (1, _("Mon")),
    (2, _("Tue")),
    (3, _("Wed")),
    (4, _("Thu")),
    (5, _("Fri")),
    (6, _("Sat")),
    (7, _("Sun")),
)


class ManyWidget(forms.CheckboxSelectMultiple):
    """Boxes to tick; the page folds them behind a summary that names the ticked ones."""

    kind = "many"

    def __init__(self, *, empty: Words, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty = empty


class SkusWidget(forms.TextInput):
    """Article numbers; the page puts a search beside it."""

    kind = "skus"


class StepsWidget(forms.Widget):
    """Pairs of a threshold and a percentage, each in a row of its own."""

    kind = "steps"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        pairs = zip(data.getlist(f"{name}-at_least"), data.getlist(f"{name}-rate"), strict=False)
        return [(least.strip(), rate.strip()) for least, rate in list(pairs)[:STEPS_MAX]]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-at_least" not in data


class ManyField(forms.TypedMultipleChoiceField):
    """Codes of what the store has. One that is no longer there stays ticked until somebody unticks it."""

    def __init__(self, *, options: Sequence[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(choices=options, **kwargs)
        self.options = tuple(options)

    def keep(self, codes: Sequence[Any]) -> None:
        known = {value for value, _name in self.options}
        gone = [
            (code, _("%(code)s (no longer there)") % {"code": code}) for code in codes if code not in known
        ]
        self.choices = [*self.options, *gone]


class EitherField(forms.ChoiceField):
    """Two sentences; the second is true."""

    def prepare_value(self, value: Any) -> Any:
        return "yes" if value is True else "" if value is False else value

    def clean(self, value: Any) -> Any:
        return bool(super().clean(value))


class WordsField(forms.CharField):
    """Codes that only the storefront knows, with commas between; kept as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        typed = value if isinstance(value, str) else ", ".join(value or ())
        words = [word.strip() for word in re.split(r"[,\n;]", typed) if word.strip()]
        if len(words) > CODES_MAX or any(len(word) > CODE_MAX for word in words):
            raise ValidationError(_("At most 500 names of up to 64 letters each."), code="too_many")
        return list(dict.fromkeys(words))


class ClockField(forms.CharField):
    """ "9:00" becomes 540, the minute of the day; "24:00" is the end of the day."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        found = CLOCK.match(str(value).strip())
        minute = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
        if minute > DAY_MINUTES:
            raise ValidationError(_("Type a time of the day like 9:00 or 18:30."), code="invalid")
        return minute


class MomentField(forms.Field):
    """A local moment of the store, kept as UTC in ISO's form."""

    def __init__(self, *, zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = ZoneInfo(zone)

    def prepare_value(self, value: Any) -> Any:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return value
        return f"{moment.astimezone(self.zone):%Y-%m-%dT%H:%M}" if moment.tzinfo else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise ValidationError(_("This moment cannot be read."), code="invalid") from None
        local = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        return local.astimezone(ZoneInfo("UTC")).isoformat()


class TimesField(forms.Field):
    """ "2" becomes 20000 basis points: twice as many."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return f"{value // WHOLE_BP}.{value % WHOLE_BP:04d}".rstrip("0").rstrip(".")

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        found = TIMES.match(str(value).strip())
        times_bp = int(found[1]) * WHOLE_BP + int((found[2] or "").ljust(2, "0")) * 100 if found else 0
        if not WHOLE_BP < times_bp <= 100 * WHOLE_BP:
            raise ValidationError(
                _("Type how many times, above 1 and up to 100, for example 2."), code="invalid"
            )
        return times_bp


class StepsField(forms.Field):
    """Thresholds with their percentages; thresholds are money unless `in_units` is set."""

    widget: Any = StepsWidget

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.money = MoneyField(label="", currency=currency)
        self.percent = PercentField(label="")
        self.in_units = False

    def rows(self, value: Any) -> list[tuple[Any, Any]]:
        """What the page shows: the steps, and one empty row more."""
        pairs = [self._shown(step) for step in value or ()]
        return [*pairs, ("", "")][: max(STEPS_MAX, 3)] if len(pairs) > 1 else [*pairs, ("", ""), ("", "")]

    def clean(self, value: Any) -> Any:
        found = []
        for least, rate in value or ():
            if not least and not rate:
                continue
            at_least = self._units(least) if self.in_units else self.money.clean(least)
            found.append({"at_least": at_least, "rate_bp": self.percent.clean(rate)})
        if not found:
            raise ValidationError(
                _("Fill in at least one step, for example from 50.00 on 10 %."), code="required"
            )
        return found

    def _shown(self, step: Any) -> tuple[Any, Any]:
        if not isinstance(step, dict):
            return (step[0], step[1])
        least = step["at_least"] if self.in_units else self.money.prepare_value(step["at_least"])
        return (least, self.percent.prepare_value(step["rate_bp"]))

    def _units(self, typed: str) -> int:
        return int(forms.IntegerField(min_value=1, max_value=10_000).clean(typed))


def _inline(size: int, **attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "r-input is-inline", "size": size, "autocomplete": "off", **attrs})


def _select(options: Any) -> forms.Select:
    return forms.Select(attrs={"class": "r-select is-inline"}, choices=options)


def money(name: str, label: Words, *, is_required: bool = True, initial: Any = None) -> Ask:
    def make(known: Known) -> forms.Field:
        widget = _inline(8, inputmode="decimal", placeholder=known.store.currency)
        return MoneyField(label=label, currency=known.store.currency, required=is_required, widget=widget)

    return Ask(name, make, initial)


def percent(name: str, label: Words, *, initial: Any = None) -> Ask:
    return Ask(name, lambda known: PercentField(label=label, widget=_inline(5, inputmode="decimal")), initial)


def whole(
    name: str,
    label: Words,
    *,
    least: int = 1,
    most: int = 10_000,
    is_required: bool = True,
    initial: Any = None,
) -> Ask:
    def make(known: Known) -> forms.Field:
        widget = forms.NumberInput(attrs={"class": "r-input is-inline is-number", "inputmode": "numeric"})
        return forms.IntegerField(
            label=label, min_value=least, max_value=most, required=is_required, widget=widget
        )

    return Ask(name, make, initial)


def codes(name: str, label: Words, *, empty: Words = "", example: Words = "", missing: Words = "") -> Ask:
    """`empty`: what it means that none is chosen; without it one has to be. Typed where the store's are unknown, unless
    `missing` says what to do where it has none."""

    def make(known: Known) -> forms.Field:
        options = known.choices.get(name, ())
        if options or missing:
            widget = ManyWidget(
                empty=empty or (_("choose") if options else missing), attrs={"class": "r-check"}
            )
            return ManyField(label=label, options=options, coerce=str, required=not empty, widget=widget)
        return WordsField(label=label, required=not empty, widget=_inline(18, placeholder=empty or example))

    return Ask(name, make)


def skus(name: str, label: Words, *, is_required: bool = True) -> Ask:
    def make(known: Known) -> forms.Field:
        widget = SkusWidget(attrs={"class": "r-input is-inline", "size": 24, "autocomplete": "off"})
        return WordsField(label=label, required=is_required, widget=widget)

    return Ask(name, make)


def choice(name: str, label: Words, options: Sequence[tuple[str, Words]], *, initial: str = "") -> Ask:
    def make(known: Known) -> forms.Field:
        return forms.ChoiceField(label=label, choices=options, widget=_select(options))

    return Ask(name, make, initial or options[0][0])


def either(name: str, label: Words, *, no: Words, yes: Words) -> Ask:
    """True or false, each in words."""

    def make(known: Known) -> forms.Field:
        options = [("", no), ("yes", yes)]
        return EitherField(
            label=label,
            choices=options,
            required=False,
            widget=_select(options),
        )

    return Ask(name, make)


def known_one(name: str, label: Words, *, missing: Words) -> Ask:
    """One of what the store has."""

    def make(known: Known) -> forms.Field:
        options: Choices = known.choices.get(name, ())
        return forms.ChoiceField(
            label=label,
            choices=options,
            widget=_select(options),
            error_messages={"required": missing, "invalid_choice": missing},
        )

    return Ask(name, make)


def ticks(
    name: str, label: Words, options: Iterable[tuple[Any, Any]], *, empty: Words = "", coerce: Any = str
) -> Ask:
    """Some of what is the same in every store. `empty`: what none means; without it one has to be ticked."""
    choices = tuple(options)

    def make(known: Known) -> forms.Field:
        widget = ManyWidget(empty=empty or _("choose"), attrs={"class": "r-check"})
        return ManyField(label=label, options=choices, coerce=coerce, required=not empty, widget=widget)

    return Ask(name, make)


def days_of_week(name: str, *, is_required: bool) -> Ask:
    empty = "" if is_required else _("any day")
    return ticks(name, _("days of the week"), WEEKDAYS, empty=empty, coerce=int)


def days_ago() -> tuple[Ask, Ask]:
    """At least and at most so many; one of the two may stay empty."""
    least = whole("days_min", _("days at least"), least=0, most=DAYS_AGO_MAX, is_required=False)
    return least, whole("days_max", _("days at most"), least=0, most=DAYS_AGO_MAX, is_required=False)


def minute(name: str, label: Words, *, initial: int) -> Ask:
    return Ask(
        name,
        lambda known: ClockField(label=label, required=False, widget=_inline(5, placeholder="18:00")),
        initial,
    )


def moment(name: str, label: Words) -> Ask:
    def make(known: Known) -> forms.Field:
        widget = forms.DateTimeInput(attrs={"class": "r-input is-inline is-moment", "type": "datetime-local"})
        return MomentField(label=label, zone=known.store.time_zone, widget=widget)

    return Ask(name, make)


def times(name: str, label: Words, *, initial: int) -> Ask:
    return Ask(name, lambda known: TimesField(label=label, widget=_inline(4, inputmode="decimal")), initial)


def steps(name: str, label: Words) -> Ask:
    return Ask(name, lambda known: StepsField(label=label, currency=known.store.currency, required=True))
