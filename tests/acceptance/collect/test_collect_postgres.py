"""A collector whose ops store is a PostgreSQL that goes away and comes back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.acceptance.collect.conftest import make
from tests.clients.collector import stored_ids
from tests.servers.postgres import PASSWORD

import finegrain as fg

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.servers.postgres import PostgresServer


def test_while_the_server_is_away_the_answer_is_503_and_then_all_is_well(
    own_postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINEGRAIN_OPS_URL", own_postgres.url())
    server, client = make(tmp_path)
    server.start()
    assert client.batch("before").status == 200
    own_postgres.halt()
    refused = client.batch("new person", person="u2")
    assert (refused.status, refused.json["code"], refused.headers["retry-after"]) == (503, "not_stored", "5")
    assert client.batch("known person").status == 200
    assert own_postgres.resume()
    assert client.batch("new person", person="u2").status == 200
    logged = server.stop()
    assert "postgres:***@127.0.0.1" in refused.json["message"] + logged
    assert PASSWORD not in refused.body.decode() + logged
    assert Counter(stored_ids(server.home)) == {"before": 1, "known person": 1, "new person": 1}
    with fg.open(server.home) as workspace:
        assert workspace.people.find("u2").id != workspace.people.find("u1").id
