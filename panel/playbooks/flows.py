"""The playbooks that follow an occasion, each with its figures and what it will do, in words."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty.say_rule import say_rule
from panel.playbooks import birthday, cart_reminder, points_warning
from panel.playbooks.birthday import BirthdayMail
from panel.playbooks.birthday_form import BirthdayForm
from panel.playbooks.birthday_form import default_plan as default_birthday
from panel.playbooks.cart_reminder import CartReminder
from panel.playbooks.cart_reminder_form import CartReminderForm
from panel.playbooks.cart_reminder_form import default_plan as default_cart_reminder
from panel.playbooks.flow import Figure, Flow, Happening, Scene
from panel.playbooks.points_warning import PointsWarning
from panel.playbooks.points_warning_form import PointsWarningForm
from panel.playbooks.points_warning_form import default_plan as default_points_warning
from reports.queries.occasions import count_birthdays, count_ending_points, count_left_carts
from shop.clock import local_date
from shop.models import Product
from shop.show_money import show_count, show_money
from triggers.facts import Facts, Item
from triggers.occasions.birthday import Birthday
from triggers.occasions.cart_abandoned import CartAbandoned, fillers
from triggers.occasions.find_ending import DAYS_USUAL
from triggers.occasions.points_expiring import PointsExpiring
from triggers.pace import pace_of

EXAMPLE_POINTS = 420


def _count(scene: Scene, number: int) -> str:
    return show_count(number, language=scene.language)


def _money(scene: Scene, amount: int) -> str:
    return show_money(amount, scene.store.currency, language=scene.language)


def _reachable(scene: Scene, label: str, number: int) -> Figure:
    return Figure(
        label, _count(scene, number), _("agreed to marketing mails and have an address; nobody else gets one")
    )


# --- Carts


def _cart_figures(scene: Scene) -> Sequence[Figure]:
    left = count_left_carts(scene.store, at=scene.at)
    return (
        Figure(
            _("Carts left in the last 30 days"),
            _count(scene, left.carts),
            _("worth %(value)s, of customers who are known") % {"value": _money(scene, left.value)},
        ),
        _reachable(scene, _("Of these customers may be written to"), left.reachable),
    )


def _cart_rule(scene: Scene, plan: CartReminder) -> str:
    if plan.free_from is None:
        return _("A reminder of the cart, and nothing is given.")
    return say_rule(cart_reminder.terms(plan.free_from), scene.store, language=scene.language)


def _cart_happens(scene: Scene, plan: CartReminder) -> Sequence[Happening]:
    hours = ", ".join(_count(scene, said.delay_seconds // 3600) for said in plan.says)
    found = [
        Happening(
            "shopping_cart",
            _("A cart that lies unchanged brings a mail after so many hours: %(hours)s.") % {"hours": hours},
        ),
        Happening(
            "block", _("An order stops the mails that have not left yet, and so does an emptied cart.")
        ),
        Happening(
            "update",
            _("A cart is spoken of anew only after an order, after it was emptied, or after 30 days."),
        ),
    ]
    if plan.free_from is not None:
        text = _(
            "Free delivery pays for itself from %(sum)s on: over it the mail offers it outright, under it the mail "
            "says what is missing."
        )
        found.insert(1, Happening("local_shipping", text % {"sum": _money(scene, plan.free_from)}))
    pace = pace_of(scene.store, is_usual=True)
    if pace.mails_max is not None and pace.mails_max < len(plan.says):
        text = _(
            "Your store sends a customer at most %(most)d offers within %(days)d days, so not all of these mails "
            "will go. You can change that in the store's settings."
        )
        found.append(Happening("info", text % {"most": pace.mails_max, "days": pace.days}))
    return [*found, _night(scene)]


def _night(scene: Scene) -> Happening:
    pace = pace_of(scene.store, is_usual=True)
    if pace.quiet_from == pace.quiet_until:
        return Happening("schedule", _("Mails go at any hour."))
    text = _(
        "Nothing goes between %(begins)s and %(ends)s by the customer's clock; it waits for the morning."
    )
    values = {"begins": f"{pace.quiet_from:%H:%M}", "ends": f"{pace.quiet_until:%H:%M}"}
    return Happening("bedtime", text % values)


def _cart_facts(scene: Scene, plan: CartReminder) -> Sequence[Facts]:
    """The first mail about a small cart, the others about one that delivery is free for."""
    items = _example_items(scene)
    if plan.free_from is None:
        return (Facts(items=items),)
    missing = max(plan.free_from - sum(item.amount for item in items), 0)
    few = Facts(
        items=items,
        free_from=plan.free_from,
        missing=missing,
        fillers=fillers(scene.store.pk, missing, besides=set()) if missing else (),
    )
    last = items[-1]
    times = 1 + -(-missing * last.quantity // last.amount)
    price = last.amount // last.quantity
    many = Item(last.name, last.quantity - 1 + times, last.amount - price + times * price)
    return (few, Facts(items=(*items[:-1], many), free_from=plan.free_from))


def _example_items(scene: Scene) -> tuple[Item, ...]:
    """Two of the store's own goods, or made-up ones where it has none yet."""
    goods = Product.objects.filter(store=scene.store, kind=Product.Kind.GOODS, is_active=True, price__gt=0)
    own = tuple(Item(one.name, 1, one.price) for one in goods.exclude(name="").order_by("id")[:2])
    return own or (Item(_("Scented candle"), 2, 900), Item(_("Glass lantern"), 1, 250))


