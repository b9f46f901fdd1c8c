"""What a recheck of the books found, in plain words, with what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from loyalty.findings import FindingCode
from loyalty.models import Account, Tier
from shop.models import Store
from shop.show_money import show_count, show_money


@dataclass(frozen=True, slots=True)
class SaidFinding:
    """`expected` and `found` are points, money, movements, uses or tiers; `subject` says by its number in the database
    what it is about, and `url` leads to the page of that."""

    what: str | Promise
    advice: str | Promise
    subject: str | Promise
    expected: str
    found: str
    url: str


ADJUST = _("Look at the movements, then put the balance right with a correction by hand; never change rows.")
RESTORE = _(
    "Somebody with access to the database changed what is past. Compare with a backup of that day and find out who."
)
TELL = _(
    "Nothing is lost for the customer now. Keep this page and ask whoever runs the installation to look."
)
SAID: Mapping[str, tuple[str | Promise, str | Promise]] = {
    FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS: (_("A balance is not the sum of its movements"), ADJUST),
    FindingCode.BALANCE_IS_NOT_ITS_LOTS: (_("A balance is not the sum of its earned portions"), ADJUST),
    FindingCode.HELD_IS_NOT_ITS_LOTS: (_("What carts hold is not what the portions say"), TELL),
    FindingCode.POINTS_WITHOUT_LOT: (_("Points arrived without an earned portion"), TELL),
    FindingCode.LOT_IS_NOT_ITS_TRANSFER: (_("An earned portion differs from its movement"), TELL),
    FindingCode.LOT_IS_NOT_ITS_USES: (_("What is left of a portion is not what was taken from it"), ADJUST),
    FindingCode.OWED_IS_NOT_ITS_DEBTS: (_("What a customer owes is not the sum of the debts"), TELL),
    FindingCode.RETURNED_IS_NOT_ITS_TRANSFERS: (_("Points given back differ from the movements"), TELL),
    FindingCode.TAKEN_BACK_IS_NOT_ITS_TRANSFERS: (_("Points taken back differ from the movements"), TELL),
    FindingCode.SPENT_IS_NOT_ITS_TRANSFER: (_("An order's points differ from the movement"), TELL),
    FindingCode.REFUNDED_IS_NOT_ITS_REFUNDS: (_("What was refunded is not the sum of the refunds"), TELL),
    FindingCode.DISCOUNT_IS_NOT_ITS_ROWS: (_("An order's discount is not the sum of its parts"), TELL),
    FindingCode.USES_ARE_NOT_THEIR_ORDERS: (_("An offer counted fewer uses than it has orders"), TELL),
    FindingCode.DAY_USES_ARE_NOT_THEIR_ORDERS: (
        _("A day's counter of an offer differs from the orders that it counted"),
        TELL,
    ),
    FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS: (
        _("What gift balances paid of an order is not the sum of its parts"),
        TELL,
    ),
    FindingCode.BALANCE_MOVED_IS_NOT_ITS_PAYMENTS: (
        _("What a gift balance paid differs from its movements"),
        TELL,
    ),
    FindingCode.GIFT_BALANCE_DOES_NOT_ADD_UP: (
        _("A gift balance is not what was issued less spent, ended and withdrawn"),
        TELL,
    ),
    FindingCode.GIFT_RECORD_IS_NOT_ITS_MOVEMENTS: (
        _("A gift balance was issued or withdrawn for another amount than moved"),
        TELL,
    ),
    FindingCode.TIER_IS_NOT_ITS_FACTS: (
        _("A customer stands in another tier than the orders say"),
        _(
            "Save the ladder under Tiers once more: all customers are looked at anew. "
            "If it comes back, ask whoever runs the installation to look."
        ),
    ),
    FindingCode.FULL_CARD_IS_NOT_ITS_STAMPS: (_("A full stamp card is not its stamps"), TELL),
    FindingCode.STAMPS_ARE_NOT_THEIR_ORDERS: (_("A cancelled order still has its stamps"), TELL),
    FindingCode.COMMISSION_IS_NOT_ITS_LINE: (
        _("A partner's commission is not the share of what was kept"),
        _("Do not pay this partner's month before somebody has looked at the order."),
    ),
    FindingCode.PAYOUT_IS_NOT_ITS_COMMISSIONS: (
        _("A partner's payout is not the sum of its commissions"),
        _("Do not pay it before somebody has compared it with the partner's statement."),
    ),
    FindingCode.FRIEND_REWARD_IS_NOT_ITS_TRANSFERS: (
        _("The reward for a friend is not what moved for it"),
        ADJUST,
    ),
    FindingCode.BUDGET_IS_NOT_ITS_DISCOUNTS: (_("An offer's budget counted less than it gave"), TELL),
    FindingCode.COUPON_USES_ARE_NOT_ITS_REDEMPTIONS: (_("A coupon's uses are not those of its orders"), TELL),
    FindingCode.HELD_IS_NOT_ITS_RESERVATIONS: (_("What is held is not what reserved carts hold"), TELL),
    FindingCode.REPORT_IS_NOT_ITS_TRANSFERS: (
        _("The report of points owed differs from the movements"),
        TELL,
    ),
    FindingCode.SEAL_IS_BROKEN: (_("A seal does not follow from the one before"), RESTORE),
    FindingCode.SEALED_DAY_GREW_OR_SHRANK: (_("A sealed day has more or fewer movements than then"), RESTORE),
    FindingCode.SEALED_ROWS_CHANGED: (_("A movement of a sealed day was changed"), RESTORE),
    FindingCode.DAY_WITHOUT_ITS_SEAL: (_("Movements lie on a day that was passed over empty"), RESTORE),
}
# What a finding is about, as its subject begins: "account:12". The number is that of the database.
SUBJECTS: Mapping[str, str | Promise] = {
    "account": _("account"),
    "lot": _("earned portion"),
    "transfer": _("movement"),
    "order": _("order"),
    "offer": _("offer"),
    "offer_use": _("uses of an offer"),
    "day_use": _("uses of an offer on a day"),
    "customer_use": _("use by a customer"),
    "budget": _("budget of an offer"),
    "coupon": _("coupon"),
    "customer": _("customer"),
    "stamp_holder": _("stamp card"),
    "payout": _("payout"),
    "store": _("store"),
    "day": _("day"),
}
UNKNOWN = (_("Something does not add up"), TELL)
OF_MONEY = frozenset(
    {
        FindingCode.REFUNDED_IS_NOT_ITS_REFUNDS,
        FindingCode.DISCOUNT_IS_NOT_ITS_ROWS,
        FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS,
        FindingCode.BALANCE_MOVED_IS_NOT_ITS_PAYMENTS,
        FindingCode.GIFT_BALANCE_DOES_NOT_ADD_UP,
        FindingCode.GIFT_RECORD_IS_NOT_ITS_MOVEMENTS,
        FindingCode.COMMISSION_IS_NOT_ITS_LINE,
        FindingCode.PAYOUT_IS_NOT_ITS_COMMISSIONS,
        FindingCode.BUDGET_IS_NOT_ITS_DISCOUNTS,
    }
)


def say_findings(findings: Sequence[Mapping[str, Any]], *, store: Store, language: str) -> list[SaidFinding]:
    """`findings` as a check keeps them. One query, and one more where tiers are among them."""
    pages = _pages(findings, store_id=store.pk)
    tiers = _tiers(findings, store)

    def figure(code: str, value: int) -> str:
        if code == FindingCode.TIER_IS_NOT_ITS_FACTS:
            return tiers.get(value, "") if value else _now("none")
        if code in OF_MONEY:
            return show_money(value, store.currency, language=language)
        return show_count(value, language=language)

    return [
        SaidFinding(
            *SAID.get(each["code"], UNKNOWN),
            subject=_say_subject(each["subject"]),
            expected=figure(each["code"], each["expected"]),
            found=figure(each["code"], each["found"]),
            url=pages.get(each["subject"], ""),
        )
        for each in findings
    ]


def _tiers(findings: Sequence[Mapping[str, Any]], store: Store) -> dict[int, str]:
    """Names of the tiers by their numbers."""
    if not any(each["code"] == FindingCode.TIER_IS_NOT_ITS_FACTS for each in findings):
        return {}
    return dict(Tier.objects.filter(store=store).values_list("pk", "name"))


def _say_subject(subject: str) -> str:
    """ "order:77" as one reads it aloud; what no version of ours has written stays as it is."""
    kind, _colon, number = subject.partition(":")
    return f"{SUBJECTS[kind]} {number}" if kind in SUBJECTS and number else subject


def _pages(findings: Sequence[Mapping[str, Any]], *, store_id: int) -> dict[str, str]:
    """Where the customer of an account or the order is shown."""
    subjects = {each["subject"] for each in findings}
    ids = [int(name.partition(":")[2]) for name in subjects if name.startswith("account:")]
    rows = Account.objects.filter(store_id=store_id, pk__in=ids, customer__isnull=False)
    pages = {
        f"account:{pk}": reverse("panel:customer", args=[customer])
        for pk, customer in rows.values_list("pk", "customer_id")
    }
    for name in subjects:
        kind, _colon, number = name.partition(":")
        if kind in ("order", "customer"):
            pages[name] = reverse(f"panel:{kind}", args=[number])
    return pages
