"""The one way in which kernels are compiled: cached on disk, and without holding Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_F = TypeVar("_F", bound=Callable[..., object])


def jit(function: _F) -> _F:
    """Compile ``function`` on its first call; the machine code is kept beside the module for later processes."""
    return cast("_F", numba.njit(cache=True, nogil=True)(function))
