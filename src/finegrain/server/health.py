"""What monitors ask: whether the collector can take requests, and its counts in the format of Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector as PrometheusCollector

from finegrain.collect.pipeline.health.scales import ANSWERS, LAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from prometheus_client.metrics_core import Metric

    from finegrain.collect.pipeline.collector import Collector
    from finegrain.collect.pipeline.health.cells import Cell
    from finegrain.collect.pipeline.health.scales import Scale
    from finegrain.collect.pipeline.tally import TallyResult

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BY_SOURCE = {
    "events": ("events_stored", "Events stored."),
    "duplicates": ("events_duplicate", "Events sent again, not stored again."),
    "bots": ("events_of_bots", "Events of robots, stored and labelled."),
    "requests": ("requests", "Requests that were stored."),
    "failed": ("requests_failed", "Requests that were not stored because a store refused."),
    "clamped": ("items_in_future", "Items whose time lay in the future, and was set to that of their receipt."),
    "wrong_checksums": ("wrong_checksums", "Records whose checksum did not fit; they were stored all the same."),
}
_OCTAVES = 2
"""Doublings of a duration from one bucket of a histogram to the next."""


class CollectMetrics(PrometheusCollector):
    """The counts of a collector, read when they are asked for.

    Args:
        collector: whose counts.
    """

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """Give the counts in Prometheus's text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Give the counts one by one."""
        tally = self._collector.health.totals()
        yield from (_by_source(field, *names, tally.cells) for field, names in _BY_SOURCE.items())
        yield _labelled("items_refused", "Items refused.", ("source", "reason"), tally.refused.items())
        turned_away = (((code,), count) for code, count in tally.turned_away.items())
        yield _labelled(
            "requests_turned_away", "Requests of which nothing was taken, by the error's code.", ("code",), turned_away
        )
        yield from _durations(tally)
        yield from self._now()

    def _now(self) -> Iterator[Metric]:
        now = self._collector.health.now()
        yield _gauge("waiting_bytes", "Bytes of requests that wait to be stored.", now.waiting_bytes)
        yield _gauge("waiting_bytes_limit", "Bytes of requests that may wait.", now.limit_bytes)
        yield _gauge("ready", "1 when requests can be taken, else 0.", float(self._collector.ready()))
        yield _gauge("refusing", "1 while a store refuses, else 0.", float(now.refusing is not None))


def _by_source(field: str, name: str, help_text: str, cells: Mapping[str, Cell]) -> Metric:
    return _labelled(name, help_text, ("source",), (((source,), getattr(cell, field)) for source, cell in cells.items()))


def _durations(tally: TallyResult) -> Iterator[Metric]:
    answers = HistogramMetricFamily(_name("answer_seconds"), "From a request's arrival to its answer.", labels=["source"])
    lags = HistogramMetricFamily(_name("lag_seconds"), "From when events happened to their receipt.", labels=["source"])
    for source, cell in tally.cells.items():
        answers.add_metric([source], _buckets(cell.answers, ANSWERS), cell.answers_s)
        lags.add_metric([source], _buckets(cell.lags, LAGS), cell.lags_s)
    commits = HistogramMetricFamily(_name("commit_seconds"), "Commits, each of a group of requests.")
    commits.add_metric([], _buckets(tally.commits, ANSWERS), tally.commit_s)
    yield from (answers, lags, commits)
    yield _gauge("longest_commit_seconds", "Seconds of the longest commit.", tally.longest_commit_s)


def _buckets(counts: NDArray[np.int64], scale: Scale) -> list[tuple[str, float]]:
    reached = counts.cumsum()
    step = scale.per_octave * _OCTAVES
    bounds = [(f"{bound:.4g}", float(reached[place])) for place, bound in enumerate(scale.bounds) if place % step == 0]
    return [*bounds, ("+Inf", float(reached[-1]))]


def _labelled(name: str, help_text: str, labels: Sequence[str], counts: Iterable[tuple[Sequence[str], int]]) -> Metric:
    family = CounterMetricFamily(_name(name), help_text, labels=labels)
    for values, count in counts:
        family.add_metric(values, count)
    return family


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(_name(name), help_text, value=value)


def _name(name: str) -> str:
    return f"finegrain_collect_{name}"
