"""Whether all kernels were compiled for this machine, and whether somebody is at it, as marks beside the machine code say."""

from __future__ import annotations

import hashlib
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from finegrain.behaviour import _kernels
from finegrain.behaviour.errors import NotKeptError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 120
"""Who compiles and shows no sign of life for so long has died."""
_PREFIX = "compiled-"


@dataclass(frozen=True)
class Marks:
    """The marks in a folder.

    Attributes:
        folder: where the machine code is kept.
        state: what the machine code depends on; another state is compiled anew.
    """

    folder: Path
    state: str

    @property
    def are_compiled(self) -> bool:
        """Whether a process compiled all kernels in this state."""
        return self._mark.exists()

    @property
    def are_being_compiled(self) -> bool:
        """Whether some process is at it: one that gave a sign of life in the last two minutes."""
        with suppress(FileNotFoundError):
            return time.time() - self._under_way.stat().st_mtime < PATIENCE_S
        return False

    @contextmanager
    def compiling(self) -> Iterator[Callable[[], None]]:
        """Mark all kernels as compiled when the block ends without an error, and meanwhile as being compiled.

        Gives what is to be called now and then as a sign of life.

        Raises:
            NotKeptError: the folder cannot be written.
        """
        try:
            self._under_way.touch()
        except OSError as error:
            raise NotKeptError(folder=self.folder, reason=error.strerror or error) from error
        try:
            yield self._under_way.touch
            self._mark_compiled()
        finally:
            self._under_way.unlink(missing_ok=True)

    def _mark_compiled(self) -> None:
        for other in self.folder.glob(f"{_PREFIX}*"):
            other.unlink(missing_ok=True)
        self._mark.touch()

    @property
    def _mark(self) -> Path:
        return self.folder / f"{_PREFIX}{self.state}"

    @property
    def _under_way(self) -> Path:
        return self.folder / "being-compiled"


def marks() -> Marks:
    """Give the marks of this installation on this machine."""
    from numba.core.caching import FunctionCache

    kernel = getattr(_kernels.settle, "py_func", _kernels.settle)
    return Marks(Path(cast("Any", FunctionCache)(kernel).cache_path), _state())


def runs_compiled() -> bool:
    """Say whether kernels are compiled at all: interpreted they run where a debugger or a coverage tool looks on."""
    import numba

    return not cast("Any", numba.config).DISABLE_JIT


def _state() -> str:
    import numba
    from numba.core.registry import cpu_target

    # What numba itself goes by: the time and size of a source, the versions, and what the processor can do.
    room = Path(__file__).parent
    sources = sorted((str(file.relative_to(room)), file.stat().st_mtime_ns, file.stat().st_size) for file in room.rglob("*.py"))
    processor = cpu_target.target_context.codegen().magic_tuple()
    return hashlib.sha256(repr((sources, processor, numba.__version__, sys.version)).encode()).hexdigest()[:16]
