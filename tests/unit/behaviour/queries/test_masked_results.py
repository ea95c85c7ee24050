"""Answers where personal data may not be seen: the values that are counted by, as a mask shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PERIOD, embedded_world

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS: dict[str, dict[str, Any]] = {
    "funnel": {"steps": ["A", "B"]},
    "retention": {"start": "A", "returns": "B"},
    "trends": {"series": ["A"]},
    "lifecycle": {"event": "A"},
    "stickiness": {"event": "A"},
    "paths": {"start": "A"},
    "intervals": {"start": "A", "end": "B"},
    "distribution": {"event": "A"},
    "attribution": {"conversion": "B", "touches": ["A"]},
}


def answer(kind: str, **more: Any) -> Any:
    """Answer a question about two people who did A, then B."""
    start = FIRST + timedelta(days=2)
    log = [
        Happening(who, name, start + timedelta(minutes=later), properties={"mail": f"{who}@x.example"})
        for who in "xy"
        for later, name in enumerate("AB")
    ]
    return embedded_world(log).service.answer(kind, {"period": PERIOD, **QUESTIONS[kind], **more}, AS_OF).masked(mask)


def mask(of: str, name: str, value: str) -> str:
    """Show whose value it is, and its beginning."""
    return f"{of} {name} {value[0]}"


def texts(value: Any) -> Iterator[str]:
    """Give all texts in JSON values."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize(("of", "name"), [("event", "mail"), ("person", "city")])
def test_groups_have_the_names_that_the_mask_gives(kind: str, of: str, name: str) -> None:
    result = answer(kind, breakdown={"property": name, "of": of})
    first = {"mail": ["event mail x", "event mail y"], "city": ["person city B", "person city U"]}[name]
    assert sorted(one.group.name for one in result.groups if one.group.kind == "value") == first


@pytest.mark.parametrize(("kind", "expected"), [("paths", "event mail x"), ("attribution", "event mail x")])
@pytest.mark.parametrize("more", [{}, {"breakdown": "mail"}])
def test_so_have_values_by_which_events_are_called(kind: str, expected: str, more: dict[str, Any]) -> None:
    told = set(texts(answer(kind, name_by="mail", **more).to_dict()))
    assert expected in told
    assert not [text for text in told if "@" in text]


@pytest.mark.parametrize("kind", QUESTIONS)
def test_an_answer_that_names_no_value_stays_as_it_is(kind: str) -> None:
    assert answer(kind).to_dict()["query"] == answer(kind).masked(mask).to_dict()["query"]
    assert not [text for text in texts(answer(kind).to_dict()) if text.startswith("event ")]
