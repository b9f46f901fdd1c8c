"""The whole builder: read from a document or from what was sent, and written back as a document."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from loyalty.offer_document import OfferDocumentInvalid
from panel.offers.belong import lane_for
from panel.offers.frame import FrameForm
from panel.offers.known import Known
from panel.offers.language.benefits import BENEFITS
from panel.offers.language.conditions import CONDITIONS
from panel.offers.language.kind import Choose, Kind
from panel.offers.language.terms import AUDIENCE_KINDS, RECURRING_KINDS
from panel.offers.part import Chosen, Part
from panel.offers.rows import Rows
from panel.offers.say_fault import say_fault

ROWS_MAX = 30
KINDS: Mapping[str, Mapping[str, Kind]] = {"conditions": CONDITIONS, "benefits": BENEFITS}
AUDIENCE = Choose("audience", "", AUDIENCE_KINDS)
RECURRING = Choose("recurring", "", RECURRING_KINDS)
# Fields of the document that the frame asks under another name.
FRAME_NAMES = {"starts_at": "starts_on", "ends_at": "ends_on"}


class Draft:
    """An offer being built. `rows`: "conditions" and "benefits" -> their parts; `errors`: of the whole."""

    def __init__(
        self,
        known: Known,
        *,
        data: QueryDict | None = None,
        document: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> None:
        self.known = known
        self.errors: list[str] = []
        document = document or {}
        schedule = document.get("schedule") or {}
        self.frame = FrameForm(
            data, store=known.store, values=document, initial={"name": name, "lane": _lane_shown(document)}
        )
        self.audience = Chosen(AUDIENCE, known, prefix="audience", data=data, values=document)
        self.recurring = Chosen(RECURRING, known, prefix="recurring", data=data, values=schedule)
        self.rows = Rows(KINDS, known, most=ROWS_MAX, data=data, document=document)

    @property
    def conditions(self) -> list[Part]:
        return self.rows["conditions"]

    @property
    def benefits(self) -> list[Part]:
        return self.rows["benefits"]

    def is_valid(self) -> bool:
        """Every answer by itself; what they say together, `document()` and `loyalty` judge."""
        return all([self.frame.is_valid(), *[part.is_valid() for part in self._parts()]])

    def document(self, *, is_partial: bool = False) -> dict[str, Any]:
        """Only after `is_valid()`, unless partial: then without the parts that are not right yet."""
        said = self.rows.written(lambda part: not is_partial or part.is_valid())
        schedule = self.frame.schedule()
        if self.recurring.part.kind.kind and (not is_partial or self.recurring.part.is_valid()):
            schedule["recurring"] = self.recurring.part.document()
        audience = {"kind": "everyone"}
        if not is_partial or self.audience.part.is_valid():
            audience = self.audience.part.document()
        found = {
            "v": 1,
            **said,
            "schedule": schedule,
            "audience": audience,
            "limits": self.frame.limits_said(),
        }
        lane = self.frame.cleaned_data.get("lane") or lane_for(found)
        return {**found, **self.frame.options(), "lane": lane}

    def blame(self, fault: OfferDocumentInvalid) -> None:
        """Say what is wrong beside what it is about."""
        self.blame_at(fault.attr or "", say_fault(fault))

    def blame_at(self, attr: str, said: str) -> None:
        """`attr` is a path of the document, for example "benefits[0].rate_bp"."""
        names = self.rows.blame(attr, said)
        if names:
            self._blame_frame(names, said)

    def _blame_frame(self, names: list[str], said: str) -> None:
        if names[:1] == ["audience"]:
            self.audience.part.blame(names[1:], said)
        elif names[:2] == ["schedule", "recurring"]:
            self.recurring.part.blame(names[2:], said)
        else:
            last = FRAME_NAMES.get(names[-1], names[-1])
            if last in self.frame.fields and self.frame.is_bound:
                self.frame.add_error(last, said)
            else:
                self.errors.append(said)

    def _parts(self) -> list[Part]:
        return [*self.rows.parts(), self.audience.part, self.recurring.part]


def _lane_shown(document: Mapping[str, Any]) -> str:
    """Empty where the offer stands in the step that it belongs to anyway."""
    lane = str(document.get("lane") or "")
    return "" if not lane or lane == lane_for(document) else lane
