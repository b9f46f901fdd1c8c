"""What became of one attempt to say a message."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from triggers.checks import Case


class Fate(StrEnum):
    SENT = "sent"  # the other side took it
    REFUSED = "refused"  # for good; says nothing about other messages
    LATER = "later"  # refused for now, surely not taken
    UNKNOWN = "unknown"  # handed over, and no answer came


@dataclass(frozen=True, slots=True)
class Outcome:
    """`detail`: the answer's code, never its text, which may repeat an address."""

    fate: Fate
    detail: str = ""


class Unreachable(Exception):
    """The other side cannot be reached at all; nothing was handed over."""


class NotWritten(ValueError):
    """This message cannot be put into words; the text says why, without personal data."""


class Connection(Protocol):
    """An open way, for many messages. Raises Unreachable, with nothing sent, when the way has closed."""

    def send(self, letter: "Letter") -> Outcome:
        """Hand one message over."""


@dataclass(frozen=True, slots=True)
class Channel:
    """`write` turns a case into what is sent, under `message_id`; `connect` opens the way or raises Unreachable."""

    write: Callable[[Case], "Letter"]
    connect: Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in its final form: envelope addresses and the bytes."""

    sender: str
    address: str
    content: bytes
