"""Read the mails that the demo sent. There only where MAILBOX_DIR names a folder."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from panel.guard import PanelRequest
from panel.mailbox.read import list_mails, read_mail
from panel.page import show_page


@require_GET
def show_mailbox(request: PanelRequest) -> HttpResponse:
    return show_page(
        request,
        "panel/mailbox/list.html",
        title=_("Read what was sent"),
        mails=list_mails(_folder()),
    )


@require_GET
def show_mail(request: PanelRequest, key: str) -> HttpResponse:
    mail = read_mail(_folder(), key)
    if mail is None:
        raise Http404
    return show_page(
        request, "panel/mailbox/mail.html", title=mail.subject or _("Without a subject"), mail=mail
    )


def _folder() -> Path:
    if not settings.MAILBOX_DIR:
        raise Http404
    return Path(settings.MAILBOX_DIR)
