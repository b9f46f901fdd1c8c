"""A cart's lines in a mail, what its delivery lacks, and what would fill the gap; or the points that end."""

from collections.abc import Iterable, Mapping
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from shop.show_money import show_count, show_money
from triggers.checks import Case
from triggers.facts import Item

NAME_MAX = 60
ROW = (
    '<tr><td style="padding:5px 12px 5px 0">{name}</td>'
    '<td style="padding:5px 0;text-align:right;white-space:nowrap;vertical-align:top">{amount}</td></tr>'
)


def note_of(case: Case, *, language: str, values: Mapping[str, str]) -> str:
    """The one sentence that stands out; empty where there is none. `values` are the placeholders' in this language."""
    facts, currency = case.facts, case.message.store.currency
    with override(language):
        if facts.points:
            return _("%(points)s, until the end of %(until)s") % values
        if facts.free_from is not None and facts.missing:
            missing = show_money(facts.missing, currency, language=language)
            return _("Add %(missing)s more and delivery is free.") % {"missing": missing}
        if facts.free_from is not None:
            return _("Delivery of this cart is free with the code below.")
    return ""


def goods_as_html(case: Case, *, language: str) -> dict[str, str]:
    """Rows of tables, with names escaped."""
    return {
        name: "".join(
            ROW.format(name=escape(what), amount=escape(amount))
            for what, amount in _rows(rows, case, language)
        )
        + (_more_as_html(case, language) if name == "items" else "")
        for name, rows in _parts(case)
    } | {"codes": "<br>".join(map(escape, _codes(case)))}


def goods_as_text(case: Case, *, language: str) -> dict[str, str]:
    """A line for each, the price behind a colon."""
    shown = {
        name: "\n".join(f"- {what}: {amount}" for what, amount in _rows(rows, case, language))
        for name, rows in _parts(case)
    }
    if more := _more(case, language):
        shown["items"] += f"\n- {more}"
    return shown | {"codes": "\n".join(_codes(case))}


def _codes(case: Case) -> tuple[str, ...]:
    """Of gift balances: each on a line of its own."""
    return case.facts.gift.codes if case.facts.gift is not None else ()


def _parts(case: Case) -> Iterable[tuple[str, tuple[Item, ...]]]:
    return (("items", case.facts.items), ("fillers", case.facts.fillers))


def _rows(items: Iterable[Item], case: Case, language: str) -> list[tuple[str, str]]:
    """What and how much it costs."""
    currency = case.message.store.currency
    return [
        (
            _called(item, language),
            show_money(item.amount, currency, language=language),
        )
        for item in items
    ]


def _called(item: Item, language: str) -> str:
    """The name without control characters and in bounds; how many, where there are several."""
    name = " ".join("".join(char if char.isprintable() else " " for char in item.name).split())
    short = name if len(name) <= NAME_MAX else name[: NAME_MAX - 1].rstrip() + "…"
    return short if item.quantity == 1 else f"{show_count(item.quantity, language=language)} × {short}"


def _more(case: Case, language: str) -> str:
    count = case.facts.more_items
    if not count:
        return ""
    with override(language):
        return ngettext("and %(count)d more", "and %(count)d more", count) % {"count": count}


def _more_as_html(case: Case, language: str) -> str:
    more = _more(case, language)
    return f'<tr><td style="padding:5px 0;color:#57534e" colspan="2">{escape(more)}</td></tr>' if more else ""
