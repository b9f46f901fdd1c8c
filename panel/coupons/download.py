"""A campaign's codes as a CSV: for the printer or the mail house. Whoever takes them out is written down."""

import csv
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from coupons.models import Coupon, CouponCampaign
from coupons.queries import state_of
from panel.campaigns.page import get_campaign
from panel.guard import PanelRequest
from shop.clock import store_moment
from shop.record import record

# Cells that a spreadsheet would take for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2_000


class _Line:
    """What a csv writer writes to: it hands each line straight back."""

    def write(self, line: str) -> str:
        return line


@require_GET
def download_codes(request: PanelRequest, code: str) -> StreamingHttpResponse:
    """Owner and admin only (the route table says so). Streams, so that a million codes need no memory."""
    campaign = get_campaign(request.store, code)
    at = store_moment(request.store, timezone.now())
    with transaction.atomic():
        record(
            "codes.exported",
            store=request.store,
            at=at,
            subject=f"campaign:{campaign.code}",
            data={"by": request.user.pk, "count": Coupon.objects.filter(campaign=campaign).count()},
        )
    # Said here: the lines are written after the person's language has been left.
    head = [_("code"), _("state"), _("issued"), _("valid until"), _("customer")]
    return StreamingHttpResponse(
        _lines(campaign, head=head, at=at),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{campaign.code}-codes.csv"',
            "Cache-Control": "no-store",
        },
    )


def _lines(campaign: CouponCampaign, *, head: list[str], at: datetime) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield str(writer.writerow(head))
    rows = Coupon.objects.filter(campaign=campaign).select_related("customer", "revocation").order_by("id")
    for coupon in rows.iterator(chunk_size=CHUNK):
        holder = coupon.customer.ref if coupon.customer else ""
        cells = [
            coupon.code,
            state_of(coupon, at=at).value,
            coupon.issued_at.isoformat(),
            coupon.ends_at.isoformat(),
            holder,
        ]
        yield str(writer.writerow([_unharmed(cell) for cell in cells]))


def _unharmed(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
