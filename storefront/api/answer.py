"""Answers as JSON: typed values, dictionaries and lists are written by msgspec."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def answer_at_once(value: Any) -> HttpResponse:
    """A typed value past the framework's negotiation and rendering, for what is asked most."""
    return HttpResponse(msgspec.json.encode(value), content_type=JsonRenderer.media_type)


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None  # JSON is UTF-8 by definition

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else msgspec.json.encode(data, enc_hook=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Promise):
        return str(value)
    raise NotImplementedError(f"no JSON for {type(value).__name__}")
