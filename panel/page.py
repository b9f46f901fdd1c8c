"""The frame of the panel's own pages: the same one that Unfold puts around its lists and forms."""

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import render

from panel.guard import PanelRequest


def show_page(
    request: PanelRequest, template: str, *, title: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Answer with `template` inside the panel's frame. `title` says what one does on the page."""
    frame = admin.site.each_context(request)
    return render(request, template, {**frame, "title": title, **context}, status=status)
