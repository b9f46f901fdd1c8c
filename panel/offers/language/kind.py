"""One kind of the offer's language, and what it asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from django import forms

from panel.offers.known import Known

if TYPE_CHECKING:  # only the stubs know its name
    from django.utils.functional import _StrPromise

Words = Union[str, "_StrPromise"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a part. `name` is that of the document; `make` gives the form's field for one store.

    `initial` is what a new part begins with.
    """

    name: str
    make: Callable[[Known], forms.Field]
    initial: Any = None


@dataclass(frozen=True, slots=True)
class Choose:
    """A field of a part that is a part itself: one of several kinds, for example the goods a discount is on."""

    name: str
    label: Words
    kinds: tuple["Kind", ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` stands in the menu; `phrase` is the half-sentence with its fields in braces; `help` has an example.

    `topic` is the heading in the menu below which it stands.
    """

    kind: str
    title: Words
    phrase: Words
    help: Words = ""
    asks: tuple[Ask, ...] = ()
    chooses: tuple[Choose, ...] = ()
    topic: Words = ""
    icon: str = "rule"


def by_kind(kinds: tuple[Kind, ...]) -> dict[str, Kind]:
    return {each.kind: each for each in kinds}
