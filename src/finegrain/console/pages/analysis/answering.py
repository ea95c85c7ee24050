"""Asks a question off the event loop, and lists the people behind a number of its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from finegrain.behaviour.queries.kinds import kind_of
from finegrain.behaviour.queries.reading import read_query, write_query
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_result
from finegrain.console.pages.analysis.charts import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.console.pages.analysis.address import AnalysisAddress
    from finegrain.console.pages.analysis.contract import ResultTable


@dataclass(frozen=True)
class Answer:
    """An answer with its question.

    Attributes:
        address: what was asked.
        result: the answer.
        as_of: the present that was taken, aware, in UTC.
        seconds: how long it took.
        table: its figures, in the reader's language.
    """

    address: AnalysisAddress
    result: Any
    as_of: datetime
    seconds: float
    table: ResultTable

    def at(self, address: AnalysisAddress) -> Answer:
        """Give the same answer at another address of the same question."""
        return replace(self, address=address)


def answer(address: AnalysisAddress) -> Answer:
    """Answer what an address asks.

    Raises:
        FinegrainError: the question cannot be answered; ``BadQueryError`` and ``UnknownNameError`` say which field is why.
    """
    ws = workspace()
    as_of = ws.as_of(address.as_of or None)
    begin = time.perf_counter()
    result = shown_result(ws.queries.answer(address.kind, address.query or {}, as_of))
    seconds = time.perf_counter() - begin
    return Answer(address, result, as_of, seconds, table_of(address.kind, result))


def people_of(address: AnalysisAddress) -> NDArray[np.int64]:
    """Give the ids of the people behind the number that an address names.

    Raises:
        FinegrainError: the question cannot be answered, or there is no such number.
    """
    ws = workspace()
    as_of = ws.as_of(address.as_of or None)
    return ws.queries.people(address.kind, address.query or {}, address.select or {}, as_of)


def checked(kind: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """Give a question as it is written out in full, so that a form can take it.

    Raises:
        BadQueryError: a field is unknown, missing, or of another type than it takes.
    """
    return write_query(read_query(kind_of(kind).query, query))