# --- Points


def _points_figures(scene: Scene) -> Sequence[Figure]:
    ending = count_ending_points(scene.store, days=DAYS_USUAL, at=scene.at)
    return (
        Figure(
            _("Points that end within %(days)d days") % {"days": ending.days},
            _count(scene, ending.points),
            ngettext("of %(count)s customer", "of %(count)s customers", ending.customers)
            % {"count": _count(scene, ending.customers)},
        ),
    )


def _points_rule(scene: Scene, plan: PointsWarning) -> str:
    words = ngettext(
        "Whoever has points that end within %(days)d day is told so, once for each end date.",
        "Whoever has points that end within %(days)d days is told so, once for each end date.",
        plan.days,
    )
    return words % {"days": plan.days}


def _points_happens(scene: Scene, plan: PointsWarning) -> Sequence[Happening]:
    ending = count_ending_points(scene.store, days=plan.days, at=scene.at)
    now = ngettext(
        "Now that would be %(count)s customer with %(points)s points.",
        "Now that would be %(count)s customers with %(points)s points.",
        ending.customers,
    )
    values = {"count": _count(scene, ending.customers), "points": _count(scene, ending.points)}
    return (
        Happening("group", now % values),
        Happening(
            "schedule",
            _(
                "It goes at ten in the customer's morning. The points are counted then; nothing left, no mail."
            ),
        ),
        Happening(
            "verified_user",
            _("It is a service about something the customer owns, so it asks for no consent to offers."),
        ),
    )


def _points_facts(scene: Scene, plan: PointsWarning) -> Sequence[Facts]:
    last_day = local_date(scene.store, scene.at) + timedelta(days=plan.days)
    return (Facts(points=EXAMPLE_POINTS, last_day=last_day),)


# --- Birthdays


def _birthday_figures(scene: Scene) -> Sequence[Figure]:
    found = count_birthdays(scene.store, at=scene.at)
    return (
        Figure(
            _("Birthdays in the next 30 days"),
            _count(scene, found.soon),
            ngettext(
                "of %(known)s customer whose birthday you know",
                "of %(known)s customers whose birthday you know",
                found.known,
            )
            % {"known": _count(scene, found.known)},
        ),
        _reachable(scene, _("Of these may be written to"), found.reachable),
    )


def _birthday_rule(scene: Scene, plan: BirthdayMail) -> str:
    return say_rule(birthday.terms(plan), scene.store, language=scene.language)


def _birthday_happens(scene: Scene, plan: BirthdayMail) -> Sequence[Happening]:
    found = count_birthdays(scene.store, at=scene.at)
    now = ngettext(
        "In the next 30 days that is %(count)s mail.",
        "In the next 30 days that is %(count)s mails.",
        found.reachable,
    )
    return (
        Happening("mail", now % {"count": _count(scene, found.reachable)}),
        Happening(
            "cake",
            _(
                "Each customer once a year, at ten in their morning; a birthday on 29 February is kept on the 28th "
                "in other years."
            ),
        ),
        Happening(
            "history", _("A birthday that was changed counts after 30 days, so none is made up on demand.")
        ),
        Happening(
            "confirmation_number",
            ngettext(
                "Each gets a code of their own, valid for %(days)d day and for one order.",
                "Each gets a code of their own, valid for %(days)d days and for one order.",
                plan.valid_days,
            )
            % {"days": plan.valid_days},
        ),
    )


CART_REMINDER = Flow(
    occasion=CartAbandoned.code,
    title=gettext_lazy("Catch up with left carts"),
    lead=gettext_lazy(
        "Whoever leaves a full cart is reminded, up to three times, and never once they have bought. Free delivery "
        "is offered only where it pays for itself. Nothing is sent before you have seen the examples."
    ),
    form=CartReminderForm,
    default=default_cart_reminder,
    set_up=cart_reminder.set_up,
    figures=_cart_figures,
    rule=_cart_rule,
    happens=_cart_happens,
    facts=_cart_facts,
)
POINTS_WARNING = Flow(
    occasion=PointsExpiring.code,
    title=gettext_lazy("Tell of points that end"),
    lead=gettext_lazy(
        "Points that nobody was told of are points that nobody comes back for. One mail for each end date, with "
        "what is really left. Nothing is sent before you have seen the example."
    ),
    form=PointsWarningForm,
    default=default_points_warning,
    set_up=points_warning.set_up,
    figures=_points_figures,
    rule=_points_rule,
    happens=_points_happens,
    facts=_points_facts,
)
BIRTHDAY = Flow(
    occasion=Birthday.code,
    title=gettext_lazy("Keep birthdays"),
    lead=gettext_lazy(
        "A friendly mail with a present that is theirs alone. The answers below are a good start; nothing is sent "
        "before you have seen the example."
    ),
    form=BirthdayForm,
    default=default_birthday,
    set_up=birthday.set_up,
    figures=_birthday_figures,
    rule=_birthday_rule,
    happens=_birthday_happens,
)
