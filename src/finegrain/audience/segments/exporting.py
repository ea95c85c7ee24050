"""The people of a segment as a file: CSV or Parquet, by the file's ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from finegrain.audience.segments.errors import BadExportError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finegrain.people.contract import Person

ENDINGS = (".csv", ".parquet")


def check_ending(path: Path) -> None:
    """Refuse a file whose ending says neither CSV nor Parquet.

    Raises:
        BadExportError: it does not.
    """
    if path.suffix.lower() not in ENDINGS:
        raise BadExportError(file=path.name, reason=f"“{path.suffix}”")


def write_people(people: Sequence[Person], path: Path) -> None:
    """Write people, one row each: ``person_id``, ``id`` (as operators know them) and ``name``.

    Args:
        people: in the order in which they are written.
        path: ends in ``.csv`` or ``.parquet``; a file that is there is replaced.

    Raises:
        BadExportError: the file has another ending, or cannot be written.
    """
    import pyarrow.csv
    import pyarrow.parquet

    check_ending(path)
    columns = {
        "person_id": pa.array([person.id for person in people], pa.int64()),
        "id": pa.array([person.display_id for person in people], pa.string()),
        "name": pa.array([person.name for person in people], pa.string()),
    }
    write = pyarrow.csv.write_csv if path.suffix.lower() == ".csv" else pyarrow.parquet.write_table
    try:
        write(pa.table(columns), path)
    except OSError as error:
        raise BadExportError(file=path.name, reason=error.strerror or error) from error
