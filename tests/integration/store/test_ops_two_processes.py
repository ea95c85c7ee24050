"""Two processes that write the same people into one ops store at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from finegrain.people.service import PeopleService

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.store.ops import OpsStore

PEOPLE = 400
ROUNDS = 20

_REGISTER = """
import json, sys
from datetime import UTC, datetime
from finegrain.people.service import PeopleService
from finegrain.store.ops import OpsStore
from finegrain.workspace import MIGRATIONS

url, number, people, rounds = sys.argv[1], *map(int, sys.argv[2:])
ops = OpsStore(url, MIGRATIONS)
service = PeopleService(ops)
print("ready", flush=True)
sys.stdin.readline()
found = {}
for turn in range(rounds):
    # The same ids in both, from the one end and from the other.
    part = [f"u{n}" for n in range(people) if n % rounds == (turn if number else rounds - 1 - turn)]
    found.update(zip(part, service.register(part, datetime(2024, 6, 1, turn, tzinfo=UTC)).tolist()))
print(json.dumps(found))
ops.close()
"""
_IMPORT = """
import sys
import finegrain as fg

with fg.open(sys.argv[2], ops_url=sys.argv[1]) as workspace:
    print("ready", flush=True)
    sys.stdin.readline()
    print(workspace.import_events(sys.argv[3]).people)
"""
_COLLECT = """
import json, sys
import finegrain as fg
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest

with fg.open(sys.argv[2], ops_url=sys.argv[1]) as workspace:
    print("ready", flush=True)
    sys.stdin.readline()
    for start in range(0, int(sys.argv[3]), 20):
        items = [{"type": "track", "event": "Seen", "userId": f"u{n}"} for n in range(start, start + 20)]
        now = workspace.clock.now()
        request = WireRequest("/v1/batch", json.dumps({"batch": items}).encode(), now, {})
        workspace.collector.store_now(Arrival(segment.decode(request), "web", "segment", now))
print("done")
"""


def at_once(*commands: tuple[object, ...]) -> list[str]:
    """Run programs that say when they are ready, let them go at the same moment, and give the last line of each."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", *map(str, command)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for command in commands
    ]  # fmt: skip
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n", each.communicate()[1]
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    ended = [each.communicate(timeout=120) for each in running]
    assert [each.returncode for each in running] == [0] * len(running), ended
    return [out.splitlines()[-1] for out, _ in ended]


def test_both_find_the_same_person_for_every_id(ops_url: str, ops: OpsStore) -> None:
    first, second = at_once(*((_REGISTER, ops_url, number, PEOPLE, ROUNDS) for number in range(2)))
    found = json.loads(first)
    assert found == json.loads(second)
    assert len(set(found.values())) == PEOPLE == PeopleService(ops).count()


def test_two_imports_and_a_collector_make_every_person_once(ops_url: str, ops: OpsStore, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("".join(f'{{"user_id": "u{n}", "event": "Seen", "time": "2024-01-05T10:00:00Z"}}\n' for n in range(PEOPLE)))
    imports = [(_IMPORT, ops_url, tmp_path / name, file) for name in ("first", "second")]
    assert at_once(*imports, (_COLLECT, ops_url, tmp_path / "third", PEOPLE)) == [str(PEOPLE), str(PEOPLE), "done"]
    assert PeopleService(ops).count() == PEOPLE
    assert sorted(PeopleService(ops).ownership().distinct_ids.to_pylist()) == sorted(f"u{n}" for n in range(PEOPLE))
