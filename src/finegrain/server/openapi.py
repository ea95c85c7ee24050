"""The endpoints for programs as OpenAPI describes them: what is taken and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from finegrain.server.openapi_bodies import SCHEMAS, reference
from finegrain.server.openapi_dashboards import dashboard_paths, dashboard_schemas
from finegrain.server.openapi_goals import goal_paths, goal_schemas
from finegrain.server.openapi_history import history_paths, history_schemas
from finegrain.server.openapi_queries import SCHEMES as QUERY_SCHEMES
from finegrain.server.openapi_queries import query_paths, query_schemas
from finegrain.server.openapi_segments import segment_paths, segment_schemas
from finegrain.server.openapi_tiers import tier_paths, tier_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_Facts = dict[str, Any]


class _Endpoint(NamedTuple):
    """What stands at one path: its summary, the schema of its body and of its answer, and whether it may come by GET."""

    format: str
    summary: str
    body: str
    answer: str
    takes_get: bool = False


_SEGMENT_CALLS = {
    "Identify": ("What is known of a person", "identify", "i"),
    "Track": ("Something that happened", "track", "t"),
    "Page": ("A page that was seen", "page", "p"),
    "Screen": ("A screen of an app that was seen", "screen", "s"),
    "Group": ("The group that a person belongs to", "group", "g"),
    "Alias": ("Two ids of one person", "alias", "a"),
    "Batch": ("Several calls at once", "batch", "b", "import"),
    "Report": ("What a browser's SDK reports about itself", "m"),
}
_ENDPOINTS: dict[str, _Endpoint] = {
    **{
        f"/v1/{call}": _Endpoint("segment", summary, body, "SegmentAnswer")
        for body, (summary, *calls) in _SEGMENT_CALLS.items()
        for call in calls
    },
    "/sa": _Endpoint("sensors", "神策 records", "SensorsForm", "SensorsAnswer", takes_get=True),
    "/sa.gif": _Endpoint("sensors", "神策 records, answered with an image", "SensorsForm", "", takes_get=True),
    "/debug": _Endpoint("sensors", "神策 records in debug mode", "SensorsForm", "SensorsAnswer", takes_get=True),
    "/batch": _Endpoint("posthog", "PostHog events", "CaptureBatch", "PostHogAnswer", takes_get=True),
    "/i/v0/e": _Endpoint("posthog", "A PostHog event", "Capture", "PostHogAnswer", takes_get=True),
    "/capture": _Endpoint("posthog", "A PostHog event", "Capture", "PostHogAnswer", takes_get=True),
    "/e": _Endpoint("posthog", "A PostHog event", "Capture", "PostHogAnswer", takes_get=True),
}

_SECURITY: dict[str, list[_Facts]] = {
    "segment": [{"writeKey": []}, {}],
    "sensors": [{"token": []}, {}],
    "posthog": [{"apiKey": []}, {}],
}
_SCHEMES: dict[str, _Facts] = {
    "writeKey": {
        "type": "http",
        "scheme": "basic",
        "description": "The key as user, without a password; or writeKey in the body.",
    },
    "token": {"type": "apiKey", "in": "query", "name": "token", "description": "The key; or token in the form or in a record."},
    "apiKey": {"type": "apiKey", "in": "query", "name": "api_key", "description": "The key; or api_key in the body."},
}
_REFUSALS = {
    400: "Nothing was stored: the request cannot be taken apart into items.",
    401: "Nothing was stored: no source has this key.",
    403: "Nothing was stored: the source takes nothing from pages of this origin.",
    408: "Nothing was stored: the body did not arrive in time.",
    413: "Nothing was stored: the body is too large.",
    429: "Nothing was stored: too much waits; send again after Retry-After seconds.",
    503: "Perhaps nothing was stored: a store refuses; send again after Retry-After seconds, what was stored counts once.",
}
_RETRIED = {429, 503}
_QUERY: dict[str, tuple[str, ...]] = {"sensors": ("data", "data_list", "project"), "posthog": ("data", "compression", "sent_at")}


def description(version: str) -> _Facts:
    """Give the OpenAPI document of the collector and the queries.

    Args:
        version: of finegrain.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "finegrain",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Takes what Segment's, 神策's and PostHog's SDKs send: an answer of 200 means that it is on the disk. "
            "Answers questions about behaviour, and keeps them on dashboards. Sets goals, and says how far they are.",
        },
        "paths": {
            **{path: _operations(path, endpoint) for path, endpoint in _ENDPOINTS.items()},
            **query_paths(),
            **dashboard_paths(),
            **goal_paths(),
            **segment_paths(),
            **tier_paths(),
            **history_paths(),
            **_monitors(),
        },
        "components": {
            "schemas": {
                **SCHEMAS,
                **query_schemas(),
                **dashboard_schemas(),
                **goal_schemas(),
                **segment_schemas(),
                **tier_schemas(),
                **history_schemas(),
            },
            "securitySchemes": {**_SCHEMES, **QUERY_SCHEMES},
        },
    }


