"""Take a segment's customers out as a file, and say whom a fixed list names by one."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from loyalty.models import Segment
from loyalty.segments.keep import Named, SegmentRefused, name_customers
from panel.guard import PanelRequest
from panel.segments.say_refused import say_refused
from shop.clock import store_moment
from shop.record import record

# Cells that a spreadsheet would take for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2_000
FILE_MAX = 5_000_000
SHOWN_MAX = 5


class _Line:
    """What a csv writer writes to: it hands each line straight back."""

    def write(self, line: str) -> str:
        return line


@require_GET
def download_members(request: PanelRequest, code: str) -> StreamingHttpResponse:
    """Owner and admin only (the route table says so); whoever takes them out is written down."""
    segment = get_object_or_404(Segment, store=request.store, code=code)
    with transaction.atomic():
        record(
            "segment.exported",
            store=request.store,
            at=_now(request),
            subject=f"segment:{segment.code}",
            data={"by": request.user.pk, "count": segment.members.count()},
        )
    # Said here: the lines are written after the person's language has been left.
    head = [_("customer"), _("name"), _("e-mail"), _("in it since"), _("last order")]
    return StreamingHttpResponse(
        _lines(segment, head),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{segment.code}-customers.csv"',
            "Cache-Control": "no-store",
        },
    )


def _lines(segment: Segment, head: list[str]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield str(writer.writerow(head))
    rows = segment.members.select_related("customer__person").order_by("customer_id")
    for row in rows.iterator(chunk_size=CHUNK):
        person, last_at = getattr(row.customer, "person", None), row.customer.last_order_at
        cells = [
            row.customer.ref,
            person.name if person else "",
            person.email if person else "",
            row.since_at.isoformat(),
            last_at.isoformat() if last_at else "",
        ]
        yield str(
            writer.writerow([f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in cells])
        )


@require_POST
def upload_list(request: PanelRequest, code: str) -> HttpResponse:
    """The first column of a CSV: customer numbers or e-mail addresses. It takes the place of the list before."""
    segment = get_object_or_404(Segment, store=request.store, code=code)
    names = _read(request.FILES.get("list"))
    back = HttpResponseRedirect(reverse("panel:segment", args=[code]))
    if names is None:
        messages.error(
            request, _("Choose a CSV file of up to 5 MB with a customer number or an address in each line.")
        )
        return back
    try:
        with transaction.atomic():
            named = name_customers(segment, names, by=request.user, at=_now(request))
    except SegmentRefused as refused:
        messages.error(request, say_refused(refused))
        return back
    messages.success(request, _said(named))
    return back


def _said(named: Named) -> str:
    said = ngettext(
        "The list names %(count)s customer now.", "The list names %(count)s customers now.", named.listed
    ) % {"count": named.listed}
    if not named.unknown_count:
        return said
    few = ", ".join(named.unknown[:SHOWN_MAX])
    unknown = ngettext(
        "%(count)s line is nobody's: %(names)s.",
        "%(count)s lines are nobody's, for example: %(names)s.",
        named.unknown_count,
    )
    return f"{said} {unknown % {'count': named.unknown_count, 'names': few}}"


def _read(upload: Any) -> list[str] | None:
    """None where it is no text, or too large."""
    if upload is None or not upload.size or upload.size > FILE_MAX:
        return None
    try:
        text = upload.read().decode("utf-8-sig")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error):
        return None
    names = [row[0].strip() for row in rows if row]
    return None if any("\x00" in name for name in names) else [name for name in names if name]


def _now(request: PanelRequest) -> datetime:
    return store_moment(request.store, timezone.now())
