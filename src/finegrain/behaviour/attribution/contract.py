"""What an engine finds out for attribution; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finegrain.behaviour.attribution.query import Model  # noqa: TC001 - selections are read by their types
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import Selection
from finegrain.behaviour.queries.limits import check_within
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope

TouchKind = Literal["touch", "other", "direct"]
WHOLE = 1_000_000
"""Credit of one conversion."""


@dataclass(frozen=True)
class Credits:
    """Conversions and what they are owed to.

    Slot 0 of the first axis is all conversions; behind it, where the answer is broken down, come the groups in the order of
    their numbers. Models stand as the query asks for them. The axis of touches, ``T + 2`` long, holds the names, then
    ``other``, then ``direct``. *Actors* are different people, or groups where the unit is ``groups``.

    Attributes:
        touches: the ``T`` names that are told by themselves: of ``name_by`` the most frequent first, else as the query has them.
        conversions, actors: ``(S,) int64``.
        amount_minor: ``(S,) int64``, the conversions' money; 0 where no money is asked for.
        without_amount: ``(S,) int64``, conversions whose amount is missing; 0 where no money is asked for.
        credit: ``(S, M, T + 2) int64``, in millionths of a conversion; over the touches they add up to all conversions.
        credited: ``(S, M, T + 2) int64``, conversions with credit above 0 for the touch.
        credited_actors: ``(S, M, T + 2) int64``, actors of these.
        credit_minor: ``(S, M, T + 2) int64``, money; over the touches it adds up to ``amount_minor``.
        groups: the breakdown's names.
    """

    touches: tuple[str, ...]
    conversions: NDArray[np.int64]
    actors: NDArray[np.int64]
    amount_minor: NDArray[np.int64]
    without_amount: NDArray[np.int64]
    credit: NDArray[np.int64]
    credited: NDArray[np.int64]
    credited_actors: NDArray[np.int64]
    credit_minor: NDArray[np.int64]
    groups: GroupNames


@dataclass(frozen=True)
class AttributionSelection(Selection):
    """The conversions behind one number of an answer.

    Attributes:
        model: which.
        touch: the touch's name, for the kind ``touch``.
        kind: whether it is one touch, the others, or ``direct``.
        group: number of the breakdown's group; None for all.
    """

    model: Model
    touch: str = ""
    kind: TouchKind = "touch"
    group: int | None = None

    def check(self, query: AttributionQuery, scope: Scope) -> None:  # noqa: ARG002 - others look at it
        """Refuse what no answer to ``query`` holds."""
        if query.unit == "groups":
            allowed = Phrase("people or sessions: whoever belongs to a group can be anybody")
            raise BadQueryError(field="unit", value=query.unit, allowed=allowed)
        if self.model not in query.models:
            allowed = Phrase("one of the query's models: {models}", models=", ".join(query.models))
            raise BadQueryError(field="model", value=self.model, allowed=allowed)
        if self.group is not None:
            groups = query.breakdown.limit + 2 if query.breakdown else 0
            check_within("group", self.group, 0, groups - 1, Phrase("the number of a group of the breakdown"))
