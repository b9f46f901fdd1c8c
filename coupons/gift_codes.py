"""The codes of gift balances: made, found by a keyed hash, and kept encrypted under keys outside the database.

A leaked table tells neither a code nor whether a guess is one. Codes are sealed with AES-256-GCM under a fresh nonce;
cipher and lookup have keys of their own, derived by HKDF from each key of the settings.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from coupons.codes import ALPHABET, GROUP

LENGTH: Final = 16  # 31 letters in 16 places are 79 bits
ENDING: Final = 4
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
# Bound to every seal: a cipher text of something else, under the same key, is no code.
MEANT_FOR: Final = b"reprise gift code"


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
    """Under the newest key: the nonce, then what AES-GCM made of the code."""
    key = _keys()[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = nonce + _cipher(key).encrypt(nonce, code.encode(), MEANT_FOR)
    return SealedCode(_hash(key, code, store_id), cipher, code[-ENDING:])


def open_code(cipher: bytes) -> str:
    """The code, whichever key of the settings it was sealed with. Raises CodeUnreadable."""
    nonce, hidden = cipher[:NONCE_BYTES], cipher[NONCE_BYTES:]
    for key in _keys():
        try:
            return _cipher(key).decrypt(nonce, hidden, MEANT_FOR).decode()
        except (InvalidTag, ValueError):
            continue
    raise CodeUnreadable("no key of GIFT_CODE_KEYS opens this code")


def hashes_of(code: str, *, store_id: int) -> list[bytes]:
    """What a code may be filed under: one hash for each key of the settings."""
    return [_hash(key, code, store_id) for key in _keys()]


def _keys() -> Sequence[str]:
    """The newest first. Without keys of their own, codes go by the installation's secret."""
    return settings.GIFT_CODE_KEYS or [settings.SECRET_KEY]


def _hash(key: str, code: str, store_id: int) -> bytes:
    return hmac.new(_derived(key, "lookup"), f"{store_id}:{code}".encode(), hashlib.sha256).digest()


def _cipher(key: str) -> AESGCM:
    return AESGCM(_derived(key, "seal"))


@lru_cache(maxsize=16)
def _derived(key: str, purpose: str) -> bytes:
    info = MEANT_FOR + f" {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key.encode())
