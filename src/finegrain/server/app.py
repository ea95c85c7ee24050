"""Builds the application that the server runs."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fastapi import FastAPI

    from finegrain.workspace import Workspace

log = logging.getLogger(__name__)


WARM_UP_S = 5.0
"""How long the first answer waits for the warm-up; a larger workspace goes on warming up beside the first pages."""


def build_app(workspace: Workspace, *, on_ready: Callable[[], object] | None = None) -> FastAPI:
    """Build the application for ``workspace``: what monitors ask, and the console at ``/``.

    Args:
        workspace: what it serves; the caller closes it after the server has stopped.
        on_ready: called once, when the application is about to answer.
    """
    from fastapi import FastAPI

    import finegrain
    from finegrain.console.app import mount
    from finegrain.server.dashboards import add_dashboards
    from finegrain.server.elsewhere import add_elsewhere
    from finegrain.server.goals import add_goals
    from finegrain.server.guard import Guard
    from finegrain.server.history import add_history
    from finegrain.server.keeping import keep_catalogue, keep_segments
    from finegrain.server.openapi import add_openapi
    from finegrain.server.posthog_asks import add_posthog_answers
    from finegrain.server.queries import add_queries
    from finegrain.server.segments import add_segments
    from finegrain.server.tiers import add_tiers

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        warming = asyncio.create_task(asyncio.to_thread(warm_up, workspace))
        keeping = [asyncio.create_task(keep(workspace, stop)) for keep in (keep_catalogue, keep_segments)]
        await asyncio.wait({warming}, timeout=WARM_UP_S)
        if on_ready:
            on_ready()
        yield
        stop.set()
        await asyncio.gather(warming, *keeping)

    app = FastAPI(
        title="finegrain", version=finegrain.__version__, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the server is up, and which version it is."""
        return {"status": "ok", "version": finegrain.__version__}

    _add_health(app, workspace)
    add_openapi(app, finegrain.__version__)
    add_posthog_answers(app)
    add_queries(app, workspace)
    add_dashboards(app, workspace)
    add_segments(app, workspace)
    add_history(app, workspace)
    add_goals(app, workspace)
    add_tiers(app, workspace)
    add_elsewhere(app)
    mount(app, workspace)
    app.add_middleware(Guard, workspace=workspace)
    return app


def _add_health(app: FastAPI, workspace: Workspace) -> None:
    from starlette.responses import JSONResponse, Response

    from finegrain.server.health import MEDIA_TYPE, CollectMetrics

    metrics = CollectMetrics(workspace.collector)

    @app.get("/readyz")
    def readyz() -> Response:
        """Say whether requests can be taken: 200, or 503 while a store refuses or too much waits."""
        ready = workspace.collector.ready()
        return JSONResponse({"status": "ready" if ready else "not ready"}, status_code=200 if ready else 503)

    @app.get("/metrics")
    def metrics_text() -> Response:
        """Give the collector's counts to Prometheus."""
        return Response(metrics.text(), media_type=MEDIA_TYPE)


def warm_up(workspace: Workspace) -> None:
    """Bring into memory what the first page will ask for: the behaviour index, its kernels, and the tiers of everybody."""
    try:
        workspace.index.warm_up()
        as_of = workspace.as_of()
        last = workspace.zone.day_of(as_of - timedelta(microseconds=1))
        workspace.overview(last - timedelta(days=29), last)
        workspace.tiers("rfm", as_of)
        workspace.matrix("activity", "value", as_of)
    except Exception:
        log.exception("could not prepare the first page")  # the page will say so; the server can do without
