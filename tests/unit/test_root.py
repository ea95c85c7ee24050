"""What the package shows at its root, and that showing it costs nothing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

import finegrain

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = (
    "alembic",
    "babel",
    "duckdb",
    "fastapi",
    "nicegui",
    "numba",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "sqlalchemy",
    "typer",
)


def test_all_is_sorted_and_there() -> None:
    assert finegrain.__all__ == sorted(finegrain.__all__)
    assert all(getattr(finegrain, name).__module__.startswith("finegrain.") for name in finegrain.__all__)


def test_dir_shows_all_names() -> None:
    assert set(finegrain.__all__) <= set(dir(finegrain))


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="finegrain"):
        _ = finegrain.nothing


def test_version_is_that_of_the_distribution() -> None:
    assert finegrain.__version__ == version("finegrain")


def test_import_loads_nothing_heavy() -> None:
    program = f"import sys, finegrain; finegrain.Zone; print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_compiler_of_kernels_is_loaded_by_whoever_asks_a_question(tmp_path: Path) -> None:
    program = (
        "import sys, finegrain as fg; shop = fg.open(sys.argv[1]); shop.sources.all(); print('numba' in sys.modules); "
        "shop.index.warm_up(); print('numba' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]
