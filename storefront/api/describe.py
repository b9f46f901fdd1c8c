"""The reference at /api/docs/: each operation in words, with the types that its code reads and writes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from storefront.api.fields import In, Out

F = TypeVar("F", bound=Callable[..., Any])
REF = "#/components/schemas/{name}"

INTRODUCTION = """
Reprise prices carts, commits orders and keeps the loyalty programme of one store. Your storefront's **server**
calls it.

**Begin with** `PUT /customers/{ref}` and `POST /products/bulk`, then `POST /quotes` for every cart that is shown, then
`POST /orders` when the shopper pays.

- **Key.** Send `Authorization: Bearer rk_…` with every request. The key decides the store; you never see
  another one's data.
- **Money** is whole numbers of the currency's smallest unit (`199000` is 1 990.00), rates are basis points
  (`1250` is 12.5 %), points
  are whole numbers. **Moments** are RFC 3339 with a time zone.
- **References** are yours: your customer, cart and order numbers, your skus.
- **Repeat without fear.** A write may carry `Idempotency-Key`. The same key with the same body answers as it
  did the first time, marked
  `Idempotent-Replayed: true`; with another body it is refused (422); while the first is still being worked on
  you get 409 after
  3 seconds. Answers are kept for 30 days.
- **Errors** always look the same: `code` for your program, `detail` for a person, `errors` with the place of
  each fault, and the
  `request_id` to tell us. 429 comes with `Retry-After`.
- **Lists** answer `items` and `next`; give `next` as `cursor` to go on. Unknown fields in a body are refused,
  so that a misspelt
  name does not go unnoticed.
""".strip()

REASONS = {
    400: "The request is not as it should be; `errors` says where.",
    401: "The key is missing or wrong.",
    403: "The key may not do this.",
    404: "Your store has no such thing.",
    409: "It conflicts with what is stored, or the same key is being worked on.",
    413: "The body is over 2 MB.",
    415: "The body is not application/json in UTF-8.",
    422: "The body names something unknown, or the Idempotency-Key was used for another one.",
    429: "Too many requests; wait `Retry-After` seconds.",
    503: "Reprise can not answer at the moment; try again after `Retry-After` seconds.",
}
ALWAYS = (400, 401, 403, 429, 503)
ON_WRITE = (409, 413, 415, 422)

_types: dict[str, type[msgspec.Struct]] = {}


class FaultOut(Out, frozen=True, kw_only=True):
    """One thing that is wrong. `attr` says where, for example `lines.3.quantity`."""

    code: str
    detail: str
    attr: str | None


class ErrorOut(Out, frozen=True, kw_only=True):
    """Every error. `code` and `detail` repeat the first of `errors`."""

    type: str
    code: str
    detail: str
    errors: list[FaultOut]
    request_id: str


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the reference describes it."""

    target_class = "storefront.api.keys.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key from the panel, for example `rk_Yk3…`. It decides the store; its scopes "
            "decide what it may do.",
        }


def operation(
    name: str,
    *,
    tag: str,
    summary: str,
    text: str = "",
    body: type[msgspec.Struct] | None = None,
    answers: Mapping[int, tuple[type[msgspec.Struct], str]],
    fails: Mapping[int, type[msgspec.Struct]] | None = None,
    path: Mapping[str, str] | None = None,
    page: type[In] | None = None,
    examples: Mapping[str, Mapping[str, Any]] | None = None,
    is_remembered: bool = True,
) -> Callable[[F], F]:
    """Describe a view's method. `path` tells what the names in the address mean, `page` what may follow it,
    `examples` are bodies by title; `is_remembered`: it takes an Idempotency-Key."""
    parameters = [*_path_parameters(path or {}), *_query_parameters(page)]
    if body is not None and is_remembered:
        parameters.append(_idempotency_key())
    return extend_schema(
        operation_id=name,
        tags=[tag],
        summary=summary,
        description=text or f"{summary}.",
        request={"application/json": _ref(body)} if body is not None else None,
        responses=_responses(answers, is_write=body is not None, has_path=bool(path), fails=fails or {}),
        parameters=parameters,
        examples=[
            OpenApiExample(title, value=value, request_only=True) for title, value in (examples or {}).items()
        ],
    )


def add_types(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: the bodies' types, and the introduction."""
    _schemas, components = msgspec.json.schema_components(
        [_types[name] for name in sorted(_types)], ref_template=REF
    )
    result.setdefault("components", {}).setdefault("schemas", {}).update(components)
    result["info"]["description"] = INTRODUCTION
    for methods in result["paths"].values():
        for method in methods.values():
            if "requestBody" in method:
                method["requestBody"]["required"] = True
    return result


def _ref(kind: type[msgspec.Struct]) -> dict[str, str]:
    known = _types.setdefault(kind.__name__, kind)
    assert known is kind, f"two types are called {kind.__name__}"
    return {"$ref": REF.format(name=kind.__name__)}


def _responses(
    answers: Mapping[int, tuple[type[msgspec.Struct], str]],
    *,
    is_write: bool,
    has_path: bool,
    fails: Mapping[int, type[msgspec.Struct]],
) -> dict[int, OpenApiResponse]:
    statuses = (*ALWAYS, *(ON_WRITE if is_write else ()), *((404,) if has_path else ()))
    failing: dict[int, type[msgspec.Struct]] = {**dict.fromkeys(statuses, ErrorOut), **fails}
    found = {
        status: OpenApiResponse(_ref(kind), description=REASONS[status]) for status, kind in failing.items()
    }
    found |= {
        status: OpenApiResponse(_ref(kind), description=said) for status, (kind, said) in answers.items()
    }
    return dict(sorted(found.items()))


def _path_parameters(path: Mapping[str, str]) -> Sequence[OpenApiParameter]:
    schema = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^/\\u0000-\\u001f\\u007f]+$"}
    return [
        OpenApiParameter(name, schema, OpenApiParameter.PATH, required=True, description=said)
        for name, said in path.items()
    ]


def _query_parameters(page: type[In] | None) -> Sequence[OpenApiParameter]:
    if page is None:
        return []
    schema = msgspec.json.schema_components([page], ref_template=REF)[1][page.__name__]
    return [_query_parameter(name, dict(schema["properties"][name])) for name in sorted(schema["properties"])]


def _query_parameter(name: str, schema: dict[str, Any]) -> OpenApiParameter:
    """A query string knows no null: of "text or null" only the text remains."""
    schema.pop("default", None)
    choices = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    chosen = dict(choices[0])
    return OpenApiParameter(name, chosen, OpenApiParameter.QUERY, description=chosen.pop("description", ""))


def _idempotency_key() -> OpenApiParameter:
    return OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        OpenApiParameter.HEADER,
        description="Yours, new for each write, for example a UUID. Send it again if you do not know whether "
        "the write arrived.",
    )
