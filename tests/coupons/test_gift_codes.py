"""Codes of gift balances: 16 letters, found by a keyed hash, sealed under keys outside the database."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

from coupons.codes import ALPHABET
from coupons.find_balances import find_balances
from coupons.gift_codes import (
    CodeUnreadable,
    hashes_of,
    new_gift_code,
    open_code,
    read_gift_code,
    seal_code,
    show_gift_code,
)
from coupons.issue_balance import code_of
from tests.checkout.gift import gift
from tests.factories import make_store

CODE = "K7MP2QXA9RTBWXYZ"


def test_a_code_has_sixteen_letters_that_are_not_mistaken() -> None:
    codes = {new_gift_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)


def test_it_is_shown_in_groups_and_read_in_any_form() -> None:
    assert show_gift_code(CODE) == "K7MP-2QXA-9RTB-WXYZ"
    for typed in ("k7mp-2qxa-9rtb-wxyz", " K7MP 2QXA 9RTB WXYZ ", CODE):
        assert read_gift_code(typed) == CODE


def test_it_is_opened_as_it_was_sealed_and_sealed_anew_each_time() -> None:
    first, second = (seal_code(CODE, store_id=1) for _ in range(2))
    assert open_code(first.code_cipher) == open_code(second.code_cipher) == CODE
    assert first.code_cipher != second.code_cipher
    assert first.code_hash == second.code_hash
    assert first.ending == "WXYZ"
    assert CODE.encode() not in first.code_cipher


def test_it_is_found_in_its_own_store_only() -> None:
    assert hashes_of(CODE, store_id=1) == [seal_code(CODE, store_id=1).code_hash]
    assert hashes_of(CODE, store_id=2) != hashes_of(CODE, store_id=1)


@pytest.mark.parametrize("place", [0, 11, 12, 27, 43])
def test_a_changed_byte_is_seen(place: int) -> None:
    cipher = bytearray(seal_code(CODE, store_id=1).code_cipher)
    cipher[place] ^= 1
    with pytest.raises(CodeUnreadable):
        open_code(bytes(cipher))


@pytest.mark.parametrize("length", [0, 5, 12, 43])
def test_a_cut_off_seal_is_seen(length: int) -> None:
    with pytest.raises(CodeUnreadable):
        open_code(seal_code(CODE, store_id=1).code_cipher[:length])


def test_a_seal_fits_its_column() -> None:
    assert len(seal_code(CODE, store_id=1).code_cipher) == 12 + 16 + 16 <= 64


def test_keys_rotate_and_an_old_one_still_opens_and_finds(settings: Settings) -> None:
    settings.GIFT_CODE_KEYS = ["old"]
    sealed = seal_code(CODE, store_id=1)
    settings.GIFT_CODE_KEYS = ["new", "old"]
    assert open_code(sealed.code_cipher) == CODE
    assert sealed.code_hash in hashes_of(CODE, store_id=1)
    assert seal_code(CODE, store_id=1).code_hash == hashes_of(CODE, store_id=1)[0] != sealed.code_hash
    settings.GIFT_CODE_KEYS = ["new"]
    with pytest.raises(CodeUnreadable):
        open_code(sealed.code_cipher)


def test_without_keys_of_its_own_the_installations_secret_serves(settings: Settings) -> None:
    settings.GIFT_CODE_KEYS = []
    sealed = seal_code(CODE, store_id=1)
    settings.GIFT_CODE_KEYS = [settings.SECRET_KEY]
    assert open_code(sealed.code_cipher) == CODE


@pytest.mark.django_db
def test_codes_are_sealed_anew_and_the_old_key_can_go(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.GIFT_CODE_KEYS = ["old"]
    store = make_store()
    issued = [gift(store, 100) for _ in range(3)]
    settings.GIFT_CODE_KEYS = ["new", "old"]
    for expected in ("3 codes sealed anew.\n", "0 codes sealed anew.\n"):
        call_command("reseal_gift_codes")
        assert capsys.readouterr().out == expected
    settings.GIFT_CODE_KEYS = ["new"]
    for balance, code in issued:
        found = find_balances(store, [code])
        assert list(found.values()) == [balance]
        assert code_of(found[read_gift_code(code)]) == code
