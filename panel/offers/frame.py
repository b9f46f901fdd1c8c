"""The answers of an offer that are the same for all: its name, its days, its limits, how it goes with others."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.document.terms import Limits
from loyalty.say_lane import LANES
from shop.models import Store
from shop.money_field import MoneyField

UTC = ZoneInfo("UTC")
INSTANT = timedelta(microseconds=1)
# What this form asks about limits, as far as the document's language knows it.
LIMITS = ("uses_max", "uses_per_day", "uses_per_customer", "budget_max")
LIMIT_NAMES = tuple(name for name in LIMITS if name in Limits.__struct_fields__)


def _number(**attrs: Any) -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "r-input", "inputmode": "numeric", **attrs})


def _count(label: Any, help_text: Any, *, most: int = 1_000_000_000) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, required=False, help_text=help_text, widget=_number(min=1)
    )


class FrameForm(forms.Form):
    """`values` is the document to be edited."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Customers read it too, for example Candle Fridays."),
        widget=forms.TextInput(attrs={"class": "r-input"}),
    )
    starts_on = forms.DateField(
        label=_("First day"),
        required=False,
        help_text=_("From its first moment in the store's time. Empty: from the moment it is published."),
        widget=forms.DateInput(attrs={"class": "r-input", "type": "date"}, format="%Y-%m-%d"),
    )
    starts_time = forms.TimeField(
        label=_("from"),
        required=False,
        help_text=_("If it begins in the middle of the day, for example 10:00."),
        widget=forms.TimeInput(attrs={"class": "r-input", "type": "time"}, format="%H:%M"),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("The whole day counts. Once published, it is never moved later. Empty: without an end."),
        widget=forms.DateInput(attrs={"class": "r-input", "type": "date"}, format="%Y-%m-%d"),
    )
    ends_time = forms.TimeField(
        label=_("until"),
        required=False,
        help_text=_("If it ends in the middle of the day, for example 18:00."),
        widget=forms.TimeInput(attrs={"class": "r-input", "type": "time"}, format="%H:%M"),
    )
    personal_hours = _count(
        _("Countdown for each visitor, hours"),
        _("For example 48: it runs for 48 hours from when a visitor first sees it. Empty: no countdown."),
        most=8_760,
    )
    uses_max = _count(
        _("Uses in all"), _("For example 500: the 501st order does not get it. Empty: no limit.")
    )
    uses_per_day = _count(_("Uses a day"), _("For example 20, by the store's day. Empty: no limit."))
    uses_per_customer = _count(
        _("Uses by one customer"),
        _("For example 1. Guests cannot be told apart, so it is then for customers you know."),
        most=1000,
    )
    budget_max = MoneyField(
        label=_("It may cost at most"),
        required=False,
        help_text=_("All its discounts together, for example 1000.00. Empty: no limit."),
        widget=forms.TextInput(attrs={"class": "r-input", "inputmode": "decimal"}),
    )
    lane = forms.ChoiceField(
        label=_("Step of the price calculation"),
        required=False,
        choices=[("", _("where it belongs (recommended)")), *LANES.items()],
        help_text=_("Steps follow one another; within a step offers compete or add up. See Offers, Steps."),
        widget=forms.Select(attrs={"class": "r-select"}),
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_("The smaller goes first where two offers are equally good, for example 10. Empty: 100."),
        widget=_number(min=0),
    )
    is_exclusive = forms.BooleanField(
        label=_("It stands alone"),
        required=False,
        help_text=_("Ticked: it never goes together with another offer, for example a clearance price."),
    )
    skips_discounted = forms.BooleanField(
        label=_("Not on goods that are reduced already"),
        required=False,
        help_text=_("Ticked: what an earlier step has made cheaper is left alone, for example sale goods."),
    )
    reuses_units = forms.ChoiceField(
        label=_("Items that another offer has used"),
        required=False,
        choices=[
            ("", _("as the store has set")),
            ("yes", _("may serve this one too")),
            ("no", _("are left out")),
        ],
        help_text=_("For example: a mug that counted for “3 for 2”, and this offer besides?"),
        widget=forms.Select(attrs={"class": "r-select"}),
    )

    def __init__(
        self, *args: Any, store: Store, values: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        if values is not None:
            kwargs["initial"] = {**initial_of(values, store), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.store = store
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.set_currency(store.currency)
        for name in set(LIMITS) - set(LIMIT_NAMES):
            del self.fields[name]

    def limits(self) -> list[Any]:
        """The fields that the page shows as limits."""
        return [self[name] for name in LIMIT_NAMES]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for day, hour in (("starts_on", "starts_time"), ("ends_on", "ends_time")):
            if said.get(hour) and not said.get(day) and day not in self.errors:
                self.add_error(day, _("Choose the day that the time belongs to."))
        starts, ends = self.moments()
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("The end is before the beginning."))
        return said

    def clean_budget_max(self) -> int | None:
        """Nought is no budget: an empty field says the same."""
        return self.cleaned_data["budget_max"] or None

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """[start, end) in UTC: a day stands for the whole of it."""
        said = self.cleaned_data
        return (
            self._moment(said.get("starts_on"), said.get("starts_time"), days=0),
            self._moment(said.get("ends_on"), said.get("ends_time"), days=1),
        )

    def schedule(self) -> dict[str, Any]:
        starts, ends = self.moments()
        return {
            "starts_at": starts.isoformat() if starts else None,
            "ends_at": ends.isoformat() if ends else None,
            **_said({"personal_hours": self.cleaned_data.get("personal_hours")}),
        }

    def options(self) -> dict[str, Any]:
        """Priority and how it goes with others; what is as usual is left out."""
        said = self.cleaned_data
        priority = said.get("priority")
        reuses = {"yes": True, "no": False}.get(said.get("reuses_units") or "")
        return {
            "priority": 100 if priority is None else priority,
            "is_exclusive": bool(said.get("is_exclusive")),
            **({"skips_discounted": True} if said.get("skips_discounted") else {}),
            **({} if reuses is None else {"reuses_units": reuses}),
        }

    def limits_said(self) -> dict[str, Any]:
        return _said({name: self.cleaned_data.get(name) for name in LIMIT_NAMES})

    def _moment(self, day: date | None, hour: time | None, *, days: int) -> datetime | None:
        if day is None:
            return None
        shift = timedelta(days=0 if hour else days)
        local = datetime.combine(day + shift, hour or time.min, tzinfo=ZoneInfo(self.store.time_zone))
        return local.astimezone(UTC)


def initial_of(document: Mapping[str, Any], store: Store) -> dict[str, Any]:
    """A stored document as the form shows it."""
    schedule, limits = document.get("schedule") or {}, document.get("limits") or {}
    starts = _local(schedule.get("starts_at"), store)
    ends = _local(schedule.get("ends_at"), store)
    ends_whole = ends is not None and ends.time() == time.min
    reuses = document.get("reuses_units")
    return {
        **{name: limits.get(name) for name in LIMIT_NAMES},
        "starts_on": starts.date() if starts else None,
        "starts_time": starts.time() if starts and starts.time() != time.min else None,
        "ends_on": (ends - INSTANT).date() if ends and ends_whole else ends.date() if ends else None,
        "ends_time": ends.time() if ends and not ends_whole else None,
        "personal_hours": schedule.get("personal_hours"),
        "priority": document.get("priority", 100),
        "is_exclusive": document.get("is_exclusive", False),
        "skips_discounted": document.get("skips_discounted", False),
        "reuses_units": {True: "yes", False: "no"}.get(reuses, "") if reuses is not None else "",
    }


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _local(moment: str | None, store: Store) -> datetime | None:
    if not moment:
        return None
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(store.time_zone))
