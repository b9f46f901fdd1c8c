"""Placeholders: strict when saved, graceful when filled."""

from html import escape

import pytest
from django.core.exceptions import ValidationError

from triggers.placeholders import check, fill

VALUES = {"name": "Ann", "code": "ABCD", "offer": "10 % off", "until": "9 June 2026", "shop": "Candle House"}
NAMELESS = VALUES | {"name": ""}


def test_known_placeholders_are_accepted() -> None:
    check("Hello {name}, {code} gives {offer} until {until}. {shop}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello {nmae}", "unknown_placeholder"),
        ("Hello {Name}", "unknown_placeholder"),
        ("Hello { name }", "unknown_placeholder"),
        ("Hello {}", "unknown_placeholder"),
        ("Hello {name.__class__}", "unknown_placeholder"),
        ("Hello {{name}}", "lonely_brace"),
        ("Hello {name", "lonely_brace"),
        ("Hello name}", "lonely_brace"),
        ("Hello \x00", "control_character"),
        ("Hello \x1b[1m", "control_character"),
    ],
)
def test_anything_else_in_braces_is_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check(text)
    assert refused.value.code == code


def test_refusal_names_what_may_be_used() -> None:
    with pytest.raises(ValidationError, match=r"no placeholder \{nmae\}. You may use \{name\}, \{code\}"):
        check("{nmae}")


def test_line_end_is_refused_in_a_subject_only() -> None:
    check("One\nTwo")
    with pytest.raises(ValidationError) as refused:
        check("One\nTwo", one_line=True)
    assert refused.value.code == "control_character"


def test_text_without_a_coupon_may_not_name_one() -> None:
    with pytest.raises(ValidationError):
        check("Use {code}", allowed=("name", "shop"))


def test_values_are_not_filled_again() -> None:
    assert fill("{name}: {code}", VALUES | {"name": "{code}"}) == "{code}: ABCD"


def test_text_and_values_are_escaped() -> None:
    assert fill("a < b {name}", VALUES | {"name": "<b>"}, escape=escape) == "a &lt; b &lt;b&gt;"


def test_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{code}", {"name": "Ann"})


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {name},", "Hello,"),
        ("We have missed you, {name}.", "We have missed you."),
        ("We have missed you, {name}", "We have missed you"),
        ("{name}, we have missed you", "We have missed you"),
        ("Good news.\n{name}, look here", "Good news.\nLook here"),
        ("Здравствуйте, {name}!", "Здравствуйте!"),
        ("{name}", ""),
    ],
)
def test_sentence_closes_over_a_missing_name(text: str, filled: str) -> None:
    assert fill(text, NAMELESS) == filled
