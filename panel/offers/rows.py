"""The rows of a builder: parts of a document in families, each added, taken away, written back and blamed alike."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from panel.offers.known import Known
from panel.offers.language.kind import Kind
from panel.offers.part import Part, fresh_data

STEP = re.compile(r"^(\w+)(?:\[(\d+)\])?$")
# What a page sends while it is still being put together: it comes back with one row more or less.
STEPS = ("add", "drop", "refresh")

Kinds = Mapping[str, Kind]


class Rows(dict[str, list[Part]]):
    """Family -> its parts, as posted where `data` is given, else as stored. A kind that nobody knows is left out."""

    def __init__(
        self,
        kinds: Mapping[str, Kinds],
        known: Known,
        *,
        most: int,
        data: QueryDict | None,
        document: Mapping[str, Any] | None,
    ) -> None:
        """`kinds`: family -> what it may hold; `most`: rows in a family."""
        self.kinds, self.known, self.most = kinds, known, most
        super().__init__(
            (family, self._stored(family, document or {}) if data is None else self._posted(family, data))
            for family in kinds
        )

    def parts(self) -> list[Part]:
        return [part for rows in self.values() for part in rows]

    def step(self, posted: QueryDict) -> None:
        """One row more or less, as a button said: "add" or "drop" with "family:kind" or "family:number"."""
        family, _colon, kind = posted.get("add", "").partition(":")
        found = self.kinds.get(family, {}).get(kind)
        if found is not None and len(self[family]) < self.most:
            prefix = f"{family}-{1 + max((part.number for part in self[family]), default=-1)}"
            fresh = fresh_data(found, self.known, prefix=prefix)
            self[family].append(Part(found, self.known, prefix=prefix, data=fresh))
        family, _colon, number = posted.get("drop", "").partition(":")
        if family in self:
            self[family] = [part for part in self[family] if str(part.number) != number]

    def written(self, keeps: Callable[[Part], bool]) -> dict[str, list[dict[str, Any]]]:
        """The families as the document has them, of the parts that `keeps` says yes to."""
        return {
            family: [part.document() for part in rows if part.is_bound and keeps(part)]
            for family, rows in self.items()
        }

    def blame(self, path: str, said: str) -> list[str]:
        """Say it beside the row that a path of the document leads to, for example "benefits[0].rate_bp".

        Answers the path's names where it leads to no row, else nothing.
        """
        steps = [found.groups() for step in path.split(".") if (found := STEP.match(step))]
        names = [str(name) for name, _number in steps]
        if names and names[0] in self and steps[0][1] is not None:
            bound = [part for part in self[names[0]] if part.is_bound]
            if int(steps[0][1]) < len(bound):
                bound[int(steps[0][1])].blame(names[1:], said)
                return []
        return names or [""]

    def _stored(self, family: str, document: Mapping[str, Any]) -> list[Part]:
        return [
            Part(self.kinds[family][each["kind"]], self.known, prefix=f"{family}-{number}", values=each)
            for number, each in enumerate(document.get(family) or ())
            if each["kind"] in self.kinds[family]
        ]

    def _posted(self, family: str, data: QueryDict) -> list[Part]:
        """In the order of their numbers, which have gaps where rows were taken away."""
        form = re.compile(rf"^{family}-(\d{{1,4}})-kind$")
        numbers = sorted(int(found[1]) for name in data if (found := form.match(name)))[: self.most]
        return [
            Part(kind, self.known, prefix=f"{family}-{number}", data=data)
            for number in numbers
            if (kind := self.kinds[family].get(data.get(f"{family}-{number}-kind", "")))
        ]


def is_step(posted: QueryDict) -> bool:
    return any(step in posted for step in STEPS)


def menu_of(kinds: tuple[Kind, ...]) -> list[tuple[str, list[Kind]]]:
    """By topic, in the order of the table."""
    topics = dict.fromkeys(str(kind.topic) for kind in kinds)
    return [(topic, [kind for kind in kinds if str(kind.topic) == topic]) for topic in topics]
