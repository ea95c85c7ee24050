"""Where questions and lists are kept: people as segments, questions on dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.widgets.formats import number
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.console.pages.analysis.contract import Selection
    from finegrain.workspace import Workspace


def segment_names(workspace: Workspace) -> dict[str, str]:
    """Give the segments that there are: name → how it is called, with its number of people."""
    return {each.name: _("{segment} ({n})", segment=each.name, n=number(each.size)) for each in workspace.segments.all()}


def save_segment(workspace: Workspace, name: str, people: NDArray[np.int64], description: str, origin: Mapping[str, Any]) -> None:
    """Keep people as a segment.

    Args:
        workspace: keeps it.
        name: of the segment.
        people: ids.
        description: who they are.
        origin: what the list was taken from, see ``origin_of``.

    Raises:
        NotAllowedError: the reader may not.
        FinegrainError: the name cannot be used, or is taken.
    """
    workspace.segments.save(name, people, description=description, origin=origin)


def origin_of(kind: str, query: Mapping[str, Any] | None, select: Selection | None, as_of: str) -> dict[str, Any]:
    """Give what a list was taken from: a question, its moment, and the number that the people stand behind."""
    origin = {"kind": kind, "query": query, "select": select, "as_of": as_of}
    return {name: value for name, value in origin.items() if value}
