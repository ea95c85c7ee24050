"""How many events a second a collector takes in, durably, with the load generator beside it on the same cores."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import finegrain as fg
from benchmarks.figure import Figures, figure
from benchmarks.load import ANONYMOUS, BOTH_IDS, IDENTIFIES, Load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = Load(port=0, key="", batches=8_000, size=100, connections=64, seed=1)
SINGLE = Load(port=0, key="", batches=20_000, size=1, connections=64, seed=2)
WARM_UP = Load(port=0, key="", batches=1_500, size=100, connections=64, seed=3)
ROUNDS = 3
MIDDLE = f"Each figure is the middle one of {ROUNDS} rounds."
PATIENCE_S = 300
_SERVE = """
import sys, finegrain as fg
from finegrain.server.run import serve
serve(fg.open(sys.argv[1]), "127.0.0.1", 0, on_listening=lambda url: print(url, flush=True))
"""


def figures() -> Figures:
    """Measure batches and single events against the collector, and both against a bare loop, in turns."""
    rounds = [_round() for _ in range(ROUNDS)]
    bare, bare_single, batches, single = (_middle(one) for one in zip(*rounds, strict=True))
    ratio = statistics.median(one.batches["events_per_s"] / one.bare["events_per_s"] for one in rounds)
    single_ratio = statistics.median(one.single["requests_per_s"] / one.bare_single["requests_per_s"] for one in rounds)
    load = f"{BATCH.batches:,} Segment batches of {BATCH.size} events by {BATCH.connections} connections"
    stall = f"p50 {batches['p50_ms']:.0f} ms, longest wait {batches['longest_ms']:.0f} ms, and {batches['stall_ms']:.0f} ms"
    mixed = f"{IDENTIFIES:.0%} identify calls, {BOTH_IDS:.0%} of the calls with both ids, {ANONYMOUS:.0%} anonymous"
    place = f"one server process on {os.cpu_count()} cores with the load generator beside it; answers once on the disk"
    warm = f"{WARM_UP.batches * WARM_UP.size:,} calls before, by which most devices are known"
    note = f"{load} ({mixed}), {place}, identity and de-duplication on; {warm}. {MIDDLE}"
    return {
        "ingest_events_per_s": figure(batches["events_per_s"], "events/s", "higher", "limit 40,000 events/s", note),
        "ingest_vs_bare_loop": figure(
            ratio,
            "×",
            "higher",
            "uvicorn + msgspec + DuckDB group commit, which checks nothing",
            f"The same load, in turns; the bare loop took in {bare['events_per_s']:,.0f} events/s. {MIDDLE}",
        ),
        "ingest_p99_ms": figure(batches["p99_ms"], "ms", "lower", "limit 500 ms", f"The same run; {stall} between two answers."),
        "ingest_single_per_s": figure(
            single["requests_per_s"],
            "requests/s",
            "higher",
            "limit 3,000 requests/s",
            f"{SINGLE.batches:,} requests of one event by {SINGLE.connections} connections; p99 {single['p99_ms']:.0f} ms.",
        ),
        "ingest_single_vs_bare_loop": figure(
            single_ratio,
            "×",
            "higher",
            "uvicorn + msgspec + DuckDB group commit, which checks nothing",
            f"The same load, in turns; the bare loop took {bare_single['requests_per_s']:,.0f} requests/s. {MIDDLE}",
        ),
    }


class _Round(NamedTuple):
    """What came of batches and of single events, with the bare loop and with the collector."""

    bare: dict[str, float]
    bare_single: dict[str, float]
    batches: dict[str, float]
    single: dict[str, float]


def _round() -> _Round:
    with tempfile.TemporaryDirectory() as folder:
        return _Round(*_measure_bare(Path(folder)), *_measure_collector(Path(folder)))


def _middle(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _measure_bare(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    with _running([sys.executable, "-m", "benchmarks.bare_collector", str(folder / "bare.duckdb")]) as port:
        sent = [_send(replace(load, port=port)) for load in (WARM_UP, BATCH, SINGLE)]
    return sent[1], sent[2]


def _measure_collector(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    home = folder / "shop"
    with fg.open(home) as workspace:
        key = workspace.sources.add("load", "segment").key
    with _running([sys.executable, "-c", _SERVE, str(home)]) as port:
        sent = [_send(replace(load, port=port, key=key)) for load in (WARM_UP, BATCH, SINGLE)]
    with fg.open(home) as workspace:
        stored = sum(workspace.events.event_counts().values())
    if stored != sum(load["tracks"] for load in sent):
        raise RuntimeError(f"{stored} events were stored of {sent}")
    return sent[1], sent[2]


@contextmanager
def _running(command: list[str]) -> Iterator[int]:
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        if server.stdout is None:
            raise RuntimeError("no output")
        yield urlsplit(server.stdout.readline().strip()).port or 0
    finally:
        server.terminate()
        server.wait(timeout=60)


def _send(load: Load) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", json.dumps(asdict(load))]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S)  # noqa: S603 - our own
    found: dict[str, float] = json.loads(ran.stdout)
    return found
