"""The load that the collector is measured with: it is what Segment's SDKs send, and its identities are real."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from benchmarks.load import ANONYMOUS, BOTH_IDS, IDENTIFIES, Load, requests

from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import DecodedRequest

CALLS = 2_000


def decoded(load: Load) -> list[DecodedRequest]:
    """Decode the bodies of all requests of ``load``."""
    bodies = [request.partition(b"\r\n\r\n")[2] for request in requests(load)]
    return [segment.decode(WireRequest("/v1/batch", body, datetime.now(UTC))) for body in bodies]


def test_the_load_holds_events_identities_and_links_in_the_shares_it_names() -> None:
    batches = decoded(Load(port=0, key="k", batches=CALLS // 100, size=100, connections=1, seed=1))
    kinds = Counter(type(call).__name__ for batch in batches for _, call in batch.calls)
    assert [batch.refused for batch in batches] == [()] * 20
    assert kinds["EventCall"] + kinds["TraitCall"] == CALLS
    assert kinds["TraitCall"] / CALLS == pytest.approx(IDENTIFIES, abs=0.015)
    assert kinds["LinkCall"] / CALLS == pytest.approx(BOTH_IDS, abs=0.05)
    devices = sum(
        call.distinct_id.startswith("5bb1") for batch in batches for _, call in batch.calls if hasattr(call, "distinct_id")
    )
    assert devices / CALLS == pytest.approx(ANONYMOUS, abs=0.05)


def test_no_message_id_comes_twice_in_all_that_is_sent() -> None:
    batches = [*decoded(Load(0, "k", 3, 50, 1, seed=1)), *decoded(Load(0, "k", 3, 50, 1, seed=2))]
    ids = [call.message_id for batch in batches for _, call in batch.calls]
    assert len(set(ids)) == len(ids)
