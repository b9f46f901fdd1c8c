"""Card numbers: twelve digits that say nothing about the customer or how many cards there are."""

import secrets
from typing import Final

LENGTH: Final = 12
GROUP: Final = 4


def new_number() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(LENGTH))


def read_number(typed: str) -> str:
    """A number as it is kept, without the spaces that people read it with."""
    return "".join(typed.split())


def show_number(number: str) -> str:
    """In groups that can be read aloud: 4821 0937 5526."""
    return " ".join(number[start : start + GROUP] for start in range(0, len(number), GROUP))
