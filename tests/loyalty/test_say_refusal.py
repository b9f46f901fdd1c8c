"""Every reason has a sentence, with the numbers that matter."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from loyalty.say_refusal import CAPS, POINTS, SENTENCES, About, say_cap, say_points_limit, say_refusal
from pricing.refusals import Cap, PointsLimit, Refusal
from pricing.values import Refused

POUNDS = About(currency="GBP", language="en", names={"ten": "Ten off"})


def said(refusal: Refusal, about: About = POUNDS, **given: Any) -> str:
    # As for an answer of its own: within one, sentences are looked up once.
    return say_refusal(Refused("offer", "CODE", refusal, **given), replace(about, found={}))


@pytest.mark.parametrize("refusal", Refusal)
def test_every_reason_has_a_sentence(refusal: Refusal) -> None:
    assert refusal in SENTENCES
    assert said(refusal).endswith((".", ":"))
    assert "_" not in said(refusal)


@pytest.mark.parametrize("cap", Cap)
def test_every_cap_has_words(cap: Cap) -> None:
    assert cap in CAPS
    assert "_" not in say_cap(cap)


@pytest.mark.parametrize("limit", PointsLimit)
def test_every_limit_of_points_has_a_sentence(limit: PointsLimit) -> None:
    assert limit in POINTS
    assert say_points_limit(limit).endswith(".")


def test_what_is_missing_is_said_in_money() -> None:
    assert said(Refusal.BELOW_MINIMUM, missing=400).startswith("£4.00 are missing.")


def test_what_is_missing_is_said_in_items() -> None:
    assert said(Refusal.BELOW_QUANTITY, missing=1) == "1 item is missing."
    assert said(Refusal.BELOW_QUANTITY, missing=2) == "2 items are missing."


def test_the_better_offer_is_named() -> None:
    assert said(Refusal.OTHER_OFFER_BETTER, better="ten") == "“Ten off” takes more off the same goods."
    assert "other" in said(Refusal.OTHER_OFFER_BETTER, better="other")


def test_the_cap_that_left_nothing_is_named() -> None:
    assert "the margin floor" in said(Refusal.CAPPED_TO_ZERO, capped_by=Cap.MARGIN_FLOOR)


def test_days_are_said_where_they_are_known() -> None:
    about = About(currency="GBP", language="en", starts_on="1 Dec 2026", ends_on="5 Dec 2026")
    assert said(Refusal.NOT_STARTED, about) == "It begins on 1 Dec 2026."
    assert said(Refusal.EXPIRED, about) == "It was good until 5 Dec 2026."
    assert said(Refusal.EXPIRED) == "It has ended."


@pytest.mark.parametrize("refusal", Refusal)
def test_every_reason_is_russian_where_the_reader_is(refusal: Refusal) -> None:
    with translation.override("ru"):
        assert not re.search(r"[A-Za-z]{2,}", said(refusal))
        assert not re.search(r"[A-Za-z]{2,}", said(refusal, missing=3).replace("GBP", ""))


def test_what_is_missing_is_said_in_orders_and_days() -> None:
    assert said(Refusal.NOT_THIS_ORDER, missing=1).endswith("1 order to go.")
    assert said(Refusal.NOT_THIS_ORDER, missing=2).endswith("2 orders to go.")
    assert said(Refusal.LAST_ORDER_TOO_RECENT, missing=5).endswith("in 5 days.")
    # Past it, there is nothing to count.
    assert said(Refusal.NOT_THIS_ORDER) == "It is for another order of this customer, by its number."
