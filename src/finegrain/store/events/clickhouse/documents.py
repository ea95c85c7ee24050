"""Properties on their way into ClickHouse: read by the embedded store's engine, so that both stores mean the same by them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

from finegrain.store.events.clickhouse.columns import PLAIN_DECIMAL
from finegrain.store.events.clickhouse.paths import property_path
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

_SQL = Path(__file__).parent / "sql"
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,9}\.[0-9]{1,6}")
"""Floats of which Python writes the same text as the engine, and whose text gives the decimal: at most 15 digits."""

_MAYBE_NUMBER = tuple("+-.0123456789")
_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()
_path = lru_cache(maxsize=65_536)(property_path)


class DocumentReader:
    """Reads properties with an engine of its own, in memory.

    Args:
        threads: of the engine; 0 takes one per core.
    """

    def __init__(self, threads: int = 0) -> None:
        config: dict[str, Any] = {"autoinstall_known_extensions": False, **({"threads": threads} if threads else {})}
        self._engine = duckdb.connect(config=config)

    def read(self, properties: pa.ChunkedArray) -> pa.Table:
        """Read the properties of events.

        Args:
            properties: ``(n,) string``, one JSON object each.

        Returns:
            ``properties``, the same documents in the embedded store's form, and ``texts_given``, ``numbers_given`` and
            ``decimals_given``: the top level of each as JSON objects of one type, without nulls; ``(n,) string`` each.

        Raises:
            duckdb.Error: one of them is not JSON.
        """
        documents = self._ask("read_documents", properties=properties).column("properties")
        fields = _Fields()
        for text in documents.to_pylist():
            fields.add(_decode(text))
        if fields.asked:
            fields.settle(self._ask("read_values", value=pa.array(list(fields.asked), pa.string())))
        return pa.table({"properties": documents, **fields.columns()})

    def _ask(self, name: str, **columns: Any) -> pa.Table:
        (values,) = columns.values()
        self._engine.register("given", pa.table({"position": np.arange(len(values)), **columns}))
        try:
            return self._engine.sql(read_sql(_SQL, name)).to_arrow_table()
        finally:
            self._engine.unregister("given")

    def close(self) -> None:
        """Release the engine."""
        self._engine.close()


class _Fields:
    """The fields of documents as text, number and decimal; what Python would read otherwise than the engine is asked for."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}
        self._places: list[tuple[int, str, int]] = []
        self._texts: list[dict[str, str]] = []
        self._numbers: list[dict[str, float]] = []
        self._decimals: list[dict[str, str]] = []

    def add(self, document: Any) -> None:
        texts: dict[str, str] = {}
        numbers: dict[str, float] = {}
        self._texts.append(texts)
        self._numbers.append(numbers)
        self._decimals.append({})
        if not isinstance(document, dict):
            return
        for name, value in document.items():
            path = _path(name)
            if isinstance(value, str) and not value.lstrip().startswith(_MAYBE_NUMBER):
                texts[path] = value
            elif value is True or value is False:
                texts[path], numbers[path] = ("true", 1.0) if value else ("false", 0.0)
            elif isinstance(value, int) or (isinstance(value, float) and _PLAIN_NUMBER.fullmatch(repr(value))):
                texts[path], numbers[path] = repr(value), float(value)
            elif value is not None:
                self._ask(path, value)

    def _ask(self, path: str, value: Any) -> None:
        self._places.append((len(self._texts) - 1, path, self.asked.setdefault(_encode(value), len(self.asked))))

    def settle(self, answers: pa.Table) -> None:
        """Fill in what was asked for: ``text``, ``number`` and ``decimal`` of each value."""
        texts, numbers, decimals = (answers.column(name).to_pylist() for name in ("text", "number", "decimal"))
        plain = [bool(text and PLAIN_DECIMAL.fullmatch(text)) for text in texts]
        for row, path, place in self._places:
            self._texts[row][path] = texts[place]
            if numbers[place] is not None:
                self._numbers[row][path] = numbers[place]
            if decimals[place] is not None and not plain[place]:
                self._decimals[row][path] = decimals[place]

    def columns(self) -> dict[str, pa.Array]:
        return {
            "texts_given": _objects(self._texts),
            "numbers_given": _objects(self._numbers),
            "decimals_given": _objects(self._decimals),
        }


def _objects(rows: Iterable[dict[str, Any]]) -> pa.Array:
    return pa.array([_ENCODER.encode(row) for row in rows], pa.binary()).cast(pa.string())


def _decode(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)  # which reads the engine's Infinity


def _encode(value: Any) -> str:
    if isinstance(value, str):
        return _ENCODER.encode(value).decode()
    return json.dumps(value, ensure_ascii=False)
