"""Work in another of one's stores."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from panel.guard import SESSION_KEY, PanelRequest


@require_POST
def switch_store(request: PanelRequest) -> HttpResponse:
    """Remember the store in the session. A store one has no role in answers as one that does not exist."""
    code = request.POST.get("store", "")
    store = next((store for store in request.stores if store.code == code), None)
    if store is None:
        raise Http404
    request.session[SESSION_KEY] = store.pk
    return HttpResponseRedirect(reverse("admin:index"))
