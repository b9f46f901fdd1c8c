"""The codes of gift balances: made, found by a keyed hash, and kept encrypted under keys outside the database.

A leaked table tells neither a code nor whether a guess is one. The standard library has no cipher, and 16 letters need
none: each code is masked with one block of HMAC-SHA256 over a fresh nonce, a key of its own for each purpose, and
sealed with a tag that is checked before anything is read (encrypt-then-MAC).
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from coupons.codes import ALPHABET, GROUP

LENGTH: Final = 16  # 31 letters in 16 places are 79 bits
ENDING: Final = 4
NONCE_BYTES: Final = 16
TAG_BYTES: Final = 16


class CodeUnreadable(ValueError):
    """No key of the settings opens this code: put back the one that it was sealed with."""


@dataclass(frozen=True, slots=True)
class SealedCode:
    """What the database keeps of a code."""

    code_hash: bytes
    code_cipher: bytes
    ending: str


def new_gift_code() -> str:
    """A code that nobody can guess, as it is kept: 16 letters without hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_gift_code(typed: str) -> str:
    """As it is kept: capitals, without spaces and hyphens."""
    return "".join(typed.split()).replace("-", "").upper()


def show_gift_code(code: str) -> str:
    """In groups that can be read aloud: K7MP-2QXA-9RTB-WXYZ."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def seal_code(code: str, *, store_id: int) -> SealedCode:
    """Under the newest key."""
    key = _keys()[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    masked = nonce + _mask(key, nonce, code.encode())
    return SealedCode(_hash(key, code, store_id), masked + _tag(key, masked), code[-ENDING:])


def open_code(cipher: bytes) -> str:
    """The code, whichever key of the settings it was sealed with. Raises CodeUnreadable."""
    masked, tag = cipher[:-TAG_BYTES], cipher[-TAG_BYTES:]
    for key in _keys():
        if hmac.compare_digest(_tag(key, masked), tag):
            nonce, hidden = masked[:NONCE_BYTES], masked[NONCE_BYTES:]
            return _mask(key, nonce, hidden).decode()
    raise CodeUnreadable("no key of GIFT_CODE_KEYS opens this code")


def hashes_of(code: str, *, store_id: int) -> list[bytes]:
    """What a code may be filed under: one hash for each key of the settings."""
    return [_hash(key, code, store_id) for key in _keys()]


def _keys() -> Sequence[str]:
    """The newest first. Without keys of their own, codes go by the installation's secret."""
    return settings.GIFT_CODE_KEYS or [settings.SECRET_KEY]


def _derived(key: str, purpose: str, text: bytes) -> bytes:
    own = hmac.new(key.encode(), f"reprise gift code {purpose}".encode(), hashlib.sha256).digest()
    return hmac.new(own, text, hashlib.sha256).digest()


def _hash(key: str, code: str, store_id: int) -> bytes:
    return _derived(key, "lookup", f"{store_id}:{code}".encode())


def _mask(key: str, nonce: bytes, text: bytes) -> bytes:
    """Masks and unmasks. The block is 32 bytes, a code 16."""
    block = _derived(key, "mask", nonce)
    return bytes(letter ^ hidden for letter, hidden in zip(text, block[: len(text)], strict=True))


def _tag(key: str, masked: bytes) -> bytes:
    return _derived(key, "tag", masked)[:TAG_BYTES]
