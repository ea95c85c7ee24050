"""Lists of people under a name: kept, given back as the people they are now, and used as the audience of questions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.errors import NotAllowedError
from finegrain.audience.segments.errors import BadSegmentError, SegmentExistsError
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.people.contract import Link
from finegrain.people.errors import UnknownPersonError

if TYPE_CHECKING:
    from finegrain.workspace import Workspace

AT = datetime(2024, 5, 1, tzinfo=UTC)


def people(workspace: Workspace, *names: str) -> list[int]:
    return [int(person) for person in workspace.people.register(names, AT)]


def test_a_list_comes_back_ascending_with_each_person_once(empty: Workspace) -> None:
    a, b, c = people(empty, "a", "b", "c")
    made = empty.segments.save(" regulars ", [c, a, c, b], description="from the funnel", origin={"kind": "funnel", "step": 2})
    assert empty.segments.all() == (made,)
    assert (made.name, made.size, made.origin) == ("regulars", 3, {"kind": "funnel", "step": 2})
    assert empty.segments.members("regulars").tolist() == [a, b, c]
    of_a_list = ("name", "description", "origin", "size", "made_by")
    assert made.to_dict() == {"made_at": made.made_at.isoformat(), **{name: getattr(made, name) for name in of_a_list}}


def test_nobody_is_a_segment_too(empty: Workspace) -> None:
    assert empty.segments.save("none", []).size == 0
    assert empty.segments.members("none").tolist() == []


def test_people_who_were_merged_since_count_once(empty: Workspace) -> None:
    device, other = people(empty, "device", "other")
    empty.segments.save("list", [device, other])
    empty.people.link([Link("identify", "device", "anna", AT, to_login=True)])
    assert empty.segments.members("list").tolist() == sorted({empty.people.find("device").id, other})
    assert empty.people.living(np.array([device, 10**9])).tolist() == [empty.people.find("anna").id, 0]


def test_large_lists_are_resolved_as_small_ones_are(empty: Workspace) -> None:
    many = empty.people.register([f"p{number}" for number in range(20_100)], AT)
    empty.people.link([Link("identify", "p7", "p8", AT, to_login=True)])
    empty.segments.save("many", many)
    assert len(empty.segments.members("many")) == 20_099
    assert empty.people.find("p7").id in empty.segments.members("many")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_a_name_that_no_segment_can_have_is_refused(empty: Workspace, name: str) -> None:
    with pytest.raises(BadSegmentError, match="name"):
        empty.segments.save(name, [])


@pytest.mark.parametrize("description", ["x" * 2001, "a\0b"])
def test_a_description_that_cannot_be_kept_is_refused(empty: Workspace, description: str) -> None:
    with pytest.raises(BadSegmentError, match="description"):
        empty.segments.save("list", [], description=description)


def test_a_person_whom_nobody_knows_is_refused_and_nothing_is_kept(empty: Workspace) -> None:
    with pytest.raises(UnknownPersonError, match="77"):
        empty.segments.save("list", [*people(empty, "a"), 77])
    assert empty.segments.all() == ()


def test_a_taken_name_is_refused_and_free_again_once_deleted(empty: Workspace) -> None:
    empty.segments.save("list", people(empty, "a"))
    with pytest.raises(SegmentExistsError, match="list"):
        empty.segments.save("list", [])
    assert empty.segments.get("list").size == 1
    empty.segments.delete("list")
    empty.segments.save("list", [])


def test_a_segment_that_is_not_there_is_told(empty: Workspace) -> None:
    for ask in (empty.segments.get, empty.segments.members, empty.segments.delete):
        with pytest.raises(UnknownSegmentError, match="no segment named “vip”"):
            ask("vip")


def test_who_may_not_set_up_strategies_keeps_no_segment(empty: Workspace) -> None:
    empty.segments.save("list", [])
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        empty.segments.save("other", [])
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        empty.segments.delete("list")
    assert [segment.name for segment in empty.segments.all()] == ["list"]


def test_keeping_and_deleting_stand_in_the_audit_log(empty: Workspace) -> None:
    empty.segments.save("list", people(empty, "a", "b"))
    empty.segments.delete("list")
    entries = [(entry.action, entry.subject) for entry in empty.access.audit.search()]
    assert entries[:2] == [("segment.delete", "list"), ("segment.save", "list")]
