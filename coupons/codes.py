"""Coupon codes: how new ones are made, and how typed ones are read."""

import re
import secrets
from typing import Final

# Without 0 O 1 I L, which people mistake for one another. 31 letters in 12 places are 59 bits.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH: Final = 12
GROUP: Final = 4
FORM: Final = re.compile(r"^[A-Z0-9-]{3,40}$")


def new_code() -> str:
    """A code that nobody can guess, in groups that can be read aloud: K7MP-2QXA-9RTB."""
    letters = [secrets.choice(ALPHABET) for _ in range(LENGTH)]
    groups = ["".join(letters[start : start + GROUP]) for start in range(0, LENGTH, GROUP)]
    return "-".join(groups)


def read_code(typed: str) -> str:
    """A code as it is kept: capitals, without spaces. What it is not a code for stays unknown, not wrong."""
    return "".join(typed.split()).upper()
