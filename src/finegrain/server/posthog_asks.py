"""What PostHog's SDKs ask before they send: a configuration without extras, and feature flags, of which there are none.

Without these answers ``posthog-js`` fills the browser's console with errors and sends uncompressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

ASKED = ("/flags", "/decide", "/array/{key}/config")
"""Paths that are asked, with or without a slash at the end."""

_CONFIG: dict[str, Any] = {
    "supportedCompression": ["gzip-js"],
    "hasFeatureFlags": False,
    "sessionRecording": False,
    "surveys": False,
    "heatmaps": False,
    "capturePerformance": False,
    "captureDeadClicks": False,
    "autocaptureExceptions": False,
    "siteApps": [],
    "isAuthenticated": False,
}
_NO_FLAGS: dict[str, Any] = {
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
}


def add_posthog_answers(app: FastAPI) -> None:
    """Answer the questions of PostHog's SDKs at ``ASKED``; the answers are constant, so any page may read them."""
    for path in ASKED:
        for spelled in (path, path + "/"):
            app.add_route(spelled, _answer, methods=["GET", "POST", "OPTIONS"], include_in_schema=False)


async def _answer(request: Request) -> Response:
    from starlette.responses import JSONResponse, Response

    headers = {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": request.headers.get("access-control-request-headers", "content-type"),
        "access-control-max-age": "86400",
    }
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    body = _CONFIG if request.url.path.startswith("/array/") else {**_CONFIG, **_NO_FLAGS}
    return JSONResponse(body, headers=headers)
