"""Drafts over a real ops store: kept for whoever works, and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import finegrain as fg
from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.contract import Actor
from finegrain.access.drafts.service import MOST_DRAFTS, DraftService
from finegrain.access.errors import NotAllowedError
from finegrain.access.roles import GRANTS
from finegrain.clock import SystemClock
from finegrain.errors import BadValueError
from finegrain.store.ops import OpsStore
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.access.contract import User
    from finegrain.access.service import Access
    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def acting(user: User) -> Actor:
    """Give the actor that a user's requests act as."""
    return Actor("user", user.id, user.name, GRANTS[user.role])


def test_a_draft_survives_a_restart(tmp_path: Path, clock: SettableClock) -> None:
    with fg.open(tmp_path / "shop", clock=clock) as ws:
        ws.drafts.save("segment/new", {"name": "回流", "rule": {"all": []}})
    with fg.open(tmp_path / "shop", clock=clock) as ws:
        kept = ws.drafts.get("segment/new")
    assert kept is not None
    assert (kept.content, kept.saved_at) == ({"name": "回流", "rule": {"all": []}}, clock.now())


def test_a_held_draft_is_given_until_it_is_saved(workspace: Workspace) -> None:
    drafts = workspace.drafts
    drafts.save("segment/new", {"name": "L"})
    drafts.hold("segment/new", {"name": "Li"})
    held = drafts.get("segment/new")
    assert held is not None
    held.content["name"] = "changed by a reader"
    assert (drafts.get("segment/new") or held).content == {"name": "Li"}
    assert [draft.content for draft in drafts.all()] == [{"name": "L"}]
    drafts.save("segment/new", {"name": "Li Lei"})
    assert (drafts.get("segment/new") or held).content == {"name": "Li Lei"}


def test_a_held_draft_is_nobody_elses_and_can_be_dropped(workspace: Workspace, access: Access) -> None:
    ann, ben = (acting(access.users.get(name)) for name in ("Ann", "Ben"))
    with acting_as(ann):
        workspace.drafts.hold("segment/new", {"of": "Ann"})
    with acting_as(ben):
        assert workspace.drafts.get("segment/new") is None
        workspace.drafts.drop("segment/new")
    with acting_as(ann):
        assert workspace.drafts.get("segment/new") is not None
        workspace.drafts.drop("segment/new")
        assert workspace.drafts.get("segment/new") is None


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DraftService]:
    """Drafts in an ops store that the examples share."""
    ops = OpsStore(f"sqlite:///{tmp_path_factory.mktemp('drafts') / 'ops.sqlite'}", MIGRATIONS)
    yield DraftService(ops, SystemClock())
    ops.close()


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_what_was_saved_comes_back(drafts: DraftService, content: dict[str, object]) -> None:
    drafts.save("any", content)
    kept = drafts.get("any")
    assert kept is not None
    assert kept.content == content


def test_the_last_save_counts_until_it_is_dropped(workspace: Workspace, clock: SettableClock) -> None:
    drafts = workspace.drafts
    drafts.save("goal/new", {"target": 1})
    clock.advance(seconds=60)
    assert drafts.save("goal/new", {"target": 2}) == drafts.get("goal/new")
    drafts.drop("goal/new")
    drafts.drop("goal/new")
    assert drafts.get("goal/new") is None


def test_drafts_are_listed_by_prefix_newest_first(workspace: Workspace, clock: SettableClock) -> None:
    for key in ("segment/a", "segment_x", "segment/b"):
        workspace.drafts.save(key, {})
        clock.advance(seconds=1)
    assert [draft.key for draft in workspace.drafts.all("segment/")] == ["segment/b", "segment/a"]
    assert len(workspace.drafts.all()) == 3


def test_each_user_has_drafts_of_their_own(workspace: Workspace, access: Access) -> None:
    ann, ben = (acting(access.users.get(name)) for name in ("Ann", "Ben"))
    with acting_as(ann):
        workspace.drafts.save("segment/new", {"of": "Ann"})
    with acting_as(ben):
        assert workspace.drafts.get("segment/new") is None
        workspace.drafts.drop("segment/new")
    with acting_as(ann):
        assert workspace.drafts.get("segment/new") is not None


def test_a_removed_users_drafts_are_nobody_elses(workspace: Workspace, access: Access) -> None:
    ben = acting(access.users.get("Ben"))
    with acting_as(ben):
        workspace.drafts.save("segment/new", {"of": "Ben"})
    access.users.remove("Ben")
    with acting_as(ben):
        assert workspace.drafts.all() == ()


def test_the_oldest_draft_makes_room(workspace: Workspace, clock: SettableClock) -> None:
    for number in range(MOST_DRAFTS + 1):
        workspace.drafts.save(f"segment/{number}", {})
        clock.advance(seconds=1)
    assert workspace.drafts.get("segment/0") is None
    assert len(workspace.drafts.all()) == MOST_DRAFTS


@pytest.mark.parametrize(("key", "content"), [("", {}), ("x" * 201, {}), ("large", {"text": "x" * 256 * 1024})])
def test_what_cannot_be_kept_is_refused(workspace: Workspace, key: str, content: dict[str, object]) -> None:
    with pytest.raises(BadValueError):
        workspace.drafts.save(key, content)
    assert workspace.drafts.all() == ()


def test_nobody_has_no_drafts(workspace: Workspace) -> None:
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        workspace.drafts.save("segment/new", {})
