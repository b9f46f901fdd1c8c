"""A segment being built: read from its document or from what was sent, and written back as a document."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.segments.document import RULES_MAX, SegmentInvalid, parse_segment
from panel.offers.known import Known
from panel.offers.part import Part, fresh_data
from panel.segments.language import RULES

FAMILIES = ("all", "any", "none")
STEP = re.compile(r"^(\w+)(?:\[(\d+)\])?$")
SAID = {
    "empty": gettext_lazy("Add at least one rule: without one it would be everybody."),
    "nothing_asked": gettext_lazy("Fill in at least one of the fields."),
    "range_upside_down": gettext_lazy("This is below what stands before it."),
}


class NameForm(forms.Form):
    use_required_attribute = False

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Only colleagues read it, for example Silent big spenders."),
        widget=forms.TextInput(attrs={"class": "r-input"}),
    )


class SegmentDraft:
    """`rows`: "all", "any" and "none" -> their rules; `errors`: of the whole."""

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
        self.name = NameForm(data, initial={"name": name})
        self.rows: dict[str, list[Part]] = {
            family: self._posted(family, data) if data is not None else self._stored(family, document or {})
            for family in FAMILIES
        }

    def add(self, family: str, kind: str) -> None:
        """A new rule of that kind at the end. A kind that nobody knows adds nothing."""
        rows, found = self.rows.get(family), RULES.get(kind)
        if rows is not None and found is not None and len(rows) < RULES_MAX:
            prefix = f"{family}-{1 + max((part.number for part in rows), default=-1)}"
            rows.append(
                Part(found, self.known, prefix=prefix, data=fresh_data(found, self.known, prefix=prefix))
            )

    def remove(self, family: str, number: str) -> None:
        self.rows[family] = [part for part in self.rows.get(family, ()) if str(part.number) != number]

    def document(self, *, is_partial: bool = False) -> dict[str, Any]:
        """Only after `is_valid()`, unless partial: then without the rules that are not right yet."""
        return {
            "v": 1,
            **{
                family: [
                    part.document() for part in rows if part.is_bound and (not is_partial or _is_whole(part))
                ]
                for family, rows in self.rows.items()
            },
        }

    def is_valid(self) -> bool:
        """Each answer by itself, then all together; what is wrong is said beside it."""
        parts = [part for rows in self.rows.values() for part in rows]
        if not all([self.name.is_valid(), *[part.is_valid() for part in parts]]):
            return False
        try:
            parse_segment(self.document())
        except SegmentInvalid as fault:
            self._blame(fault)
            return False
        return True

    def _blame(self, fault: SegmentInvalid) -> None:
        said = str(SAID.get(fault.code) or _("This cannot be read: %(detail)s") % {"detail": fault.detail})
        steps = [found.groups() for step in fault.attr.split(".") if (found := STEP.match(step))]
        if steps and steps[0][0] in self.rows and steps[0][1] is not None:
            bound = [part for part in self.rows[steps[0][0]] if part.is_bound]
            bound[int(steps[0][1])].blame([str(name) for name, _number in steps[1:]], said)
        else:
            self.errors.append(said)

    def _stored(self, family: str, document: Mapping[str, Any]) -> list[Part]:
        return [
            Part(RULES[each["kind"]], self.known, prefix=f"{family}-{number}", values=each)
            for number, each in enumerate(document.get(family) or ())
            if each["kind"] in RULES
        ]

    def _posted(self, family: str, data: QueryDict) -> list[Part]:
        """In the order of their numbers, which have gaps where rules were taken away."""
        form = re.compile(rf"^{family}-(\d{{1,4}})-kind$")
        numbers = sorted(int(found[1]) for name in data if (found := form.match(name)))[:RULES_MAX]
        return [
            Part(kind, self.known, prefix=f"{family}-{number}", data=data)
            for number in numbers
            if (kind := RULES.get(data.get(f"{family}-{number}-kind", "")))
        ]


def _is_whole(part: Part) -> bool:
    """Whether it makes a rule by itself."""
    if not part.is_valid():
        return False
    try:
        parse_segment({"v": 1, "all": [part.document()]})
    except SegmentInvalid:
        return False
    return True
