"""Keeps the catalogue of events and the sizes of segments up to date beside the collector, without taking its time."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finegrain.audience.segments.contract import RecomputeResult
    from finegrain.workspace import Workspace

log = logging.getLogger(__name__)

PAUSE_S = 2.0
"""How long it rests at least between two steps."""
STEP_EVENTS = 50_000
"""Events that one step counts: a fifth of a second's work."""
BUSY_EVENTS_PER_S = 2_000
BUSY_REST = 19
"""While more events than that arrive, it rests so many times as long as it worked; it catches up when they are fewer."""
LONGEST_PAUSE_S = 30.0
SEGMENTS_S = 60.0
"""How often segments are recomputed."""


async def keep_catalogue(workspace: Workspace, stop: asyncio.Event) -> None:
    """Count what arrives until ``stop`` is set; an error is logged, and the next step tries again.

    Args:
        workspace: whose catalogue.
        stop: ends it; a step that is under way is completed.
    """
    seq, failed = workspace.events.last_seq(), False
    while not stop.is_set():
        began = time.monotonic()
        try:
            behind = await asyncio.to_thread(_step, workspace)
        except Exception as error:  # noqa: BLE001 - whatever it was, the collector and the pages live on
            if not failed:
                log.warning("cannot count events for the catalogue, and go on trying: %s", error)
            behind, failed = False, True
        else:
            failed = False
        took = time.monotonic() - began
        arrived, seq = workspace.events.last_seq() - seq, workspace.events.last_seq()
        await _rest(stop, _pause_s(took, arrived, behind=behind))


def _step(workspace: Workspace) -> bool:
    progress = workspace.catalogue.refresh(budget_s=PAUSE_S / 10, batch_events=STEP_EVENTS)
    return progress.counted < progress.stored


def _pause_s(took_s: float, arrived: int, *, behind: bool) -> float:
    if arrived > BUSY_EVENTS_PER_S * (took_s + PAUSE_S):
        return min(max(PAUSE_S, BUSY_REST * took_s), LONGEST_PAUSE_S)
    return took_s if behind else PAUSE_S


async def keep_segments(workspace: Workspace, stop: asyncio.Event) -> None:
    """Recompute all segments that are rules every minute, and keep who is where, until ``stop`` is set.

    An error is logged, and the next one tries again.

    Args:
        workspace: whose segments.
        stop: ends it; a recomputation that is under way is completed.
    """
    failed = False
    while not stop.is_set():
        began = time.monotonic()
        try:
            found = await asyncio.to_thread(_recompute, workspace)
        except Exception as error:  # noqa: BLE001 - whatever it was, the collector and the pages live on
            if not failed:
                log.warning("cannot recompute segments, and go on trying: %s", error)
            failed = True
        else:
            failed = False
            for name, reason in found.failed.items():
                log.warning("the segment %s cannot be computed: %s", name, reason)
        took = time.monotonic() - began
        # Where it takes long, half of the time is left to others.
        await _rest(stop, max(SEGMENTS_S - took, took))


def _recompute(workspace: Workspace) -> RecomputeResult:
    definitions = workspace.history.definitions()
    found = workspace.segments.recompute()
    workspace.history.keep(found.as_of, recomputed=definitions)
    return found


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
