"""What is known of a person, what links ids, and how traits change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from finegrain.people.identity import NEVER
from finegrain.store.events.contract import IdSpan

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.people.identity import LinkKind

__all__ = [
    "NEVER", "Edge", "IdSpan", "Link", "Ownership", "Person", "Trait", "TraitAction", "TraitChange", "TraitHistory", "TraitType",
    "TraitValues",
]  # fmt: skip

TraitAction = Literal["set", "set_once", "unset", "increment", "append", "delete"]
TraitType = Literal["text", "number", "boolean", "datetime", "list", "object", "nothing"]

NAME_TRAITS = ("name", "姓名", "nickname", "昵称", "email")
"""Traits that can serve as a person's name, the best first."""


@dataclass(frozen=True)
class TraitChange:
    """A change of some traits of one person, as of ``at``; an older change never overwrites a newer value.

    Attributes:
        traits: names and values; of ``unset`` the names count, of ``delete`` nothing does.
        at: aware.
        action: what is done with the values; see ``people.traits``.
        source: who said so, such as the name of a source.
        message_id: of the message that said so; empty where there was none.
    """

    distinct_id: str
    traits: dict[str, Any]
    at: datetime
    action: TraitAction = "set"
    source: str = ""
    message_id: str = ""


@dataclass(frozen=True)
class Trait:
    """A trait with its type, when it last changed or was said (aware, in UTC), and which source said so."""

    value: Any
    type: TraitType
    set_at: datetime
    source: str


@dataclass(frozen=True)
class Link:
    """Two ids said to be one person's at a moment; of ``unbind``, no longer. The flags tell which of them are logins."""

    kind: LinkKind
    from_id: str
    to_id: str
    at: datetime
    from_login: bool = False
    to_login: bool = True
    source: str = ""
    message_id: str = ""


@dataclass(frozen=True)
class Edge:
    """A link as it is kept.

    Attributes:
        at: when it was said first, aware, in UTC.
        last_at: when it was said last, to a day; the same as ``at`` where it was said once.
        dropped_at: when an operator dropped it; None while it is in force.
        dropped_by: who did.
    """

    id: int
    kind: LinkKind
    from_id: str
    to_id: str
    at: datetime
    last_at: datetime
    from_login: bool
    to_login: bool
    source: str
    message_id: str
    dropped_at: datetime | None = None
    dropped_by: str = ""


@dataclass(frozen=True)
class Person:
    """One resolved human.

    Attributes:
        distinct_ids: all ids of the person, logins first, then the first seen first.
        traits: the newest value of each property, by name.
        known_since: when the person was first seen, aware, in UTC.
        trait_details: the same traits with type, time and source.
    """

    id: int
    distinct_ids: tuple[str, ...]
    traits: dict[str, Any]
    known_since: datetime
    trait_details: dict[str, Trait] = field(default_factory=dict)

    @property
    def display_id(self) -> str:
        """The id by which operators know the person: the first one that is a login, else the first one seen."""
        return self.distinct_ids[0] if self.distinct_ids else str(self.id)

    @property
    def name(self) -> str:
        """The best name among the traits; empty when there is none."""
        return next((str(self.traits[key]) for key in NAME_TRAITS if self.traits.get(key)), "")


@dataclass(frozen=True)
class Ownership:
    """To whom the events of each distinct id belong, over time: ``n`` rows, those of one id together and in order of time.

    An event of the id ``d`` at the time ``t`` belongs to the last row of ``d`` with ``from_us`` ≤ ``t``; the first row of each
    id begins at ``NEVER``, so that every event of a known id belongs to exactly one person.

    Attributes:
        distinct_ids: ``(n,) string``; an id stands in one row or several.
        from_us: ``(n,) int64`` microseconds since 1970 UTC.
        person_ids: ``(n,) int64``.
    """

    distinct_ids: pa.Array
    from_us: NDArray[np.int64]
    person_ids: NDArray[np.int64]


@dataclass(frozen=True)
class TraitValues:
    """One trait of everybody who has it: ``n`` rows.

    Attributes:
        person_ids: ``(n,) int64``, ascending, each once.
        texts: ``(n,) string``: texts as they are, all else as JSON.
        numbers: ``(n,) float64``: numbers, and texts that read as a finite one; NaN for all else, truth values among it.
    """

    person_ids: NDArray[np.int64]
    texts: pa.Array
    numbers: NDArray[np.float64]


@dataclass(frozen=True)
class TraitHistory:
    """One trait of everybody over time: ``n`` rows, those of one person together, in order of time.

    At the time ``t`` a person's trait is what the last row with ``from_us`` ≤ ``t`` says; before the first it has no value.

    Attributes:
        person_ids: ``(n,) int64``, ascending.
        from_us: ``(n,) int64`` microseconds since 1970 UTC, ascending within a person.
        texts: ``(n,) string``, as in ``TraitValues``; null where the trait has no value from then on.
        numbers: ``(n,) float64``, as in ``TraitValues``.
    """

    person_ids: NDArray[np.int64]
    from_us: NDArray[np.int64]
    texts: pa.Array
    numbers: NDArray[np.float64]
