"""The report of rows that an import could not use."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from panel.guard import PanelRequest
from shop.importing.keep_upload import kept_path
from shop.importing.start import KIND
from shop.models import Job


@require_GET
def download_bad_rows(request: PanelRequest, pk: int) -> FileResponse:
    """404 where there were none, or where the report has been pruned."""
    job = get_object_or_404(Job, store=request.store, kind=KIND, pk=pk)
    report = str(job.result.get("report", ""))
    if not report or not kept_path(report).exists():
        raise Http404
    return FileResponse(
        kept_path(report).open("rb"),
        as_attachment=True,
        filename=f"bad-rows-{job.pk}.csv",
        content_type="text/csv; charset=utf-8",
    )
