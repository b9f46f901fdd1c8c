"""A segment being built: read from its document or from what was sent, and written back as a document."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.segments.document import RULES_MAX, SegmentInvalid, parse_segment
from panel.offers.known import Known
from panel.offers.part import Part
from panel.offers.rows import Rows
from panel.segments.language import RULES

KINDS = dict.fromkeys(("all", "any", "none"), RULES)
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
        self.rows = Rows(KINDS, known, most=RULES_MAX, data=data, document=document)

    def document(self, *, is_partial: bool = False) -> dict[str, Any]:
        """Only after `is_valid()`, unless partial: then without the rules that are not right yet."""
        return {"v": 1, **self.rows.written(lambda part: not is_partial or _is_whole(part))}

    def is_valid(self) -> bool:
        """Each answer by itself, then all together; what is wrong is said beside it."""
        if not all([self.name.is_valid(), *[part.is_valid() for part in self.rows.parts()]]):
            return False
        try:
            parse_segment(self.document())
        except SegmentInvalid as fault:
            self._blame(fault)
            return False
        return True

    def _blame(self, fault: SegmentInvalid) -> None:
        said = str(SAID.get(fault.code) or _("This cannot be read: %(detail)s") % {"detail": fault.detail})
        if self.rows.blame(fault.attr, said):
            self.errors.append(said)


def _is_whole(part: Part) -> bool:
    """Whether it makes a rule by itself."""
    if not part.is_valid():
        return False
    try:
        parse_segment({"v": 1, "all": [part.document()]})
    except SegmentInvalid:
        return False
    return True
