"""Bring past orders in from a CSV: send the file, match its columns, watch it, read the totals."""

from typing import Any

from django.contrib import messages
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from panel.guard import PanelRequest
from panel.imports.say_result import bad_rows, groups
from panel.page import show_page
from shop.importing.columns import NEEDED, Field
from shop.importing.keep_upload import keep_upload, kept_path
from shop.importing.preview import preview
from shop.importing.refuse import ImportRefused
from shop.importing.stages import Stage
from shop.importing.start import KIND, start_kept_import
from shop.models import Job

SESSION_KEY = "import"
JOBS_MAX = 50


def show_imports(request: PanelRequest) -> HttpResponse:
    """The newest fifty."""
    jobs = Job.objects.filter(store=request.store, kind=KIND).select_related("created_by").order_by("-id")
    return show_page(
        request,
        "panel/imports/list.html",
        title=_("Import past orders"),
        store=request.store,
        jobs=jobs[:JOBS_MAX],
    )


def new_import(request: PanelRequest) -> HttpResponse:
    """Send the file. It is kept, looked into, and removed again if it can not be read."""
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        error = _keep(request, file) if isinstance(file, UploadedFile) else _("Choose a file first.")
        if not error:
            return HttpResponseRedirect(reverse("panel:import_match"))
    return show_page(
        request,
        "panel/imports/new.html",
        title=_("Send a file of orders"),
        fields=[(field.label, field in NEEDED) for field in Field],
        error=error,
        status=400 if error else 200,
    )


def match_columns(request: PanelRequest) -> HttpResponse:
    """Confirm which column holds what, then start."""
    waiting: dict[str, str] | None = request.session.get(SESSION_KEY)
    if waiting is None or not kept_path(waiting["file"]).exists():
        messages.warning(request, _("Send the file once more: the last one is no longer here."))
        return HttpResponseRedirect(reverse("panel:import_new"))
    error, chosen = "", {field: request.POST.get(field, "") for field in Field.values}
    if request.method == "POST":
        try:
            job = start_kept_import(
                request.store,
                waiting["file"],
                chosen,
                title=waiting["title"],
                by=request.user,
                at=timezone.now(),
            )
        except ImportRefused as refused:
            error = refused.detail
        else:
            del request.session[SESSION_KEY]
            return HttpResponseRedirect(reverse("panel:import", args=[job.pk]))
    return _show_columns(request, waiting, chosen, error)


def show_import(request: PanelRequest, pk: int) -> HttpResponse:
    """Progress while it runs (the page renews itself), totals when it is done."""
    job = get_object_or_404(Job, store=request.store, kind=KIND, pk=pk)
    return show_page(
        request,
        "panel/imports/page.html",
        title=job.title,
        store=request.store,
        job=job,
        stage=dict(Stage.choices).get(job.stage, ""),
        percent=_percent(job),
        groups=groups(job.result),
        bad_rows=bad_rows(job.result),
        may_download=bool(job.result.get("report")),
    )


def _keep(request: PanelRequest, file: "File[bytes]") -> str:
    """Keep the file for the next page; returns what is wrong with it, or nothing."""
    try:
        kept = keep_upload(file)
    except ImportRefused as refused:
        return refused.detail
    try:
        preview(kept_path(kept))
    except ImportRefused as refused:
        kept_path(kept).unlink(missing_ok=True)
        return refused.detail
    request.session[SESSION_KEY] = {"file": kept, "title": (file.name or "")[:120]}
    return ""


def _show_columns(
    request: PanelRequest, waiting: dict[str, str], chosen: dict[str, str], error: str
) -> HttpResponse:
    seen = preview(kept_path(waiting["file"]))
    picked = chosen if any(chosen.values()) else seen.columns
    fields: list[dict[str, Any]] = [
        {
            "field": field.value,
            "label": field.label,
            "is_needed": field in NEEDED,
            "picked": picked.get(field.value),
        }
        for field in Field
    ]
    return show_page(
        request,
        "panel/imports/match.html",
        title=_("Say which column holds what"),
        file=waiting["title"],
        seen=seen,
        fields=fields,
        error=error,
        status=400 if error else 200,
    )


def _percent(job: Job) -> int:
    """Whole percent; the two stages have a half each, so that the bar never runs backwards."""
    if job.status == Job.Status.DONE:
        return 100
    part = job.done_count * 100 // job.total_count if job.total_count else 0
    return part // 2 + (50 if job.stage == Stage.STORING else 0)
