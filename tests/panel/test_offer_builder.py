"""The builder: the whole language asked for, said back, tried on carts, and refused where it makes no sense."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from msgspec import Struct

from coupons.models import CouponCampaign
from loyalty.document import benefits as benefit_parts
from loyalty.document import conditions as condition_parts
from loyalty.document import terms as term_parts
from loyalty.models import Offer
from loyalty.offer_document import parse
from panel.offers.belong import lane_for
from panel.offers.draft import Draft
from panel.offers.frame import LIMITS
from panel.offers.known import read_known
from panel.offers.language.benefits import BENEFITS
from panel.offers.language.conditions import CONDITIONS
from panel.offers.language.kind import Kind
from panel.offers.language.targets import TARGETS
from panel.offers.language.terms import AUDIENCES, RECURRING
from panel.offers.say_fault import DETAILS
from panel.offers.starts import STARTS, start_document
from tests.factories import (
    make_offer,
    make_order,
    make_order_line,
    make_version,
)
from tests.factories.moments import AT
from tests.loyalty.offers_said import BENEFITS_SAID, CONDITIONS_SAID, TARGETS_SAID, TEN
from tests.panel.offer_answers import ANSWERS, DOCUMENT, NEW, PREVIEW, SENTENCE, address_of, page
from tests.panel.world import World

# --- the language


def structs(module: Any) -> dict[str, type[Struct]]:
    """The parts of the language by their kinds."""
    found = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Struct)]
    return {
        str(each.__struct_config__.tag): each
        for each in found
        if each.__struct_config__.tag not in (None, "Part")
    }


def asked(kind: Kind) -> set[str]:
    return {one.name for one in kind.asks} | {one.name for one in kind.chooses}


@pytest.mark.parametrize(
    ("table", "module"),
    [
        (CONDITIONS, condition_parts),
        ({**BENEFITS, **TARGETS}, benefit_parts),
        ({**AUDIENCES, **{kind: one for kind, one in RECURRING.items() if kind}}, term_parts),
    ],
    ids=["conditions", "benefits and targets", "audience and days"],
)
def test_the_builder_asks_every_field_of_every_kind(table: dict[str, Kind], module: Any) -> None:
    language = structs(module)
    assert set(table) == set(language)
    for kind, part in language.items():
        assert asked(table[kind]) == set(part.__struct_fields__), kind
        assert table[kind].title


def test_the_builder_asks_every_limit() -> None:
    assert set(term_parts.Limits.__struct_fields__) <= set(LIMITS)


def test_every_half_sentence_names_its_fields() -> None:
    for kind in [*CONDITIONS.values(), *BENEFITS.values(), *TARGETS.values(), *RECURRING.values()]:
        for one in kind.asks:
            assert f"{{{one.name}}}" in str(kind.phrase), (kind.kind, one.name)


def test_every_fault_of_a_document_has_its_sentence() -> None:
    details = set()
    for path in sorted((Path(__file__).parents[2] / "loyalty" / "document").glob("check_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "detail"
                and isinstance(node.value, ast.Constant)
            ):
                details.add(node.value.value)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                details |= {node.value.value for name in node.targets if getattr(name, "id", "") == "detail"}
    assert details, "the faults are said elsewhere now"
    assert details <= set(DETAILS)


@pytest.mark.django_db
@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.key)
def test_a_ready_beginning_opens_with_its_parts_in_its_step(start: Any, ours: World) -> None:
    known = read_known(ours.store, at=AT)
    document = start_document(start.key, ours.store)
    draft = Draft(known, document=document)
    assert {part.kind.kind for part in draft.benefits} == {part["kind"] for part in document["benefits"]}
    assert lane_for(document) == document["lane"]


# --- the builder


def test_saving_makes_a_draft_with_the_document_that_was_said(candles: World, marketer: Client) -> None:
    answer = marketer.post(NEW, {**ANSWERS, "save": "1"})
    offer = Offer.objects.get(code="candle-fridays")
    assert answer.headers["Location"] == address_of("offer", offer)
    assert (offer.status, offer.store) == ("draft", candles.store)
    assert offer.versions.get().document == DOCUMENT
    assert SENTENCE in page(marketer, address_of("offer", offer))


def test_a_stored_offer_comes_back_into_the_builder_and_out_again_unchanged(
    candles: World, marketer: Client
) -> None:
    marketer.post(NEW, {**ANSWERS, "save": "1"})
    offer = Offer.objects.get(code="candle-fridays")
    shown = page(marketer, address_of("offer_edit", offer))
    for part in ('name="benefits-0-rate_bp" value="15"', 'value="24:00"', SENTENCE):
        assert part in shown
    marketer.post(address_of("offer_edit", offer), {**ANSWERS, "save": "1"})
    assert offer.versions.count() == 1


def test_money_days_and_times_are_typed_as_people_write_them(candles: World, marketer: Client) -> None:
    candles.store.__class__.objects.filter(pk=candles.store.pk).update(time_zone="Europe/Moscow")
    typed = {
        **ANSWERS,
        "conditions-1-kind": "subtotal_at_least",
        "conditions-1-amount": "20,50",
        "starts_on": "2027-05-01",
        "ends_on": "2027-05-31",
        "recurring-kind": "",
        "budget_max": "1000",
    }
    marketer.post(NEW, {**typed, "save": "1"})
    document = Offer.objects.get(code="candle-fridays").versions.get().document
    assert document["conditions"][1] == {"kind": "subtotal_at_least", "amount": 2050}
    assert document["schedule"] == {
        "starts_at": "2027-04-30T21:00:00+00:00",
        "ends_at": "2027-05-31T21:00:00+00:00",
    }
    assert document["limits"]["budget_max"] == 100_000


def test_a_part_is_added_and_taken_away(marketer: Client) -> None:
    with_one_more = marketer.post(NEW, {**ANSWERS, "add": "conditions:new_customer"}).content.decode()
    assert 'name="conditions-1-kind" value="new_customer"' in with_one_more
    without = marketer.post(NEW, {**ANSWERS, "drop": "conditions:0"}).content.decode()
    assert "conditions-0-kind" not in without
    assert not Offer.objects.filter(code="candle-fridays").exists()


def test_a_field_that_is_missing_is_said_beside_it(marketer: Client) -> None:
    answer = marketer.post(NEW, {**ANSWERS, "conditions-0-quantity": "", "save": "1"})
    assert answer.status_code == 400
    assert "number of items: This field is required." in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"conditions-1-kind": "new_customer", "conditions-2-kind": "nth_order", "conditions-2-n": "3"},
            "Nobody orders for the first time and has ordered before.",
        ),
        (
            {
                "conditions-1-kind": "weekday_hours",
                "conditions-1-weekdays": ["1"],
                "conditions-1-to_minute": "24:00",
            },
            "The offer runs on other days of the week than these",
        ),
        ({"lane": "delivery"}, "In the step “delivery” only the delivery is priced."),
        ({"is_exclusive": "on", "skips_discounted": "on"}, "An offer that stands alone meets no other one"),
        (
            {"recurring-from_minute": "20:00", "recurring-to_minute": "8:00"},
            "For a night over midnight make two offers.",
        ),
        (
            {
                "benefits-0-kind": "cheapest_free",
                "benefits-0-give": "cheapest",
                "benefits-0-target-kind": "some_units",
                "benefits-0-target-give": "cheapest",
                "benefits-0-target-count": "1",
                "benefits-0-target-per": "order",
            },
            "This chooses the items by itself.",
        ),
        ({"starts_on": "2027-05-02", "ends_on": "2027-05-01"}, "The end is before the beginning."),
    ],
)
def test_what_cannot_make_sense_is_refused_with_its_reason(typed: Any, said: str, marketer: Client) -> None:
    answer = marketer.post(NEW, {**ANSWERS, **typed, "save": "1"})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Offer.objects.filter(code="candle-fridays").exists()


def test_an_offer_that_gives_nothing_is_refused(marketer: Client) -> None:
    nothing = {name: value for name, value in ANSWERS.items() if not name.startswith("benefits")}
    answer = marketer.post(NEW, {**nothing, "save": "1"})
    assert answer.status_code == 400
    assert "add at least one thing under “Give”" in answer.content.decode()


# --- the preview


def test_preview_reads_the_sentence_and_tries_it_on_a_cart_that_fits(marketer: Client) -> None:
    shown = marketer.post(PREVIEW, ANSWERS).content.decode()
    assert SENTENCE in shown
    # 15 % of two candles for 10.00 each.
    assert "It takes <strong>£3.00</strong> off this cart." in shown
    assert not Offer.objects.filter(code="candle-fridays").exists()


def test_preview_tries_a_real_order_and_says_why_it_gets_nothing(candles: World, marketer: Client) -> None:
    order = make_order(candles.store, customer=candles.customer)
    make_order_line(order, sku="CANDLE", quantity=1, unit_price=1000, total=1000)
    shown = marketer.post(PREVIEW, {**ANSWERS, "sample": f"order:{order.pk}"}).content.decode()
    assert "It gives nothing on this cart. 1 item is missing." in shown


def test_preview_of_half_an_answer_says_what_is_open(marketer: Client) -> None:
    shown = marketer.post(PREVIEW, {**ANSWERS, "conditions-0-quantity": "two"}).content.decode()
    assert "Take 15 % off Candles, on Fridays, at most 500 uses." in shown
    assert "Still open: The cart has a number of items." in shown


def test_another_stores_order_is_never_tried(theirs: World, marketer: Client) -> None:
    make_order_line(theirs.order, ordinal=99, sku="SECRET", name="Secret thing")
    shown = marketer.post(PREVIEW, {**ANSWERS, "sample": f"order:{theirs.order.pk}"}).content.decode()
    assert "Secret thing" not in shown


# --- the whole language through the form


class Form(HTMLParser):
    """What a browser would send of the builder's form, as it stands on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._select, self._options = "", [("", False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, value = said.get("name", ""), said.get("value", "")
        is_ticked = said.get("type") != "checkbox" or "checked" in said
        if tag == "input" and name and "form" not in said and is_ticked:
            self.sent.append((name, value or ("on" if said.get("type") == "checkbox" else "")))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((value, "selected" in said))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            chosen = [value for value, is_selected in self._options if is_selected]
            self.sent.append((self._select, (chosen or [self._options[0][0]])[0]))
            self._select = ""

    def data(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.sent:
            found.setdefault(name, []).append(value)
        return found


SCHEDULES = [
    {"recurring": {"kind": "last_weekend"}},
    {"recurring": {"kind": "paydays"}},
    {"recurring": {"kind": "holidays", "names": [], "days_before": 2, "days_after": 0}},
    {"recurring": {"kind": "weekly", "weekdays": [1, 7], "from_minute": 540, "to_minute": 1080}},
    {"starts_at": "2027-05-01T07:30:00+00:00", "ends_at": "2099-06-01T00:00:00+00:00", "personal_hours": 48},
]
TERMS = [
    *[{"conditions": [condition]} for condition, _words in CONDITIONS_SAID],
    *[{"benefits": [benefit]} for benefit, _words in BENEFITS_SAID],
    *[{"benefits": [{**TEN, "target": target}]} for target in TARGETS_SAID],
    *[{"schedule": schedule} for schedule in SCHEDULES],
    {"audience": {"kind": "visitors", "number_min": 2, "number_max": 3}},
    {"is_exclusive": True, "priority": 7},
    {"skips_discounted": True, "reuses_units": False},
    {"limits": {"uses_max": 5, "uses_per_customer": 1, "budget_max": 100_050}},
]


@pytest.mark.django_db
@pytest.mark.parametrize("terms", TERMS)
def test_what_is_stored_comes_back_from_the_page_with_the_same_meaning(
    terms: Any, candles: World, marketer: Client
) -> None:
    """Opened in the builder and sent as it stands, the terms mean what they meant."""
    document = {"v": 1, "benefits": [TEN], **terms}
    document["lane"] = lane_for(document)
    CouponCampaign.objects.filter(pk=candles.campaign.pk).update(code="autumn")
    offer = make_offer(candles.store, status="draft")
    make_version(offer, document=document)
    form = Form()
    form.feed(page(marketer, address_of("offer_edit", offer)))
    answer = marketer.post(address_of("offer_edit", offer), {**form.data(), "save": "1"})
    assert answer.status_code == 302, re.findall(r'role="alert"[^>]*>(.*?)<', answer.content.decode())
    newest = offer.versions.order_by("-number").first()
    assert newest is not None
    assert newest.number == 2
    assert parse(newest.document) == parse(document)