def add_openapi(app: FastAPI, version: str) -> None:
    """Answer with the document at ``/openapi.json``."""
    from starlette.responses import JSONResponse

    @app.get("/openapi.json", include_in_schema=False)
    def openapi_json() -> JSONResponse:
        """Give the description."""
        return JSONResponse(description(version))


def _operations(path: str, endpoint: _Endpoint) -> _Facts:
    methods = ("post", "get") if endpoint.takes_get else ("post",)
    return {method: _operation(path, endpoint, method) for method in methods}


def _operation(path: str, endpoint: _Endpoint, method: str) -> _Facts:
    operation: _Facts = {
        "operationId": f"{method}{path.replace('/', '_').replace('.', '_')}",
        "summary": endpoint.summary,
        "tags": [endpoint.format],
        "security": _SECURITY[endpoint.format],
        "responses": _answers(path, endpoint),
    }
    if method == "post":
        operation["requestBody"] = _body(endpoint)
    if names := _QUERY.get(endpoint.format):
        operation["parameters"] = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    return operation


def _body(endpoint: _Endpoint) -> _Facts:
    types = (_FORM,) if endpoint.format == "sensors" else (_JSON, "text/plain")
    return {"required": endpoint.format != "sensors", "content": {kind: {"schema": reference(endpoint.body)} for kind in types}}


def _answers(path: str, endpoint: _Endpoint) -> Mapping[str, _Facts]:
    text = "Stored durably; refused items, where there are any, are named."
    image: _Facts = {"image/gif": {}}
    good, bad = (image, image) if path == "/sa.gif" else (_content(endpoint.answer), _content("Error"))
    answers: dict[str, _Facts] = {"200": {"description": text, "content": good}}
    for status, meaning in _REFUSALS.items():
        if (status, endpoint.format) != (413, "segment"):  # Segment says 400 to what is too large
            answers[str(status)] = {"description": meaning, "content": bad}
            if status in _RETRIED:
                answers[str(status)]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    if path == "/debug":
        either = [reference("Error"), reference(endpoint.answer)]
        answers["400"]["content"] = {_JSON: {"schema": {"anyOf": either}}}
    return answers


def _monitors() -> dict[str, _Facts]:
    readiness = {status: {"description": meaning, "content": _content("Readiness")} for status, meaning in _READINESS.items()}
    return {
        "/healthz": _asked("Whether the server is up", {"200": {"description": "It is.", "content": _content("Health")}}),
        "/readyz": _asked("Whether requests can be taken", readiness),
        "/metrics": _asked(
            "Counts for Prometheus",
            {
                "200": {"description": "Prometheus's text format.", "content": {"text/plain": {}}},
                "401": {
                    "description": "It takes a token of the scope query:read, as a bearer.",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                },
            },
        ),
    }


_READINESS = {"200": "They can.", "503": "They cannot: a store refuses, or too much waits."}


def _asked(summary: str, answers: Mapping[str, _Facts]) -> _Facts:
    name = "get_" + summary.lower().replace(" ", "_")
    return {"get": {"operationId": name, "summary": summary, "tags": ["monitors"], "responses": answers}}


def _content(schema: str) -> _Facts:
    return {_JSON: {"schema": reference(schema)}}
