"""What the tiers page shows, worked out off the event loop: the scheme under its thresholds, crossed with another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import Threshold
    from finegrain.audience.tiers.matrix import MatrixResult
    from finegrain.audience.tiers.result import TierResult
    from finegrain.console.pages.tiers.address import TiersAddress
    from finegrain.workspace import Workspace


@dataclass(frozen=True)
class TiersView:
    """One scheme as of a moment, under its thresholds or those tried out.

    Attributes:
        address: what was asked for.
        as_of: the moment, aware, in UTC.
        thresholds: with the values that are saved.
        matrix: the scheme crossed with the one that ``address`` names.
    """

    address: TiersAddress
    as_of: datetime
    thresholds: tuple[Threshold, ...]
    matrix: MatrixResult

    @property
    def result(self) -> TierResult:
        """The scheme's own result."""
        return self.matrix.row_result

    @property
    def revenue_minor(self) -> int:
        """Net revenue of everybody."""
        return sum(tier.revenue_minor for tier in self.result.tiers)


def load(workspace: Workspace, address: TiersAddress) -> TiersView:
    """Compute what ``address`` asks for.

    Raises:
        BadValueError: its moment is none.
        UnknownThresholdError: a threshold tried out does not exist.
        BadThresholdError: a threshold tried out cannot be used.
    """
    as_of = workspace.as_of(address.as_of or None)
    matrix = workspace.tiering.matrix(address.scheme, address.by, as_of, address.draft)
    return TiersView(address, as_of, workspace.tiering.thresholds(address.scheme), matrix)


def people_behind(view: TiersView, tier: str, cell: str = "") -> NDArray[np.int64]:
    """Give the ids of the people in a tier or, with ``cell``, in one cell of the matrix; as many as are counted there.

    Raises:
        UnknownTierError: there is no such tier.
    """
    return view.matrix.people(tier, cell) if cell else view.result.people(tier)
