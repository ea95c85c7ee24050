"""Everything the page of one person shows, worked out off the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.console.pages.people.rows import scheme_labels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from finegrain.audience.directory import PersonRow
    from finegrain.audience.tiers.contract import Explanation, SchemeName
    from finegrain.behaviour.contract import OrderRow, UnmatchedRefund
    from finegrain.people.contract import Edge, IdSpan, Person
    from finegrain.workspace import Workspace


@dataclass(frozen=True)
class PersonView:
    """One person as of a moment.

    Attributes:
        as_of: the moment, aware, in UTC.
        row: the figures, as the list of people gives them.
        explanations: why the person is in the tier of each scheme: those that are built in, then one's own by name.
        orders: newest first.
        refunds: refunds that name no known order, newest first.
        spans: the ids, each with the time in which it is the person's.
        edges: what links the ids, also what was dropped, the oldest first.
        labels: what the schemes are called.
    """

    as_of: datetime
    person: Person
    row: PersonRow
    explanations: tuple[Explanation, ...]
    orders: tuple[OrderRow, ...]
    refunds: tuple[UnmatchedRefund, ...]
    spans: tuple[IdSpan, ...]
    edges: tuple[Edge, ...]
    labels: Mapping[SchemeName, str]


def load_person(workspace: Workspace, person: Person, as_of_text: str) -> PersonView:
    """Work out what is shown of ``person``.

    Args:
        workspace: where the person is.
        person: who.
        as_of_text: the moment as it stands in the URL; empty for the workspace's own.

    Raises:
        BadValueError: the moment is none.
    """
    as_of = workspace.as_of(as_of_text or None)
    return PersonView(
        as_of=as_of,
        person=person,
        row=workspace.directory.row(person.id, as_of=as_of),
        explanations=tuple(workspace.tiering.compute(scheme, as_of).explain(person.id) for scheme in workspace.tiering.names()),
        orders=tuple(reversed(workspace.index.orders(person.id, as_of))),
        refunds=tuple(reversed(workspace.index.unmatched_refunds(person.id, as_of))),
        spans=tuple(workspace.people.spans(person.id)),
        edges=tuple(workspace.people.edges(person.id)),
        labels=scheme_labels(workspace),
    )
