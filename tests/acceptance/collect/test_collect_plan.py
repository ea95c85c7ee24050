"""The tracking plan through the front door: what it refuses is told to the sender, and takes no neighbour along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.clients.collector import Client, stored_ids

import finegrain as fg
from finegrain.collect.plan.contract import EventPlan, PropertyRule

if TYPE_CHECKING:
    from tests.clients.collector import Server


def test_a_sender_is_told_what_the_plan_refuses(server: Server) -> None:
    with fg.open(server.home) as workspace:
        rule = PropertyRule("total", "number", required=True)
        workspace.plan.declare(EventPlan("Order Completed", properties=(rule,), on_violation="refuse"))
    server.start()
    batch = [
        {"type": "track", "event": "Order Completed", "userId": "ann", "messageId": f"m{place}", "properties": {"total": total}}
        for place, total in enumerate([1, "one", 2])
    ]
    answer = Client(server, server.key).send("/v1/batch", {"batch": batch})
    assert (answer.status, answer.json["stored"]) == (200, 2)
    (refused,) = answer.json["refused"]
    assert (refused["position"], refused["reason"]) == (1, "plan_violation")
    assert "“total”" in refused["detail"]
    server.stop()
    assert sorted(stored_ids(server.home)) == ["m0", "m2"]
    with fg.open(server.home) as workspace:
        assert [(each.kind, each.count, each.refused) for each in workspace.plan.violations()] == [("wrong_type", 1, 1)]
        assert workspace.refused.reasons() == {"plan_violation": 1}
