"""The books: whether they add up, what was found where they do not, and the days under seal."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty.check_books import last_check
from loyalty.check_on_request import last_request, start_check
from loyalty.models import DaySeal, LedgerCheck
from panel.guard import PanelRequest
from panel.ledger.say_finding import say_findings
from panel.page import show_page
from shop.models import Job

SEALS_SHOWN = 30
RUNNING = (Job.Status.QUEUED, Job.Status.RUNNING)


def show_books(request: PanelRequest) -> HttpResponse:
    """The newest whole check, the newest sample, and the newest seals. Renews itself while a check runs."""
    store = request.store
    check, job = last_check(store), last_request(store)
    sample = LedgerCheck.objects.filter(store=store, kind=LedgerCheck.Kind.SAMPLE).order_by("-id").first()
    is_running = job is not None and job.status in RUNNING
    language = get_language() or "en"
    return show_page(
        request,
        "panel/ledger/books.html",
        title=_("Books: do all points add up?"),
        store=store,
        check=check,
        sample=sample,
        findings=say_findings(check.findings, store=store, language=language) if check else [],
        sample_findings=say_findings(sample.findings, store=store, language=language) if sample else [],
        job=job,
        is_running=is_running,
        percent=_percent(job),
        seals=_seals(store.pk),
        sealed_days=DaySeal.objects.filter(store=store).count(),
    )


@require_POST
def check_books(request: PanelRequest) -> HttpResponse:
    """Check now: a worker does it, and the page shows how far it is."""
    start_check(request.store, by=request.user)
    return HttpResponseRedirect(reverse("panel:books"))


def _percent(job: Job | None) -> int:
    return job.done_count * 100 // job.total_count if job and job.total_count else 0


def _seals(store_id: int) -> list[tuple[DaySeal, str]]:
    """With the hash as people write it."""
    newest = DaySeal.objects.filter(store_id=store_id).order_by("-day")[:SEALS_SHOWN]
    return [(seal, bytes(seal.hash).hex()) for seal in newest]
