"""When an offer runs, for whom, how often: the last words of its sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.say_condition import say_visits
from loyalty.say_names import Tongue, hours, weekdays

Part = Mapping[str, Any]
Say = Callable[[Part, Tongue], str]


def say_schedule(schedule: Part, tongue: Tongue) -> list[str]:
    """The recurring days, the window, the personal countdown; each where there is one."""
    said = [_recurring(schedule.get("recurring"), tongue), _window(schedule, tongue)]
    if personal := schedule.get("personal_hours"):
        words = ngettext(
            "for %(count)s hour from when a visitor first sees it",
            "for %(count)s hours from when a visitor first sees it",
            personal,
        )
        said.append(words % {"count": tongue.count(personal)})
    return [part for part in said if part]


def say_audience(audience: Part, tongue: Tongue) -> str:
    kind = str(audience.get("kind", "everyone"))
    say = AUDIENCES.get(kind)
    return say(audience, tongue) if say else kind.replace("_", " ")


def say_limits(limits: Part, tongue: Tongue) -> list[str]:
    parts = []
    if uses := limits.get("uses_max"):
        words = ngettext("at most %(count)s use", "at most %(count)s uses", uses)
        parts.append(words % {"count": tongue.count(uses)})
    if daily := limits.get("uses_per_day"):
        words = ngettext("at most %(count)s use a day", "at most %(count)s uses a day", daily)
        parts.append(words % {"count": tongue.count(daily)})
    if each := limits.get("uses_per_customer"):
        parts.append(ngettext("once per customer", "%(count)d times per customer", each) % {"count": each})
    if budget := limits.get("budget_max"):
        parts.append(_("until %(amount)s have been given") % {"amount": tongue.money(budget)})
    return parts


def say_options(document: Part) -> list[str]:
    said = []
    if document.get("skips_discounted"):
        said.append(_("not on goods that are reduced already"))
    if document.get("reuses_units") is True:
        said.append(_("also on items that another offer has used"))
    elif document.get("reuses_units") is False:
        said.append(_("not on items that another offer has used"))
    if document.get("is_exclusive"):
        said.append(_("not together with other offers"))
    return said


def _window(schedule: Part, tongue: Tongue) -> str:
    starts, ends = schedule.get("starts_at"), schedule.get("ends_at")
    if starts and ends:
        values = {"start": tongue.moment(_text(starts)), "end": tongue.end(_text(ends))}
        return _("from %(start)s until %(end)s") % values
    if starts:
        return _("from %(start)s on") % {"start": tongue.moment(_text(starts))}
    return _("until %(end)s") % {"end": tongue.end(_text(ends))} if ends else ""


def _text(moment: Any) -> str:
    return moment if isinstance(moment, str) else str(moment.isoformat())


def _recurring(recurring: Part | None, tongue: Tongue) -> str:
    if not recurring:
        return ""
    kind = str(recurring["kind"])
    say = RECURRING.get(kind)
    return say(recurring, tongue) if say else kind.replace("_", " ")


def _weekly(recurring: Part, tongue: Tongue) -> str:
    days, span = weekdays(recurring["weekdays"]), hours(recurring)
    if span:
        return _("on %(days)s, %(hours)s") % {"days": days, "hours": span}
    return _("on %(days)s") % {"days": days}


def _paydays(recurring: Part, tongue: Tongue) -> str:
    if not tongue.store.paydays:
        return _("on paydays")
    days = ", ".join(str(day) for day in sorted(tongue.store.paydays))
    return _("on paydays (days of the month: %(days)s)") % {"days": days}


def _holidays(recurring: Part, tongue: Tongue) -> str:
    around = {"before": recurring.get("days_before") or 0, "after": recurring.get("days_after") or 0}
    names = ", ".join(recurring.get("names") or ())
    if names:
        words = _("around the holiday %(names)s (days before: %(before)s, after: %(after)s)")
        return (words if any(around.values()) else _("on the holiday %(names)s")) % {**around, "names": names}
    if any(around.values()):
        return _("around public holidays (days before: %(before)s, after: %(after)s)") % around
    return _("on public holidays")


RECURRING: Mapping[str, Say] = {
    "weekly": _weekly,
    "last_weekend": lambda recurring, tongue: _("on the last weekend of the month"),
    "paydays": _paydays,
    "holidays": _holidays,
}
AUDIENCES: Mapping[str, Say] = {
    "everyone": lambda audience, tongue: "",
    "customers": lambda audience, tongue: _("for customers you know"),
    "coupon": lambda audience, tongue: _("only with a coupon"),
    "visitors": say_visits,
}
