"""Kernels are handed to the compiler on the first call, with those that they call, whoever calls them meanwhile."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LOWER = """
from finegrain.behaviour._jit import inner

@inner
def twice(number):
    return 2 * number
"""
_UPPER = """
from finegrain.behaviour._jit import jit
from lower import twice

@jit
def above(number):
    return below(number) + 1

@jit
def below(number):
    return twice(number)
"""
_CALLS = """
import sys, threading
import upper
from upper import above as standing_in
before = 'numba' in sys.modules
together, found = threading.Barrier(8), []

def call(place):
    together.wait()
    found.append((standing_in if place % 2 else upper.above)(place) - (2 * place + 1))

threads = [threading.Thread(target=call, args=(place,)) for place in range(8)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
print(before, found, upper.below(4))
"""


def test_many_threads_may_call_kernels_for_the_first_time_at_once(tmp_path: Path) -> None:
    (tmp_path / "lower.py").write_text(_LOWER)
    (tmp_path / "upper.py").write_text(_UPPER)
    ran = subprocess.run([sys.executable, "-c", _CALLS], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert ran.stdout == f"False {[0] * 8} 8\n"
