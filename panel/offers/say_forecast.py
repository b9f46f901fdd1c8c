"""A forecast in words."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.say_refusal import About, say_refusal
from pricing.refusals import Refusal
from pricing.values import Refused
from reports.forecast.figures import Forecast, Missed
from shop.models import Store
from shop.show_day import show_day
from shop.show_money import show_count, show_money, show_share

# What a past order does not say, as the page names it.
UNKNOWN: dict[str, str | Promise] = {
    "came_by_link": gettext_lazy("the link by which they came"),
    "delivery_method": gettext_lazy("the way of delivery"),
    "partner_traffic": gettext_lazy("the partner who sent them"),
    "payment_method": gettext_lazy("the way of payment"),
    "subscribed": gettext_lazy("the lists they had joined"),
    "visit": gettext_lazy("which visit it was"),
}


def say_forecast(found: Forecast, store: Store, *, language: str) -> str:
    """The one sentence that a marketer reads first."""
    if not found.qualifying:
        return _("None of the %(orders)s past orders would have got it.") % {
            "orders": show_count(found.orders, language=language)
        }
    return _(
        "%(qualifying)s of %(orders)s past orders (%(share)s) would have got it; it would have cost %(cost)s."
    ) % {
        "qualifying": show_count(found.qualifying, language=language),
        "orders": show_count(found.orders, language=language),
        "share": show_share(found.share_bp, language=language),
        "cost": show_money(
            found.cost + found.points_cost, store.currency, language=language, is_rounded=True
        ),
    }


def say_break_even(found: Forecast, *, language: str) -> str:
    """What must happen for the offer to pay for itself."""
    if found.margin_before is None:
        return _("Unknown: no product of these orders has a cost. Add costs under Products.")
    if found.is_never:
        return _("Never: these orders would have earned nothing, so more of them make it worse.")
    if not found.uplift_bp:
        return _("It costs no margin.")
    return _("Customers like these must buy %(share)s more than before for it to pay for itself.") % {
        "share": show_share(found.uplift_bp, language=language)
    }


def say_missed(missed: Sequence[Missed], store: Store, *, language: str) -> list[tuple[int, str]]:
    """How many orders, and why they would not have got it; the numbers are those of the nearest miss."""
    about = About(currency=store.currency, language=language)
    return [(each.orders, _why(each, about)) for each in missed]


def _why(missed: Missed, about: About) -> str:
    refusal = Refusal(missed.refusal)
    plain = say_refusal(Refused("", None, refusal), about)
    if missed.missing is None or refusal is not Refusal.BELOW_MINIMUM:
        return plain
    amount = show_money(missed.missing, about.currency, language=about.language)
    return _("%(why)s The nearest one was %(amount)s short.") % {"why": plain, "amount": amount}


def say_notes(found: Forecast, *, language: str) -> list[str]:
    """What one must know to read the figures rightly."""
    notes = [
        _(
            "Every past order is priced anew with the offers that run today, once with this one and once without."
        )
    ]
    if found.needs_code:
        notes.append(_("It counts as if everybody had had the code, so it is the most that it can cost."))
    notes += _notes_on_the_past(found, language=language)
    if found.by_segments_now:
        notes.append(_("Past orders count by the segments that their buyers are in now."))
    if found.used_up_on is not None:
        day = show_day(found.used_up_on, language=language)
        notes.append(_("Its limit would have been reached on %(day)s.") % {"day": day})
    if found.points:
        said = _("It would have given %(points)s points on top; their worth is taken off the margin.")
        if found.points < 0:
            said = _("Who pays less earns less: %(points)s points fewer would have been given.")
        notes.append(said % {"points": show_count(abs(found.points), language=language)})
    if found.margin_before is not None and found.cost_known_bp < 10_000:
        share = show_share(found.cost_known_bp, language=language)
        notes.append(_("Margins are those of the goods whose cost is known: %(share)s.") % {"share": share})
    return notes


def _notes_on_the_past(found: Forecast, *, language: str) -> list[str]:
    """What past orders do not tell."""
    notes = []
    if found.taken_as_met:
        kinds = ", ".join(str(UNKNOWN[kind]) for kind in found.taken_as_met)
        notes.append(_("Past orders do not tell %(kinds)s; that is taken as met.") % {"kinds": kinds})
    if found.tiers_began_on is not None:
        day = show_day(found.tiers_began_on, language=language)
        said = _(
            "There were no tiers before %(day)s: earlier orders count by the tier their buyers have now."
        )
        notes.append(said % {"day": day})
    return notes
