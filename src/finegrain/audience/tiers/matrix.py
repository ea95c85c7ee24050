"""Two schemes crossed: how many people are in each pair of tiers, what they brought, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.audience.tiers.result import tier_dict
from finegrain.audience.tiers.shown import to_html
from finegrain.i18n import _
from finegrain.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import SchemeName, Tier
    from finegrain.audience.tiers.result import TierResult


@dataclass(frozen=True)
class MatrixCell:
    """One pair of tiers.

    Attributes:
        people: how many are in both.
        share: of all people, 0–1; 0 when there is nobody.
        revenue_minor: net revenue of these people before ``as_of``.
    """

    row: str
    column: str
    people: int
    share: float
    revenue_minor: int


@dataclass(frozen=True, repr=False, eq=False)
class MatrixResult:
    """Two schemes crossed as of one moment.

    Attributes:
        rows, columns: the schemes' names.
        row_tiers, column_tiers: their tiers, whose figures are the totals of rows and columns.
        counts: ``(rows, columns) int64`` people.
        revenue_minor: ``(rows, columns) int64`` net revenue.
        row_result, column_result: the results that were crossed.
    """

    rows: SchemeName
    columns: SchemeName
    as_of: datetime
    row_tiers: tuple[Tier, ...]
    column_tiers: tuple[Tier, ...]
    counts: NDArray[np.int64]
    revenue_minor: NDArray[np.int64]
    row_result: TierResult
    column_result: TierResult

    def __post_init__(self) -> None:
        """Refuse a matrix whose cells do not add up to its tiers."""
        for axis, tiers in ((1, self.row_tiers), (0, self.column_tiers)):
            if self.counts.sum(axis=axis).tolist() != [tier.people for tier in tiers]:
                raise ValueError("the cells of a matrix must add up to its tiers")

    @property
    def total(self) -> int:
        """How many people there are; the sum over all cells."""
        return int(self.counts.sum())

    def cell(self, row_key: str, column_key: str) -> MatrixCell:
        """Give one cell.

        Raises:
            UnknownTierError: a scheme has no such tier.
        """
        i, j = self._places(row_key, column_key)
        people = int(self.counts[i, j])
        share = people / self.total if self.total else 0.0
        return MatrixCell(row_key, column_key, people, share, int(self.revenue_minor[i, j]))

    def people(self, row_key: str, column_key: str) -> NDArray[np.int64]:
        """Give the ids of the people in both tiers, ascending; as many as the cell counts.

        Raises:
            UnknownTierError: a scheme has no such tier.
        """
        i, j = self._places(row_key, column_key)
        rows, columns = self.row_result.assignment, self.column_result.assignment
        found: NDArray[np.int64] = rows.person_ids[(rows.codes == i) & (columns.codes == j)]
        return found

    def _places(self, row_key: str, column_key: str) -> tuple[int, int]:
        row, column = self.row_result.tier(row_key), self.column_result.tier(column_key)
        return self.row_tiers.index(row), self.column_tiers.index(column)

    def to_dict(self) -> dict[str, Any]:
        """Give cells and totals as JSON values: names in the reader's language, money in major units."""
        currency = self.row_result.currency
        return {
            "rows": self.rows,
            "columns": self.columns,
            "as_of": self.as_of.astimezone(self.row_result.basis.zone.info).isoformat(),
            "currency": currency,
            "people": self.total,
            "row_tiers": [tier_dict(tier, currency) for tier in self.row_tiers],
            "column_tiers": [tier_dict(tier, currency) for tier in self.column_tiers],
            "cells": [self._cell_dict(row.key, column.key) for row in self.row_tiers for column in self.column_tiers],
        }

    def _cell_dict(self, row_key: str, column_key: str) -> dict[str, Any]:
        cell = self.cell(row_key, column_key)
        revenue = float(Money(self.row_result.currency, cell.revenue_minor).major)
        return {"row": cell.row, "column": cell.column, "people": cell.people, "share": cell.share, "revenue": revenue}

    def __repr__(self) -> str:
        return f"MatrixResult({self.rows} × {self.columns} as of {self.as_of.isoformat()}: {self.total} people)"

    def _repr_html_(self) -> str:
        labels = (_(self.row_result.basis.scheme.label), _(self.column_result.basis.scheme.label))
        head = ["", *(_(tier.name) for tier in self.column_tiers), _("Total")]
        rows = [
            [_(tier.name), *(f"{count:,}" for count in counts), f"{tier.people:,}"]
            for tier, counts in zip(self.row_tiers, self.counts.tolist(), strict=True)
        ]
        rows.append([_("Total"), *(f"{tier.people:,}" for tier in self.column_tiers), f"{self.total:,}"])
        return to_html(" × ".join(labels), head, rows)


def cross(rows: TierResult, columns: TierResult) -> MatrixResult:
    """Cross two results of the same people at the same moment."""
    shape = (len(rows.tiers), len(columns.tiers))
    cells = rows.assignment.codes.astype(np.int64) * shape[1] + columns.assignment.codes
    size = shape[0] * shape[1]
    revenue = np.bincount(cells, weights=rows.basis.facts.revenue_minor, minlength=size)
    return MatrixResult(
        rows=rows.scheme,
        columns=columns.scheme,
        as_of=rows.as_of,
        row_tiers=rows.tiers,
        column_tiers=columns.tiers,
        counts=np.bincount(cells, minlength=size).reshape(shape),
        revenue_minor=revenue.astype(np.int64).reshape(shape),
        row_result=rows,
        column_result=columns,
    )
