"""Read a request: JSON within limits first, then a typed value; every fault is reported with its place."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any, TypeVar, get_args, get_origin

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from storefront.api.errors import Fault, Problem

T = TypeVar("T")

DEPTH_MAX = 16
INTEGER_MAX = 2**63 - 1
FAULTS_MAX = 20
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# msgspec says what is wrong in English sentences; these are the codes they stand for.
CODES = (
    ("missing required field", "required"),
    ("unknown field", "unknown_field"),
    ("of length >=", "too_short"),
    ("of length <=", "too_long"),
    ("matching regex", "wrong_form"),
    ("Invalid enum value", "not_a_choice"),
    ("Invalid RFC3339", "wrong_form"),
    ("Invalid UUID", "wrong_form"),
    (">=", "too_small"),
    ("<=", "too_large"),
    ("Expected", "wrong_type"),
)


class JsonParser(BaseParser):
    """UTF-8 JSON of bounded size and depth, without control characters and without numbers beyond 64 bits."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {}).get("request")
        if request is not None:
            _refuse_by_headers(request)
        body = stream.read(settings.API_BODY_BYTES_MAX + 1)
        if len(body) > settings.API_BODY_BYTES_MAX:
            raise Problem(413)
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """The value, or a Problem that tells what is wrong with the text."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(400, Fault("wrong_encoding", _("The body is not valid UTF-8."))) from error
    try:
        value = msgspec.json.decode(text)
    except RecursionError as error:
        raise Problem(400, _too_deep()) from error
    except msgspec.DecodeError as error:  # includes numbers that no machine holds
        detail = _("The body is not valid JSON: %(error)s.") % {"error": error}
        raise Problem(400, Fault("broken_json", detail)) from error
    _refuse_unfit(value)
    return value


def read(request: Request, kind: type[T]) -> T:
    """The request's body as `kind`; a Problem with up to 20 faults if it does not fit."""
    return _in_utc(convert(request.data, kind))


def read_at_once(request: Request, decoder: msgspec.json.Decoder[T]) -> T:
    """As `read`, in one step, for a type that bounds every number in it and has no moments in it.

    What is plain text to begin with needs no second look; whatever does not fit goes the long way, which tells why.
    """
    body = request.body
    # No escape, so no control character; msgspec itself refuses those that are written out, but for the last one.
    is_plain = (
        request.META.get("CONTENT_TYPE") == JsonParser.media_type
        and b"\\" not in body
        and b"\x7f" not in body
    )
    if is_plain and len(body) <= settings.API_BODY_BYTES_MAX and "HTTP_CONTENT_ENCODING" not in request.META:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return decoder.decode(body)
    return read(request, decoder.type)


def convert(value: Any, kind: type[T], *, strict: bool = True) -> T:
    """`strict=False` reads numbers and booleans from text, as query strings carry them."""
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        faults = list(_faults(value, kind, at=(), strict=strict))[:FAULTS_MAX]
        raise Problem(400, *(faults or [_fault(error, at=())])) from error


def _in_utc(value: T) -> T:
    """Moments in UTC, so that what is answered at once looks as it will when it is read back. Those at the very ends of
    the calendar stay as they are: the next check refuses them."""
    if not isinstance(value, msgspec.Struct):
        return value
    moments = {
        name: moment.astimezone(UTC)
        for name in value.__struct_fields__
        if isinstance(moment := getattr(value, name), datetime) and 1 < moment.year < 9999
    }
    return msgspec.structs.replace(value, **moments) if moments else value


def _faults(value: Any, kind: Any, *, at: tuple[str, ...], strict: bool) -> Iterator[Fault]:
    """All faults of a value, not only the first: field by field, item by item."""
    try:
        msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        inner = list(_inner_faults(value, kind, at=at, strict=strict))
        yield from inner or [_fault(error, at=at)]


def _inner_faults(value: Any, kind: Any, *, at: tuple[str, ...], strict: bool) -> Iterator[Fault]:
    for choice in _choices(kind):
        if isinstance(choice, type) and issubclass(choice, msgspec.Struct) and isinstance(value, dict):
            yield from _faults_of_fields(value, choice, at=at, strict=strict)
        elif get_origin(choice) in (list, tuple) and isinstance(value, list):
            for index, item in enumerate(value[:1000]):
                yield from _faults(item, get_args(choice)[0], at=(*at, str(index)), strict=strict)


def _faults_of_fields(
    value: dict[str, Any], kind: type[msgspec.Struct], *, at: tuple[str, ...], strict: bool
) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, field in fields.items():
        if name in value:
            yield from _faults(value[name], field.type, at=(*at, name), strict=strict)
        elif field.required:
            yield Fault("required", _("This field is required."), ".".join((*at, name)))
    for name in value:
        if name not in fields and kind.__struct_config__.forbid_unknown_fields:
            yield Fault(
                "unknown_field", _("There is no such field. See /api/docs/."), ".".join((*at, name[:64]))
            )


def _choices(kind: Any) -> Iterator[Any]:
    """The types a value may have: through Annotated and unions."""
    if hasattr(kind, "__metadata__"):
        yield from _choices(get_args(kind)[0])
    elif get_origin(kind) in (list, tuple) or isinstance(kind, type):
        yield kind
    else:
        for choice in get_args(kind):
            yield from _choices(choice)


def _fault(error: msgspec.ValidationError, *, at: tuple[str, ...]) -> Fault:
    text, _sep, path = str(error).partition(" - at `$")
    code = next((code for words, code in CODES if words in text), "invalid")
    inner = [part for part in re.split(r"[.\[\]`]+", path) if part]
    return Fault(code, text, ".".join((*at, *inner)) or None)


def _refuse_by_headers(request: Any) -> None:
    """Before a byte is read: too long by its own account, or packed or written in a way we do not read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdigit() or int(length) > settings.API_BODY_BYTES_MAX:
        raise Problem(413)
    charset = re.search(r'charset="?([^";]+)', request.META.get("CONTENT_TYPE", ""), re.IGNORECASE)
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding != "identity" or (charset and charset[1].strip().lower() not in ("utf-8", "utf8")):
        raise Problem(415)


def _refuse_unfit(value: Any) -> None:
    """What JSON allows and PostgreSQL does not store, wherever it stands."""
    layer: list[Any] = [value]
    for _depth in range(DEPTH_MAX):
        texts = [one for one in layer if isinstance(one, str)]
        deeper: list[Any] = []
        for one in layer:
            if isinstance(one, dict):
                texts += one
                deeper += one.values()
            elif isinstance(one, list):
                deeper += one
            elif isinstance(one, int) and not -INTEGER_MAX <= one <= INTEGER_MAX:
                raise Problem(400, Fault("too_large", _("Numbers go up to 9223372036854775807.")))
        if CONTROL.search("".join(texts)):
            detail = _("Text may not hold control characters such as U+0000 or line breaks.")
            raise Problem(400, Fault("control_character", detail))
        if not deeper:
            return
        layer = deeper
    raise Problem(400, _too_deep())


def _too_deep() -> Fault:
    return Fault("too_deep", _("The body is nested too deeply: 16 levels at most."))
