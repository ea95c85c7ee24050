"""Personal data as the reader of a page may see it: as it is, or masked for who lacks ``people:read``."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from finegrain.access.masking import MASK, mask_id, mask_part, mask_text, mask_traits, masking

if TYPE_CHECKING:
    from finegrain.behaviour.queries.result import Frames
    from finegrain.people.contract import Person
    from finegrain.store.events.contract import EventRow

_LINK = " → "
_Result = TypeVar("_Result", bound="Frames")


def shown_id(distinct_id: str) -> str:
    """Give a distinct id, or a link of two (``from → to``), as the reader may see it."""
    return _LINK.join(map(mask_id, distinct_id.split(_LINK))) if masking() else distinct_id


def shown_name(name: str) -> str:
    """Give a person's name as the reader may see it; an empty one stays empty."""
    return mask_text(name) if name and masking() else name


def shown_text(text: str) -> str:
    """Give what somebody sent, or a sentence about it, as the reader may see it: nothing of it is shown masked in part."""
    return MASK if text and masking() else text


def shown_person(person: Person) -> Person:
    """Give a person as the reader may see them; ids serve for showing only."""
    if not masking():
        return person
    ids, traits = tuple(map(mask_id, person.distinct_ids)), mask_traits(person.traits)
    details = {name: replace(trait, value=shown_value(name, trait.value)) for name, trait in person.trait_details.items()}
    return replace(person, distinct_ids=ids, traits=traits, trait_details=details)


def shown_value(name: str, value: Any) -> Any:
    """Give the value of a trait or property of that name as the reader may see it."""
    return mask_traits({name: value})[name] if masking() else value


def shown_result(result: _Result) -> _Result:
    """Give an answer about behaviour as the reader may see it."""
    return result.masked(mask_part) if masking() else result


def shown_event(row: EventRow) -> EventRow:
    """Give an event as the reader may see it."""
    if not masking():
        return row
    return replace(row, distinct_id=mask_id(row.distinct_id), properties=mask_traits(row.properties))


def shown_content(content: Any) -> Any:
    """Give properties or values that were sent as the reader may see them; what is no object is hidden whole."""
    if not masking():
        return content
    return mask_traits(content) if isinstance(content, dict) else MASK


def shown_raw(raw: str) -> str:
    """Give the JSON of an item as the reader may see it: its outermost values masked, and hidden whole where it is none."""
    if not raw or not masking():
        return raw
    try:
        content = json.loads(raw)
    except ValueError:
        return MASK
    return json.dumps(shown_content(content), ensure_ascii=False)
