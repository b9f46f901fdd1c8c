"""Codes are hard to guess and easy to read."""

import pytest

from coupons.codes import ALPHABET, FORM, new_code, read_code


def test_a_code_has_twelve_letters_in_three_groups() -> None:
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert FORM.match(code)


def test_no_letter_looks_like_another() -> None:
    assert not set("0O1IL") & set(ALPHABET)
    assert len(set(ALPHABET)) == 31


def test_codes_do_not_repeat_and_use_the_whole_alphabet() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert set("".join(codes)) == {*ALPHABET, "-"}


@pytest.mark.parametrize("typed", ["SPRING-25", "spring-25", " Spring-25\n", "SPRING -25"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "SPRING-25"
