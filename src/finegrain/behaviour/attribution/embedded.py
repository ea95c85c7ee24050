"""Attribution from the behaviour index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from finegrain.behaviour.attribution import _kernels as kernels
from finegrain.behaviour.attribution.contract import Credits
from finegrain.behaviour.attribution.naming import find_sources
from finegrain.behaviour.attribution.query import MOST_TOUCHES
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.matching import find_groups, find_matches, matching_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.contract import AttributionSelection
    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView

_MODELS = {
    "first": kernels.FIRST,
    "last": kernels.LAST,
    "linear": kernels.LINEAR,
    "position": kernels.POSITION,
    "decay": kernels.DECAY,
}
_NOBODY = kernels.Marks(0, 0, np.zeros(0, dtype=np.bool_))


def find_credits(snapshot: Snapshot, scope: Scope, query: AttributionQuery) -> Credits:
    """Give what conversions are owed to; see ``AttributionQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    return _Attribution.of(snapshot, scope, query).credits()


def attribution_people(
    snapshot: Snapshot, scope: Scope, query: AttributionQuery, selection: AttributionSelection
) -> NDArray[np.int64]:
    """Give the ids of the people with a conversion that is selected, ascending; nobody where there is no such touch.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before. Its unit is not groups.
        selection: which conversions; checked before.
    """
    return _Attribution.of(snapshot, scope, query).people(selection)


def rules_of(query: AttributionQuery, scope: Scope) -> kernels.Rules:
    """Give how conversions of the query are shared out, as the kernel takes it."""
    coarse, fine = decay_factors()
    return kernels.Rules(
        start_us=scope.start_us,
        end_us=scope.end_us,
        lookback_us=query.lookback_us,
        half_life_us=query.half_life_us,
        most=MOST_TOUCHES,
        conversion=np.uint32(1),
        touches=np.uint32((1 << len(query.matchers)) - 2),
        models=frozen(np.array([_MODELS[model] for model in query.models], dtype=np.int64)),
        coarse=coarse,
        fine=fine,
    )


@cache
def decay_factors() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the factors A and B of the model ``decay``, ``(1024,) int64`` each; see ``AttributionQuery``."""
    scale, steps = 2**kernels.HALF_BITS, range(kernels.FINE)
    coarse = [round(scale * 2.0 ** (-step / kernels.FINE)) for step in steps]
    fine = [round(scale * 2.0 ** (-step / kernels.FINE**2)) for step in steps]
    return frozen(np.array(coarse, dtype=np.int64)), frozen(np.array(fine, dtype=np.int64))


class Arrays(NamedTuple):
    """What the kernel reads; ``owner`` ``(A,) int32`` says whose an actor's conversions are."""

    events: Events
    matches: Matches
    groups: Groups
    sources: kernels.Sources
    owner: NDArray[np.int32]
    rules: kernels.Rules


def share_out(arrays: Arrays, slots: int, names: int, marks: kernels.Marks = _NOBODY) -> kernels.Sums:
    """Share out all conversions among ``names`` touches, ``other`` and ``direct``; mark on the way who is wanted."""
    offsets, shape = arrays.events.offsets, (slots, len(arrays.rules.models), names + 2)

    def work(low: int, high: int) -> kernels.Sums:
        sums = _empty_sums(shape)
        scratch = _make_scratch(parallel.most_events(offsets, low, high), names + 2)
        kernels.share_out(*arrays, low, high, scratch, sums, marks)
        return sums

    parts = parallel.run(work, _whole_owners(parallel.ranges(offsets), arrays.owner))
    return kernels.Sums(*(np.sum(counts, axis=0) for counts in zip(*parts, strict=True)))


def marked_owners(
    arrays: Arrays, slots: int, touches: tuple[str, ...], selection: AttributionSelection, owners: int
) -> NDArray[np.bool_]:
    """Say of each owner, ``(owners,) bool``, whether a conversion of theirs is selected."""
    marked = np.zeros(owners, dtype=np.bool_)
    place = {"other": len(touches), "direct": len(touches) + 1}.get(selection.kind, -1)
    if selection.kind == "touch":
        if selection.touch not in touches:
            return marked
        place = touches.index(selection.touch)
    slot = 0 if selection.group is None else selection.group + 1
    one_model = frozen(np.array([_MODELS[selection.model]], dtype=np.int64))
    only = arrays._replace(rules=arrays.rules._replace(models=one_model))
    share_out(only, slots, len(touches), kernels.Marks(place, slot, marked))
    return marked


def _whole_owners(parts: list[tuple[int, int]], owner: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Move the bounds of ranges so that nobody's sessions lie in two of them; owners ascend."""
    inner = [int(np.searchsorted(owner, owner[high])) for _, high in parts[:-1]]
    edges = sorted({0, *inner, len(owner)})
    return list(pairwise(edges)) or [(0, 0)]


def _empty_sums(shape: tuple[int, int, int]) -> kernels.Sums:
    wide = {"seen", "conversions", "actors", "amount_minor", "without_amount"}
    arrays: dict[str, Any] = {}
    for name in kernels.Sums._fields:
        seen = name.endswith("seen")
        arrays[name] = np.full(shape[:1] if name in wide else shape, -1 if seen else 0, dtype=np.int32 if seen else np.int64)
    return kernels.Sums(**arrays)


def _make_scratch(most: int, places: int) -> kernels.Scratch:
    return kernels.Scratch(*(np.empty(length, dtype=np.int64) for length in (most, most, *[places] * 4)))


@dataclass(frozen=True)
class _Attribution:
    """A question with the arrays that its kernel reads."""

    snapshot: Snapshot
    query: AttributionQuery
    view: ActorView
    arrays: Arrays
    groups: GroupNames
    touches: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: Snapshot, scope: Scope, query: AttributionQuery) -> _Attribution:
        view = snapshot.view(query.unit, query.group, scope)
        matches = find_matches(snapshot, view, scope, query.matchers)
        view = snapshot.thinned(view, matches.by_name)
        ranked = None if scope.breakdown is None else matching_rows(snapshot, view, scope, matches, [0])
        groups, group_names = find_groups(snapshot, view, scope, ranked)
        sources, touches = find_sources(snapshot, view.events, matches, scope, query)
        owner = view.person if view.one_person else np.arange(view.actors, dtype=np.int32)
        arrays = Arrays(view.events, matches, groups, sources, frozen(owner), rules_of(query, scope))
        return cls(snapshot, query, view, arrays, group_names, touches)

    @property
    def slots(self) -> int:
        return 1 + (len(self.groups) if self.groups.broken_down else 0)

    def credits(self) -> Credits:
        sums = share_out(self.arrays, self.slots, len(self.touches))
        told = {name: array for name, array in sums._asdict().items() if not name.endswith("seen")}
        return Credits(touches=self.touches, **told, groups=self.groups)

    def people(self, selection: AttributionSelection) -> NDArray[np.int64]:
        marked = marked_owners(self.arrays, self.slots, self.touches, selection, self.snapshot.index.people)
        return self.snapshot.index.person_ids[marked]
