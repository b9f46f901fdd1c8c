"""One part of an offer as a form: a half-sentence with its fields, and the parts that it chooses within it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from panel.offers.known import Known
from panel.offers.language.fields import ManyField, StepsField
from panel.offers.language.kind import Choose, Kind

FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of the half-sentence: text, or a field."""

    text: str
    field: BoundField | None = None

    @property
    def ticked(self) -> list[str]:
        """The names of what is ticked, for the summary that the boxes are folded behind."""
        if self.field is None:
            return []
        return [str(box.data["label"]) for box in self.field.subwidgets if box.data.get("selected")]

    @property
    def steps(self) -> list[tuple[Any, Any]]:
        """The rows of a field of steps, with room for more."""
        asked = self.field.field if self.field is not None else None
        return asked.rows(self.field.value()) if self.field and isinstance(asked, StepsField) else []


class PartForm(forms.Form):
    """The fields of one kind. `values` is the part of a document to be edited; without it a new one begins."""

    use_required_attribute = False

    def __init__(
        self,
        kind: Kind,
        known: Known,
        *,
        prefix: str,
        data: QueryDict | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        begin = {one.name: one.initial for one in kind.asks if one.initial is not None}
        # What a stored part leaves out is its default, and not what a new part would begin with.
        super().__init__(data, prefix=prefix, initial=begin if values is None else dict(values))
        self.kind = kind
        for one in kind.asks:
            self.fields[one.name] = one.make(known)
            if values is not None and one.name not in values and one.initial is not None:
                self.initial[one.name] = one.initial
        self._settle()

    def words(self) -> list[Word]:
        found = []
        for place, piece in enumerate(FIELD.split(str(self.kind.phrase))):
            if place % 2:
                found.append(Word("", self[piece]))
            elif piece.strip():
                found.append(Word(piece))
        return found

    def part(self) -> dict[str, Any]:
        """The document's part, without what was left empty. Only after `is_valid()`."""
        said = {name: value for name, value in self.cleaned_data.items() if not _is_unsaid(value)}
        return {"kind": self.kind.kind, **said}

    def _settle(self) -> None:
        """What depends on another answer of the same part."""
        for name, field in self.fields.items():
            if isinstance(field, ManyField):
                raw = self._said(name, many=True) or []
                field.keep([field.coerce(each) for each in raw if str(each).isprintable()][:500])
            elif isinstance(field, StepsField):
                field.in_units = self._said("by") == "quantity"

    def _said(self, name: str, *, many: bool = False) -> Any:
        if not self.is_bound:
            return self.initial.get(name)
        key = self.add_prefix(name)
        assert isinstance(self.data, QueryDict)
        return self.data.getlist(key) if many else self.data.get(key)


class Part:
    """A kind with its form and the parts chosen within it. `errors` are those of the part as a whole."""

    def __init__(
        self,
        kind: Kind,
        known: Known,
        *,
        prefix: str,
        data: QueryDict | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind, self.prefix = kind, prefix
        self.form = PartForm(kind, known, prefix=prefix, data=data, values=values)
        self.chosen = [
            Chosen(one, known, prefix=f"{prefix}-{one.name}", data=data, values=values)
            for one in kind.chooses
        ]
        self.errors: list[str] = []

    @property
    def is_bound(self) -> bool:
        return self.form.is_bound

    @property
    def number(self) -> int:
        """Of its row, which stays its own while others come and go."""
        return int(self.prefix.rpartition("-")[2])

    def is_valid(self) -> bool:
        # All of them are asked, so that every fault is said at once.
        return all([self.form.is_valid(), *[one.part.is_valid() for one in self.chosen]])

    def document(self) -> dict[str, Any]:
        """Only after `is_valid()`."""
        inner = {one.choose.name: one.part.document() for one in self.chosen if one.part.kind.kind}
        return {**self.form.part(), **inner}

    def blame(self, path: list[str], said: str) -> None:
        """Say what is wrong beside the field that the path leads to, else at the part itself."""
        inner = next((one for one in self.chosen if path and one.choose.name == path[0]), None)
        if inner is not None:
            inner.part.blame(path[1:], said)
        elif path and path[0] in self.form.fields and self.is_bound:
            self.form.add_error(path[0], said)
        else:
            self.errors.append(said)


class Chosen:
    """Which kind was chosen for one field of a part, and that part."""

    def __init__(
        self,
        choose: Choose,
        known: Known,
        *,
        prefix: str,
        data: QueryDict | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.choose, self.prefix = choose, prefix
        mine = None if values is None else (values.get(choose.name) or {})
        said = data.get(f"{prefix}-kind", "") if data is not None else (mine or {}).get("kind", "")
        kind = next((one for one in choose.kinds if one.kind == said), choose.kinds[0])
        if data is not None and not any(f"{prefix}-{one.name}" in data for one in kind.asks):
            # Just chosen: its fields were not on the page that was sent.
            data = fresh_data(kind, known, prefix=prefix)
        self.part = Part(kind, known, prefix=prefix, data=data, values=mine or None)


def fresh_data(kind: Kind, known: Known, *, prefix: str) -> QueryDict:
    """What a page would send of a part that has just been added: what a new one begins with."""
    data = QueryDict(mutable=True)
    data[f"{prefix}-kind"] = kind.kind
    for one in kind.asks:
        if one.initial is not None:
            data[f"{prefix}-{one.name}"] = str(one.make(known).prepare_value(one.initial))
    return data


def _is_unsaid(value: Any) -> bool:
    """Left empty or unticked. Nought is an answer."""
    return value is None or value is False or value in ("", [])
